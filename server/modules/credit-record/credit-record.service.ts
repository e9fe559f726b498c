import { isValidObjectId, Types, type ClientSession } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import { bumpCounters, readCounters } from '../../db/counters.ts';
import type { Db } from '../../db/connect.ts';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError, NotFoundError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { WorkingCalendar } from '../../lib/working-day.ts';
import type { CountedDecision } from '../quality-counters/index.ts';
import { feedPathOf, findFeed } from '../template/index.ts';
import type { CreditRecordDoc } from './credit-record.model.ts';
import {
  CreditRecordRepository,
  type FeedFilter,
  type RecordFilter,
  type RecordPlace,
} from './credit-record.repository.ts';
import type { PushableRecord, RecordChange, RevisionHead } from './credit-record.types.ts';
import { present, presentRevision, type CreditRecord, type CreditRecordRevision } from './present.ts';
import { planUpsert } from './plan-upsert.ts';
import { applyRepairs, unappliedRepairs } from './repairs.ts';
import { ReturnedDifferences, type ReturnedDifference } from './returned-difference.ts';
import { RecordDeadlines } from './record-deadlines.ts';
import { personalOf, SentRecords, type RevisionId } from './sent-records.ts';
import { Deadlines, prepareRows, type PreparedRow } from './upsert.ts';
import type { UpsertBatch, UpsertResult, UpsertRow } from './upsert.ts';

/** A stored record as its draft was. */
export interface RecordContents {
  /** Day the current revision was received. */
  readonly receivedOn: CivilDate;
  readonly change: Omit<RecordChange, 'agencyId'>;
  readonly draft: Pick<
    CreditRecordDoc,
    | 'kind'
    | 'counterpartKind'
    | 'uscc'
    | 'documentNumber'
    | 'decidedOn'
    | 'publicUntil'
    | 'state'
    | 'penaltyKinds'
    | 'fields'
  > & { readonly feed: string; readonly counterpartName: string; readonly authorityName: string };
}

/** What brought a revision. */
export interface RevisionOrigin {
  readonly revision: number;
  /** When its batch was received. */
  readonly at: Date;
  readonly batchId: string;
  /** Ordinal of the row in the batch. */
  readonly seq: number;
}

const PAGE = 500;

/** Counter of stored records of a kind. */
const COUNTER = 'records:';

/** Stored decisions: the current version of each, and the ones before. */
export class CreditRecordService {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #cipher: FieldCipher;
  readonly #deadlines: Deadlines;
  readonly #sent: SentRecords;
  readonly deadlines: RecordDeadlines;
  readonly #repository: CreditRecordRepository;
  readonly #differences: ReturnedDifferences;

  constructor(deps: { db: Db; clock: Clock; cipher: FieldCipher; calendar: WorkingCalendar }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
    this.#cipher = deps.cipher;
    this.#deadlines = new Deadlines(deps.calendar);
    this.#repository = new CreditRecordRepository(deps.db);
    this.#sent = new SentRecords(this.#repository, deps.cipher);
    this.deadlines = new RecordDeadlines(deps.db, this.#repository, this.#deadlines);
    this.#differences = new ReturnedDifferences(deps.db);
  }

  /** Work on rows that needs no store; done while the rows before are being written. */
  prepare(rows: readonly UpsertRow[]): PreparedRow[] {
    return prepareRows(rows, this.#cipher);
  }

  /**
   * Stores the rows of a chunk in the caller's transaction: new records, new revisions, or nothing where the same is
   * stored. One result per row, in order; `changes` are the records that publication and outbox must follow, `counted`
   * what the caller adds to the quality figures in the same transaction.
   */
  async upsertMany(
    batch: Omit<UpsertBatch, 'rows'> & { readonly rows: readonly PreparedRow[] },
    tx: ClientSession,
  ): Promise<{
    results: readonly UpsertResult[];
    changes: readonly RecordChange[];
    counted: readonly CountedDecision[];
    /** Records whose display a repair ended or began again. */
    repaired: readonly RecordContents[];
  }> {
    if (batch.rows.length === 0) return { results: [], changes: [], counted: [], repaired: [] };
    const keys = batch.rows.flatMap(({ naturalKey, otherKeys }) => [naturalKey, ...otherKeys]);
    const stored = await this.#repository.byKeys([...new Set(keys)], tx);
    const now = this.#clock.now();
    const plan = planUpsert(batch, stored, { cipher: this.#cipher, deadlines: this.#deadlines, now });
    await this.#repository.write(plan, now, tx);
    await this.#differences.note(plan.findings, now, tx);
    const outcomes = new Map(plan.results.map(({ seq, outcome }) => [seq, outcome]));
    const repaired = await applyRepairs(batch.rows, (seq) => outcomes.get(seq), this.#repository, tx);
    const counts = new Map<string, number>();
    for (const { kind } of plan.changes.filter(({ revision }) => revision === 1)) {
      counts.set(COUNTER + kind, (counts.get(COUNTER + kind) ?? 0) + 1);
    }
    await bumpCounters(this.#db, counts, tx);
    return {
      results: plan.results,
      changes: plan.changes,
      counted: plan.counted,
      repaired: repaired.map((record) => this.#contents(record)),
    };
  }

  /** Those revisions that are stored, personal columns decrypted: for platforms only. */
  pushable(ids: readonly RevisionId[]): Promise<PushableRecord[]> {
    return this.#sent.pushable(ids);
  }

  /** Those revisions that are stored, in any order. At most some hundred at once. */
  headsOf(ids: readonly RevisionId[]): Promise<RevisionHead[]> {
    return this.#sent.headsOf(ids);
  }

  /** The current revisions of records by their natural keys. At most some hundred at once. */
  headsByKeys(naturalKeys: readonly string[]): Promise<RevisionHead[]> {
    return this.#sent.headsByKeys(naturalKeys);
  }

  /** Every record at its current revision, by id, behind `afterId`. */
  async *allChanges(afterId?: string): AsyncGenerator<RecordChange[]> {
    for (let last = afterId; ;) {
      const found = await this.#repository.after(last, PAGE);
      if (found.length === 0) return;
      yield found.map((record) => ({
        recordId: record._id.toHexString(),
        revision: record.revision,
        kind: record.kind,
        sector: record.sector,
        feed: feedPathOf(record),
        counterpartKind: record.counterpartKind,
        agencyId: record.agencyId.toHexString(),
        ...(record.origin === undefined ? {} : { origin: record.origin }),
      }));
      last = found.at(-1)?._id.toHexString();
    }
  }

  /** Stored records at their current revision, by id, behind `afterId`, with what their public copies are made of. */
  async contentsAfter(afterId: string | undefined, limit: number): Promise<RecordContents[]> {
    const found = await this.#repository.contentsAfter(afterId, limit);
    return found.map((record) => this.#contents(record));
  }

  #contents(record: CreditRecordDoc): RecordContents {
    const natural = record.counterpartKind === 'NATURAL_PERSON';
    // Only natural persons' names are encrypted: no other record is decrypted.
    const personal = natural ? personalOf(this.#cipher, record._id, record)['counterpartName'] : undefined;
    const { origin, repaired } = record;
    const change = {
      recordId: record._id.toHexString(),
      revision: record.revision,
      kind: record.kind,
      sector: record.sector,
      feed: feedPathOf(record),
      counterpartKind: record.counterpartKind,
      ...(origin === undefined ? {} : { origin }),
      ...(repaired === undefined ? {} : { repairedOn: repaired.on }),
    };
    const { fields } = record;
    const counterpartName = personal ?? fields['counterpartName'] ?? '';
    const names = { counterpartName, authorityName: fields['authorityName'] ?? '' };
    const receivedOn = civilDateOf(record.revisedAt);
    return { change, draft: { ...record, feed: change.feed, ...names }, receivedOn };
  }

  /** Current records with everything in them, for the modules behind; `tx` sees what it wrote. */
  async currentOf(ids: readonly string[]): Promise<CreditRecord[]> {
    return (await this.#repository.byIds(ids)).map((record) => this.#present(record));
  }

  /**
   * Newest decision first: the centre sees all, an agency its own.
   * @throws ForbiddenError without `record:read`
   */
  async page(
    viewer: Viewer,
    filter: Omit<RecordFilter, 'agencyId'>,
    page: PageArgs,
  ): Promise<Page<CreditRecord>> {
    requirePermission(viewer, 'record:read');
    const first = pageSize(page);
    const own = ownOf(viewer);
    if (own === null) return { nodes: [], cursors: [], hasNext: false };
    const found = await this.#repository.page({ ...filter, ...own }, placeOf(page.after), first + 1);
    return pageOf(
      found,
      first,
      ({ decidedOn, _id }) => [decidedOn, _id.toHexString()],
      (record) => this.#present(record),
    );
  }

  /** @throws NotFoundError also for what is not the viewer's; ForbiddenError without `record:read` */
  async get(viewer: Viewer, id: string): Promise<CreditRecord> {
    requirePermission(viewer, 'record:read');
    const record = isValidObjectId(id) ? (await this.#repository.byIds([id]))[0] : undefined;
    if (!record || !sees(viewer, record)) throw new NotFoundError('RECORD_NOT_FOUND');
    return this.#present(record);
  }

  /** Those the viewer may see, in any order: none without `record:read`. At most some hundred at once. */
  async visibleOf(viewer: Viewer, ids: readonly string[]): Promise<CreditRecord[]> {
    if (ids.length === 0 || !viewer.can('record:read')) return [];
    const found = await this.#repository.byIds(ids);
    return found.filter((record) => sees(viewer, record)).map((record) => this.#present(record));
  }

  /** Earlier revisions, newest first. @throws as `get` */
  async revisions(viewer: Viewer, id: string): Promise<CreditRecordRevision[]> {
    const record = await this.get(viewer, id);
    const found = await this.#repository.revisionsOf(new Types.ObjectId(record.id));
    return found.map((revision) =>
      presentRevision(record, revision, personalOf(this.#cipher, revision.recordId, revision)),
    );
  }

  /** Which batch and row brought each revision, oldest first; empty for a record that is not stored. */
  async origins(id: string): Promise<RevisionOrigin[]> {
    const [record] = isValidObjectId(id) ? await this.#repository.byIds([id]) : [];
    if (!record) return [];
    const earlier = await this.#repository.revisionsOf(record._id);
    return [...earlier.reverse(), record].map(({ revision, revisedAt, batchId, seq }) => ({
      revision,
      at: revisedAt,
      batchId: batchId.toHexString(),
      seq,
    }));
  }

  /**
   * What the levels above hold otherwise of our records, newest first; only what still differs is named.
   * @throws ForbiddenError without `reconciliation:read`; InputError on a bad page or cursor
   */
  async returnedDifferences(viewer: Viewer, page: PageArgs): Promise<Page<ReturnedDifference>> {
    requirePermission(viewer, 'reconciliation:read');
    return this.#differences.page(
      page,
      (ids) => this.#repository.byIds(ids),
      (record) => this.#present(record),
    );
  }

  #present(record: CreditRecordDoc): CreditRecord {
    return present(record, personalOf(this.#cipher, record._id, record));
  }

  /** Maintained counts by kind. */
  async counts(): Promise<Record<string, number>> {
    const counters = await readCounters(this.#db, COUNTER);
    return Object.fromEntries([...counters].map(([name, n]) => [name.slice(COUNTER.length), n]));
  }

  /** Counts the records themselves, to be held against `counts`. */
  async recount(): Promise<Record<string, number>> {
    return Object.fromEntries(await this.#repository.countByKind());
  }

  /**
   * Decisions made from one day to another, some hundred at a time: of some kinds, of an agency, of a feed by its path.
   */
  async *decidedBetween(
    days: readonly [CivilDate, CivilDate],
    where: { readonly kinds?: readonly string[]; readonly agencyId?: string; readonly feed?: string },
  ): AsyncGenerator<{ readonly id: string; readonly agencyId: string; readonly kind: string }[]> {
    const { feed: path, ...rest } = where;
    const feed = path === undefined ? undefined : filterOf(path);
    if (path !== undefined && !feed) return;
    const filter = { ...rest, ...(feed ? { feed } : {}) };
    for (let after: RecordPlace | undefined; ;) {
      const found = await this.#repository.decidedBetween(days, filter, after, PAGE);
      const last = found.at(-1);
      if (!last) return;
      yield found.map(({ _id, agencyId, kind }) => ({
        id: _id.toHexString(),
        agencyId: agencyId.toHexString(),
        kind,
      }));
      after = { decidedOn: last.decidedOn, id: last._id.toHexString() };
    }
  }

  /**
   * Decisions that an agency's feed made from one day to another, counted up to `most`: reads the agency's decisions of
   * those days, so it is for jobs.
   * @param path `<sector>/<feed>`
   */
  async countDecided(
    agencyId: string,
    path: string,
    days: readonly [CivilDate, CivilDate],
    most?: number,
  ): Promise<number> {
    const feed = filterOf(path);
    return feed ? this.#repository.countDecided(agencyId, feed, days, most) : 0;
  }

  /** See `unappliedRepairs`. */
  unappliedRepairs() {
    return unappliedRepairs(this.#repository);
  }
}

/** What narrows a viewer to its own records; null when it has none. */
function ownOf(viewer: Viewer): { agencyId?: string; uscc?: string } | null {
  if (viewer.can('record:decide-conflict') || viewer.kind === 'system') return {};
  if (viewer.roles.includes('ENTERPRISE_USER')) {
    return viewer.organizationUscc === undefined ? null : { uscc: viewer.organizationUscc };
  }
  return viewer.organizationId === undefined ? null : { agencyId: viewer.organizationId };
}

function sees(viewer: Viewer, { agencyId, uscc }: CreditRecordDoc): boolean {
  const own = ownOf(viewer);
  if (own === null) return false;
  return (
    (own.agencyId === undefined || agencyId.toHexString() === own.agencyId) &&
    (own.uscc === undefined || uscc === own.uscc)
  );
}

function filterOf(path: string): FeedFilter | undefined {
  const feed = findFeed(path);
  if (!feed) return undefined;
  const own = { sector: feed.sector.slug, kind: feed.kind };
  return { ...own, feed: feedPathOf(own) === path ? null : path };
}

function placeOf(cursor: string | undefined): RecordPlace | undefined {
  if (cursor === undefined) return undefined;
  const [decidedOn, id] = decodeCursor(cursor, 2);
  if (typeof decidedOn !== 'string' || !isValidObjectId(id))
    throw new InputError(['after'], 'CURSOR_INVALID');
  return { decidedOn, id: String(id) };
}
