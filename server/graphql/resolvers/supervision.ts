import type {
  FindingDoc,
  FindingResult,
  NewCheck,
  NewOrder,
  SpotCheck,
  SupervisionOrder,
  WrongColumn,
} from '../../modules/quality/index.ts';
import { columnName } from '../../modules/template/index.ts';
import { connectionOf, givenOf, pageArgs } from '../connection.ts';
import { keyOf, keyOfArgument, toGlobalId } from '../global-id.ts';
import { asPayload } from '../present-error.ts';
import type { GraphqlModule } from '../resolver.ts';

interface Paged {
  readonly first: number;
  readonly after?: string | null;
  readonly agency?: string | null;
}

type DrawInput = Omit<NewCheck, 'agencyId' | 'key'> & { agency: string; clientMutationId: string };
type IssueInput = Omit<NewOrder, 'agencyId' | 'checkId' | 'key'> & {
  agency: string;
  check?: string | null;
  clientMutationId: string;
};

interface FindingInput {
  readonly check: string;
  readonly result: FindingResult;
  readonly record?: string | null;
  readonly columns?: readonly WrongColumn[] | null;
  readonly feed?: string | null;
  readonly documentNumber?: string | null;
  readonly decidedOn?: string | null;
  readonly note?: string | null;
}

interface TextInput {
  readonly order: string;
  readonly text: string;
}

const NO_CHECK = { check: null };
const NO_ORDER = { order: null };

const orderKey = ({ order }: { order: string }): string => keyOf('SupervisionOrder', order, ['order']);

/** A finding knows its feed by the record, or for one that is not stored by itself. */
interface PresentedFinding extends FindingDoc {
  readonly recordFeed: string;
}

export const supervisionModule: GraphqlModule = {
  resolvers: {
    Query: {
      spotChecks: async (_root, args: Paged, { app, viewer }) =>
        connectionOf(await app.quality.checks.page(viewer, pageArgs(args))),
      supervisionOrders: async (_root, args: Paged, { app, viewer }) =>
        connectionOf(
          await app.quality.orders.page(
            viewer,
            pageArgs(args),
            args.agency == null ? undefined : keyOfArgument('Organization', args.agency),
          ),
        ),
    },
    Mutation: {
      drawSpotCheck: (_root, { input }: { input: DrawInput }, { app, viewer }) =>
        asPayload(async () => {
          const { agency, clientMutationId: key, ...rest } = input;
          const agencyId = keyOf('Organization', agency, ['agency']);
          const order = { ...givenOf(rest), agencyId, key } as NewCheck;
          return { check: await app.quality.checks.draw(viewer, order) };
        }, NO_CHECK),
      recordFinding: (_root, { input }: { input: FindingInput }, { app, viewer }) =>
        asPayload(async () => {
          const { check, record, ...rest } = input;
          const given = givenOf(rest);
          const finding = {
            ...given,
            result: input.result,
            checkId: keyOf('SpotCheck', check, ['check']),
            ...(record == null ? {} : { recordId: keyOf('CreditRecord', record, ['record']) }),
          };
          return { check: await app.quality.checks.record(viewer, finding) };
        }, NO_CHECK),
      issueSupervisionOrder: (_root, { input }: { input: IssueInput }, { app, viewer }) =>
        asPayload(async () => {
          const { agency, check, clientMutationId: key, ...rest } = input;
          const order = {
            ...rest,
            key,
            agencyId: keyOf('Organization', agency, ['agency']),
            ...(check == null ? {} : { checkId: keyOf('SpotCheck', check, ['check']) }),
          };
          return { order: await app.quality.orders.issue(viewer, order) };
        }, NO_ORDER),
      replySupervisionOrder: (_root, { input }: { input: TextInput }, { app, viewer }) =>
        asPayload(
          async () => ({ order: await app.quality.orders.reply(viewer, orderKey(input), input.text) }),
          NO_ORDER,
        ),
      closeSupervisionOrder: (_root, { input }: { input: TextInput }, { app, viewer }) =>
        asPayload(
          async () => ({ order: await app.quality.orders.close(viewer, orderKey(input), input.text) }),
          NO_ORDER,
        ),
      returnSupervisionOrder: (
        _root,
        { input }: { input: TextInput & { workingDays: number } },
        { app, viewer },
      ) =>
        asPayload(async () => {
          const { text, workingDays } = input;
          return { order: await app.quality.orders.giveBack(viewer, orderKey(input), text, workingDays) };
        }, NO_ORDER),
    },
    SpotCheck: {
      id: ({ id }: SpotCheck) => toGlobalId('SpotCheck', id),
      agency: ({ agencyId }: SpotCheck, _args, { loaders }) => loaders.organization.load(agencyId),
      drawn: ({ recordIds }: SpotCheck) => recordIds.length,
      sample: (check: SpotCheck, _args, { app }) => app.quality.checks.sample(check),
      findings: async (check: SpotCheck, _args, { app }): Promise<PresentedFinding[]> => {
        const feeds = new Map((await app.quality.checks.sample(check)).map(({ id, feed }) => [id, feed]));
        const found = await app.quality.checks.findings(check);
        return found.map((finding) => ({
          ...finding,
          recordFeed: feeds.get(finding.recordId?.toHexString() ?? '') ?? finding.feed ?? '',
        }));
      },
      rates: (check: SpotCheck, _args, { app }) => app.quality.checks.rates(check),
    },
    SpotFinding: {
      recordId: ({ recordId }: FindingDoc) =>
        recordId ? toGlobalId('CreditRecord', recordId.toHexString()) : null,
      columns: ({ columns, recordFeed }: PresentedFinding) =>
        columns.map((column) => ({ ...column, name: columnName(recordFeed, column.field) })),
    },
    SupervisionOrder: {
      id: ({ id }: SupervisionOrder) => toGlobalId('SupervisionOrder', id),
      agency: ({ agencyId }: SupervisionOrder, _args, { loaders }) => loaders.organization.load(agencyId),
      checkId: ({ checkId }: SupervisionOrder) =>
        checkId === undefined ? null : toGlobalId('SpotCheck', checkId),
    },
  },
  nodes: {
    SpotCheck: ({ app, viewer }, key) => app.quality.checks.get(viewer, key),
    SupervisionOrder: ({ app, viewer }, key) => app.quality.orders.get(viewer, key),
  },
};
