import { InputError } from '../../lib/errors.ts';
import { DIMENSIONS } from '../../modules/quality-counters/index.ts';
import type {
  DecisionCount,
  DutyOfAgency,
  GapDoc,
  Grouping,
  NoticeDoc,
  QualityRow,
} from '../../modules/quality/index.ts';
import { connectionOf, pageArgs } from '../connection.ts';
import { keyOf, keyOfArgument, toGlobalId } from '../global-id.ts';
import { asPayload } from '../present-error.ts';
import type { GraphqlModule } from '../resolver.ts';

interface Paged {
  readonly first: number;
  readonly after?: string | null;
}

interface OfAgency {
  readonly agency?: string | null;
}

const MOST_COUNTS = 1000;

function agencyIn({ agency }: OfAgency): { agencyId?: string } {
  return agency == null ? {} : { agencyId: keyOfArgument('Organization', agency) };
}

function countsOf(counts: readonly (DecisionCount & { readonly agency: string })[]): DecisionCount[] {
  if (counts.length > MOST_COUNTS)
    throw new InputError(['counts'], 'QUALITY_COUNTS_TOO_MANY', { max: MOST_COUNTS });
  return counts.map(({ agency, ...count }, i) => ({
    ...count,
    agencyId: keyOf('Organization', agency, ['counts', String(i), 'agency']),
  }));
}

const AGENCY_ID = /^[0-9a-f]{24}$/;

export const qualityModule: GraphqlModule = {
  resolvers: {
    Query: {
      qualityReport: (
        _root,
        { period, by, ...args }: OfAgency & { period: string; by: Grouping },
        { app, viewer },
      ) => app.quality.reports.report(viewer, { period, by, ...agencyIn(args) }),
      reportingDuties: (_root, args: OfAgency, { app, viewer }) =>
        app.quality.duties.duties(viewer, agencyIn(args).agencyId),
      reportingGaps: async (
        _root,
        { open, ...args }: OfAgency & Paged & { open: boolean },
        { app, viewer },
      ) => connectionOf(await app.quality.silence.gaps(viewer, { open, ...agencyIn(args) }, pageArgs(args))),
      notices: async (_root, args: Paged, { app, viewer }) =>
        connectionOf(await app.quality.notices.page(viewer, pageArgs(args))),
      citySheet: (_root, { year }: { year: number }, { app, viewer }) =>
        app.quality.citySheets.sheet(viewer, year),
      unreadNotices: (_root, _args, { app, viewer }) => app.quality.notices.unread(viewer),
    },
    Mutation: {
      fileZeroReport: (_root, { input }: { input: { feed: string; period: string } }, { app, viewer }) =>
        asPayload(async () => ({ duty: await app.quality.duties.fileZero(viewer, input) }), { duty: null }),
      saveDecisionCounts: (
        _root,
        { input }: { input: { counts: (DecisionCount & { agency: string })[] } },
        { app, viewer },
      ) =>
        asPayload(
          async () => ({ saved: await app.quality.duties.saveCounts(viewer, countsOf(input.counts)) }),
          { saved: null },
        ),
      enterCityScore: (
        _root,
        { input }: { input: { year: number; code: string; score?: number | null; note: string } },
        { app, viewer },
      ) =>
        asPayload(async () => ({ sheet: await app.quality.citySheets.enter(viewer, input) }), {
          sheet: null,
        }),
      markNoticesRead: (_root, { input }: { input: { ids: string[] } }, { app, viewer }) =>
        asPayload(
          async () => {
            await app.quality.notices.markRead(
              viewer,
              input.ids.map((id) => keyOf('Notice', id, ['ids'])),
            );
            return { unread: await app.quality.notices.unread(viewer) };
          },
          { unread: null },
        ),
    },
    QualityRow: {
      key: ({ key }: QualityRow) => (AGENCY_ID.test(key) ? toGlobalId('Organization', key) : key),
      agency: ({ key }: QualityRow, _args, { loaders }) =>
        AGENCY_ID.test(key) ? loaders.organization.load(key) : null,
      dimensions: (row: QualityRow) =>
        DIMENSIONS.map(({ code, name, figure }) => ({ code, name, faults: row[figure] })),
    },
    ReportingDuty: {
      period: ({ period }: DutyOfAgency) => period.name,
      first: ({ period }: DutyOfAgency) => period.first,
      last: ({ period }: DutyOfAgency) => period.last,
    },
    ReportingGap: {
      agency: ({ agencyId }: GapDoc, _args, { loaders }) => loaders.organization.load(agencyId.toHexString()),
    },
    Notice: {
      id: ({ _id }: NoticeDoc) => toGlobalId('Notice', _id),
      params: ({ params }: NoticeDoc) => Object.entries(params).map(([name, value]) => ({ name, value })),
    },
  },
};
