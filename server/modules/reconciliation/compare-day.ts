import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { heldText, SetHash } from '../../lib/set-hash.ts';
import type { RevisionHead } from '../credit-record/index.ts';
import type { HeldGroup, HeldItem, Holdings, Listing } from '../outbox/index.ts';
import { inOrder, isEqual, merged, type Entry, type Pair } from './compare.ts';
import { judge, type DifferenceKind, type Verdict } from './judge.ts';
import { NO_COUNTS, type Counts, type GroupResult } from './reconciliation.model.ts';

/** Where records are found without their columns. */
export interface RecordIndex {
  headsOf(ids: readonly { recordId: string; revision: number }[]): Promise<RevisionHead[]>;
  headsByKeys(naturalKeys: readonly string[]): Promise<RevisionHead[]>;
}

/** A record that differs. */
export interface Finding {
  readonly place: Entry;
  readonly kind: DifferenceKind;
  readonly recordId?: string;
  /** Last one the platform accepted. */
  readonly revision?: number;
  /** Revision that mends it when it is sent again. */
  readonly repair?: number;
  readonly hashHere?: string;
  readonly there?: HeldItem;
  /** When the platform was asked. */
  readonly askedAt: Date;
}

export interface ComparisonDeps {
  readonly platform: string;
  readonly day: CivilDate;
  readonly holdings: Holdings;
  readonly listing: Listing;
  readonly records: RecordIndex;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called with every step of findings, and now and then with none. */
  readonly onFindings: (findings: readonly Finding[]) => Promise<void>;
}

export type Comparison = Omit<Counts, 'repaired'> & { readonly groups: readonly GroupResult[] };

const STEP = 500;
/** Entries of our side that are put in order in memory at once, some 200 bytes each. */
const SORTED = 150_000;

type Tally = Omit<Counts, 'repaired'>;

function nameOf({ agency, kind }: Pick<Entry, 'agency' | 'kind'>): string {
  return `${agency}\n${kind}`;
}

function entryOf({ agencyId: agency, kind, naturalKey: key, contentHash }: RevisionHead): Entry {
  return { agency, kind, key, contentHash };
}

/** What the platform should hold under the day: the last revision it accepted of each record. */
async function* heldHere({
  platform,
  day,
  holdings,
  records,
  signal,
}: ComparisonDeps): AsyncGenerator<Entry[]> {
  for await (const ids of holdings.accepted(platform, day)) {
    for (let i = 0; i < ids.length; i += STEP) {
      signal.throwIfAborted();
      const heads = await records.headsOf(ids.slice(i, i + STEP));
      const revised = heads.filter(({ revision, currentRevision }) => currentRevision > revision);
      const current = revised.map(({ recordId, currentRevision }) => ({
        recordId,
        revision: currentRevision,
      }));
      const fates = revised.length > 0 ? await holdings.fates(platform, current) : undefined;
      yield heads
        .filter(
          ({ recordId, revision }) =>
            !fates?.get(recordId)?.some((fate) => fate.state === 'CONFIRMED' && fate.revision > revision),
        )
        .map(entryOf);
    }
  }
}

/** Groups that are not alike on both sides; the records of the others are counted. */
async function differingGroups(
  deps: ComparisonDeps,
  tally: Tally,
): Promise<Pick<HeldGroup, 'agency' | 'kind'>[]> {
  const there = new Map((await deps.listing.groups(deps.day)).map((group) => [nameOf(group), group]));
  const here = new Map<string, { agency: string; kind: string; n: number; hash: SetHash }>();
  for await (const entries of heldHere(deps)) {
    for (const entry of entries) {
      const { agency, kind } = entry;
      const group = here.get(nameOf(entry)) ?? { agency, kind, n: 0, hash: new SetHash() };
      here.set(nameOf(entry), group);
      group.n += 1;
      group.hash.add(heldText(entry));
    }
    await deps.onFindings([]);
  }
  const differing: Pick<HeldGroup, 'agency' | 'kind'>[] = [];
  for (const name of new Set([...here.keys(), ...there.keys()])) {
    const [ours, theirs] = [here.get(name), there.get(name)];
    if (ours && theirs?.n === ours.n && theirs.hash === ours.hash.hex()) {
      tally.here += ours.n;
      tally.there += ours.n;
    } else {
      const { agency, kind } = (ours ?? theirs) as HeldGroup;
      differing.push({ agency, kind });
    }
  }
  return differing.sort((a, b) =>
    a.agency < b.agency || (a.agency === b.agency && a.kind < b.kind) ? -1 : 1,
  );
}

async function* heldThere(
  { listing, day }: ComparisonDeps,
  groups: readonly Pick<HeldGroup, 'agency' | 'kind'>[],
): AsyncGenerator<HeldItem[]> {
  for (const group of groups) yield* listing.items(day, group);
}

/** Looks at both sides of records anew. */
async function judgeAll(
  { platform, day, holdings, listing, records, clock }: ComparisonDeps,
  pairs: readonly Pair[],
): Promise<{ pair: Pair; verdict: Verdict; finding: Omit<Finding, 'kind'> }[]> {
  const placeOf = ({ here, there }: Pair): Entry => (here ?? there) as Entry;
  const keys = [...new Set(pairs.map((pair) => placeOf(pair).key))];
  // A list that lies there may be hours old: what was accepted since it was made is not in it.
  const askedAt = (await listing.asOf(day)) ?? clock.now();
  const there = new Map((await listing.lookup(keys)).map((item) => [item.key, item]));
  const heads = new Map((await records.headsByKeys(keys)).map((head) => [head.naturalKey, head]));
  const fates = await holdings.fates(platform, [...heads.values()]);
  const put = [...fates].flatMap(([recordId, list]) => list.map(({ revision }) => ({ recordId, revision })));
  const hashes = new Map<string, string>();
  for (let i = 0; i < put.length; i += STEP) {
    for (const { recordId, revision, contentHash } of await records.headsOf(put.slice(i, i + STEP))) {
      hashes.set(`${recordId}:${String(revision)}`, contentHash);
    }
  }
  return pairs.map((pair) => {
    const { key } = placeOf(pair);
    const [held, head] = [there.get(key), heads.get(key)];
    const recordId = head?.recordId ?? '';
    const hashOf = (revision: number): string => hashes.get(`${recordId}:${String(revision)}`) ?? '';
    const revisions = (fates.get(recordId) ?? []).map((fate) => ({
      ...fate,
      contentHash: hashOf(fate.revision),
    }));
    const verdict = judge(
      {
        revisions,
        currentRevision: head?.currentRevision ?? 0,
        ...(held ? { there: { contentHash: held.contentHash, day: dayOf(held) } } : {}),
      },
      askedAt,
    );
    const revision = 'revision' in verdict ? verdict.revision : undefined;
    const finding = {
      place: placeOf(pair),
      askedAt,
      ...(head ? { recordId } : {}),
      ...(held ? { there: held } : {}),
      ...(revision === undefined ? {} : { revision, hashHere: hashOf(revision) }),
      ...('repair' in verdict && verdict.repair !== undefined ? { repair: verdict.repair } : {}),
    };
    return { pair, verdict, finding };
  });
}

function dayOf({ acceptedAt }: HeldItem): CivilDate {
  return civilDateOf(new Date(acceptedAt));
}

/**
 * Compares what both sides hold under one day of acceptance: first by the hash of each agency and kind, then record by
 * record where these differ. Memory does not grow with the number of records.
 * @throws UpstreamError when the platform does not say what it holds
 */
export async function compareDay(deps: ComparisonDeps): Promise<Comparison> {
  const { day, platform, holdings, signal } = deps;
  const { repaired: _, ...tally }: Counts = { ...NO_COUNTS };
  const groups = new Map<string, GroupResult>();
  tally.refused = await holdings.refused(platform, day);
  const differing = await differingGroups(deps, tally);
  const names = new Set(differing.map(nameOf));

  const settle = async (pairs: readonly Pair[]): Promise<void> => {
    signal.throwIfAborted();
    const findings: Finding[] = [];
    for (const { pair, verdict, finding } of await judgeAll(deps, pairs)) {
      const isThere = finding.there !== undefined && dayOf(finding.there) === day;
      // Found under this day before, and no longer now.
      if (!pair.here && !isThere) continue;
      if (verdict.kind === 'IN_FLIGHT') {
        tally.inFlight += 1;
        continue;
      }
      if (verdict.kind === 'SAME') {
        tally.here += isThere ? 1 : 0;
        tally.there += isThere ? 1 : 0;
        continue;
      }
      const { kind } = verdict;
      tally.here += pair.here ? 1 : 0;
      tally.there += isThere ? 1 : 0;
      const group = groups.get(nameOf(finding.place)) ?? groupOf(finding.place);
      groups.set(nameOf(finding.place), group);
      tally[COUNTED[kind]] += 1;
      group[COUNTED[kind]] += 1;
      findings.push({ ...finding, kind });
    }
    await deps.onFindings(findings);
  };

  if (differing.length > 0) {
    const read = async function* (): AsyncGenerator<Entry[]> {
      for await (const entries of heldHere(deps)) yield entries.filter((entry) => names.has(nameOf(entry)));
    };
    let waiting: Pair[] = [];
    for await (const pair of merged(inOrder(read, SORTED), heldThere(deps, differing))) {
      if (isEqual(pair)) {
        tally.here += 1;
        tally.there += 1;
        continue;
      }
      waiting.push(pair);
      if (waiting.length < STEP) continue;
      await settle(waiting);
      waiting = [];
    }
    if (waiting.length > 0) await settle(waiting);
  }
  return { ...tally, groups: [...groups.values()] };
}

const COUNTED = {
  MISSING_THERE: 'missingThere',
  MISSING_HERE: 'missingHere',
  DIFFERENT: 'different',
} as const satisfies Record<DifferenceKind, keyof GroupResult>;

function groupOf({ agency, kind }: Entry): GroupResult {
  return { agency, kind, missingThere: 0, missingHere: 0, different: 0 };
}
