import { isValidObjectId, Types, type ClientSession } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import { bumpCounters, readCounters } from '../../db/counters.ts';
import type { Db } from '../../db/connect.ts';
import { addDays, civilDate, civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError, NotFoundError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { WorkingCalendar } from '../../lib/working-day.ts';
import { Tally, type CountedDecision } from '../quality-counters/index.ts';
import { feedPathOf, findFeed } from '../template/index.ts';
import type { CreditRecordDoc, RecordContent } from './credit-record.model.ts';
import {
  CreditRecordRepository,
  type FeedFilter,
  type HeadDoc,
  type RecordFilter,
  type RecordPlace,
  type SentDoc,
} from './credit-record.repository.ts';
import type { PushableRecord, RecordChange, RevisionHead } from './credit-record.types.ts';
import { present, presentRevision, type CreditRecord, type CreditRecordRevision } from './present.ts';
import { planUpsert } from './plan-upsert.ts';
import { applyRepairs, unappliedRepairs } from './repairs.ts';
import { ReturnedDifferences, type ReturnedDifference } from './returned-difference.ts';
import { countedDecision, Deadlines, personalContext, prepareRows, type PreparedRow } from './upsert.ts';
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

/** A stored record as the quality figures have it. */
export interface CountedRecord {
  readonly id: string;
  readonly counted: CountedDecision;
  /** Whether deadline and lateness are what decision, receipt and calendar say. */
  readonly deadlineRight: boolean;
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

type SentContent = Pick<RecordContent, 'fields' | 'personal' | 'contentHash'>;

const PAGE = 500;
/** Days that a deadline of at most twenty working days may lie behind the decision, holidays included. */
const LONGEST_DEADLINE_DAYS = 60;

/** Counter of stored records of a kind. */
const COUNTER = 'records:';

function revisionIdOf({ recordId, revision }: { recordId: string; revision: number }): string {
  return `${recordId}-${String(revision)}`;
}

function headOf({ _id, revision, kind, agencyId, naturalKey, contentHash }: HeadDoc): RevisionHead {
  return {
    recordId: _id.toHexString(),
    revision,
    currentRevision: revision,
    kind,
    agencyId: agencyId.toHexString(),
    naturalKey,
    contentHash,
  };
}

/** Stored decisions: the current version of each, and the ones before. */
export class CreditRecordService {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #cipher: FieldCipher;
  readonly #deadlines: Deadlines;
  readonly #repository: CreditRecordRepository;
  readonly #differences: ReturnedDifferences;

  constructor(deps: { db: Db; clock: Clock; cipher: FieldCipher; calendar: WorkingCalendar }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
    this.#cipher = deps.cipher;
    this.#deadlines = new Deadlines(deps.calendar);
    this.#repository = new CreditRecordRepository(deps.db);
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
  async pushable(ids: readonly { recordId: string; revision: number }[]): Promise<PushableRecord[]> {
    const records = new Map(
      (await this.#repository.sentByIds([...new Set(ids.map(({ recordId }) => recordId))])).map((record) => [
        record._id.toHexString(),
        record,
      ]),
    );
    const older = ids.filter(({ recordId, revision }) => (records.get(recordId)?.revision ?? 0) > revision);
    const revisions = new Map(
      (older.length === 0
        ? []
        : await this.#repository.revisionsByIds(older.map((id) => `${id.recordId}-${String(id.revision)}`))
      ).map((revision) => [revision._id, revision]),
    );
    return ids.flatMap(({ recordId, revision }) => {
      const record = records.get(recordId);
      const content =
        record?.revision === revision ? record : revisions.get(`${recordId}-${String(revision)}`);
      return record && content ? [this.#pushable(record, content, revision)] : [];
    });
  }

  #pushable(record: SentDoc, content: SentContent, revision: number): PushableRecord {
    return {
      recordId: record._id.toHexString(),
      revision,
      currentRevision: record.revision,
      kind: record.kind,
      sector: record.sector,
      feed: feedPathOf(record),
      counterpartKind: record.counterpartKind,
      agencyId: record.agencyId.toHexString(),
      naturalKey: record.naturalKey,
      contentHash: content.contentHash,
      fields: content.personal
        ? { ...content.fields, ...this.#personal(record._id, content) }
        : content.fields,
      decidedOn: record.decidedOn,
    };
  }

  #personal(recordId: Types.ObjectId, { personal }: Pick<RecordContent, 'personal'>): Record<string, string> {
    if (personal === undefined) return {};
    return JSON.parse(this.#cipher.decryptText(personal, personalContext(recordId))) as Record<
      string,
      string
    >;
  }

  /** Those revisions that are stored, in any order. At most some hundred at once. */
  async headsOf(ids: readonly { recordId: string; revision: number }[]): Promise<RevisionHead[]> {
    const found = await this.#repository.headsByIds([...new Set(ids.map(({ recordId }) => recordId))]);
    const records = new Map(found.map((record) => [record._id.toHexString(), record]));
    const older = ids.filter(({ recordId, revision }) => (records.get(recordId)?.revision ?? 0) > revision);
    const hashes = new Map(
      (older.length === 0 ? [] : await this.#repository.revisionHashes(older.map(revisionIdOf))).map(
        ({ _id, contentHash }) => [_id, contentHash],
      ),
    );
    return ids.flatMap((id) => {
      const record = records.get(id.recordId);
      const contentHash =
        record?.revision === id.revision ? record.contentHash : hashes.get(revisionIdOf(id));
      return record && contentHash !== undefined ? [{ ...headOf(record), ...id, contentHash }] : [];
    });
  }

  /** The current revisions of records by their natural keys. At most some hundred at once. */
  async headsByKeys(naturalKeys: readonly string[]): Promise<RevisionHead[]> {
    return (await this.#repository.headsByKeys(naturalKeys)).map(headOf);
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
    const personal = natural ? this.#personal(record._id, record)['counterpartName'] : undefined;
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
      presentRevision(record, revision, this.#personal(revision.recordId, revision)),
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
    return present(record, this.#personal(record._id, record));
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

  /**
   * Works out deadlines again that crossed a year without a calendar, or with `year` all those that its days off touch.
   * @returns how many changed
   */
  async recomputeDeadlines(year?: number): Promise<number> {
    if (year === undefined) return this.#recompute();
    let changed = 0;
    const last = civilDate(`${String(year)}-12-31`);
    for (let day = addDays(last, -365 - LONGEST_DEADLINE_DAYS); day <= last; day = addDays(day, 1))
      changed += await this.#recompute(day);
    return changed;
  }

  async #recompute(decidedOn?: CivilDate): Promise<number> {
    let changed = 0;
    for (let last: Types.ObjectId | undefined; ;) {
      const done = await this.#db.inTransaction((tx) => this.#recomputePage(decidedOn, last, tx));
      if (!done.last) return changed;
      last = done.last;
      changed += done.changed;
    }
  }

  async #recomputePage(
    decidedOn: CivilDate | undefined,
    after: Types.ObjectId | undefined,
    tx: ClientSession,
  ) {
    const found = await this.#repository.toRecompute(decidedOn, after, PAGE, tx);
    const tally = new Tally();
    const changes = found.flatMap((record) => {
      const { date: dueOn, provisional } = this.#deadlines.of(record.kind, record.decidedOn);
      if (dueOn === record.dueOn && provisional === (record.dueProvisional ?? false)) return [];
      const late = civilDateOf(record.receivedAt) > dueOn;
      if (late !== record.late) {
        tally.decision(countedDecision(record, -1));
        tally.decision(countedDecision({ ...record, late }, 1));
      }
      return [{ record, dueOn, provisional, late }];
    });
    await this.#repository.setDeadlines(changes, tx);
    await tally.write(this.#db, tx);
    return { last: found.at(-1)?._id, changed: changes.length };
  }

  /** See `unappliedRepairs`. */
  unappliedRepairs() {
    return unappliedRepairs(this.#repository);
  }

  /**
   * How stored records are counted, by id behind `afterId`, with the deadline as it is and as the calendar gives it:
   * for `credit verify`.
   */
  async countedAfter(afterId: string | undefined, limit: number): Promise<CountedRecord[]> {
    const found = await this.#repository.timingsAfter(afterId, limit);
    return found.map((record) => {
      const { date, provisional } = this.#deadlines.of(record.kind, record.decidedOn);
      const right =
        record.dueOn === date &&
        (record.dueProvisional ?? false) === provisional &&
        record.late === civilDateOf(record.receivedAt) > date;
      return { id: record._id.toHexString(), counted: countedDecision(record, 1), deadlineRight: right };
    });
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
