import type { EntryContent, EntryFilter, NewEntry, ReferenceEntry } from '../../modules/reference/index.ts';
import { connectionOf, givenOf, pageArgs } from '../connection.ts';
import { keyOf, keyOfArgument, toGlobalId } from '../global-id.ts';
import { asPayload } from '../present-error.ts';
import type { GraphqlModule } from '../resolver.ts';

interface ListArgs {
  readonly filter?: (Omit<EntryFilter, 'agencyId' | 'kinds'> & { readonly agency?: string | null }) | null;
  readonly first: number;
  readonly after?: string | null;
}

interface Input<T> {
  readonly input: T;
}

type ProposeInput = Omit<NewEntry, 'agencyId' | 'mutationKey'> & {
  readonly agency?: string | null;
  readonly clientMutationId: string;
};
type ChangeInput = EntryContent & { readonly entry: string };

interface StepInput {
  readonly entry: string;
  readonly reason?: string | null;
}

const NONE = { entry: null };

const keyOfEntry = ({ entry }: { readonly entry: string }): string =>
  keyOf('ReferenceEntry', entry, ['entry']);

export const referenceModule: GraphqlModule = {
  resolvers: {
    Query: {
      referenceEntries: async (_root, { filter, ...args }: ListArgs, { app, viewer }) => {
        const { agency, ...rest } = filter ?? {};
        const which = {
          ...givenOf(rest),
          ...(agency == null ? {} : { agencyId: keyOfArgument('Organization', agency) }),
        };
        return connectionOf(await app.reference.entries.page(viewer, which, pageArgs(args)));
      },
    },
    Mutation: {
      proposeReferenceEntry: (_root, { input }: Input<ProposeInput>, { app, viewer }) =>
        asPayload(async () => {
          const { agency, clientMutationId: mutationKey, ...rest } = input;
          const entry = {
            ...(givenOf(rest) as NewEntry),
            mutationKey,
            ...(agency == null ? {} : { agencyId: keyOf('Organization', agency, ['agency']) }),
          };
          return { entry: await app.reference.entries.propose(viewer, entry) };
        }, NONE),
      changeReferenceEntry: (_root, { input }: Input<ChangeInput>, { app, viewer }) =>
        asPayload(async () => {
          const { entry, ...rest } = input;
          const content = givenOf(rest) as EntryContent;
          return { entry: await app.reference.entries.change(viewer, keyOfEntry({ entry }), content) };
        }, NONE),
      submitReferenceEntry: (_root, { input }: Input<StepInput>, { app, viewer }) =>
        asPayload(
          async () => ({
            entry: await app.reference.entries.submit(viewer, keyOfEntry(input), input.reason ?? undefined),
          }),
          NONE,
        ),
      withdrawReferenceEntry: (_root, { input }: Input<StepInput>, { app, viewer }) =>
        asPayload(
          async () => ({
            entry: await app.reference.entries.withdraw(viewer, keyOfEntry(input), input.reason ?? undefined),
          }),
          NONE,
        ),
      decideReferenceEntry: (
        _root,
        { input }: Input<StepInput & { readonly approve: boolean }>,
        { app, viewer },
      ) =>
        asPayload(async () => {
          const { approve, reason } = input;
          const id = keyOfEntry(input);
          return { entry: await app.reference.entries.decide(viewer, id, approve, reason ?? undefined) };
        }, NONE),
    },
    ReferenceEntry: {
      id: ({ id }: ReferenceEntry) => toGlobalId('ReferenceEntry', id),
      agency: ({ agencyId }: ReferenceEntry, _args, { loaders }) =>
        agencyId === undefined ? null : loaders.organization.load(agencyId),
      mayChange: (entry: ReferenceEntry, _args, { app, viewer }) =>
        app.reference.entries.may(viewer, entry).change,
      mayDecide: (entry: ReferenceEntry, _args, { app, viewer }) =>
        app.reference.entries.may(viewer, entry).decide,
    },
  },
  nodes: { ReferenceEntry: ({ app, viewer }, key) => app.reference.entries.get(viewer, key) },
};
