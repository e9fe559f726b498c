import { isValidObjectId, Types } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { isCivilDate, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { DomainError, InputError, NotFoundError, RuleError, UpstreamError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { AuditService } from '../audit/index.ts';
import type { OutboxService } from '../outbox/index.ts';
import { compareDay, type RecordIndex } from './compare-day.ts';
import { differenceWorkbook } from './difference-workbook.ts';
import { Findings } from './findings.ts';
import { NO_COUNTS, type DifferenceDoc, type RunDoc } from './reconciliation.model.ts';
import { ReconciliationRepository, type RunFilter } from './reconciliation.repository.ts';
import { namesOf, type RecordName, type RecordShelf } from './record-names.ts';

export interface ReconciliationRun extends Omit<RunDoc, '_id' | 'beatAt'> {
  readonly id: string;
}

/** With the name of our record, where there is one and the viewer may read it. */
export interface ReconciliationDifference extends Omit<DifferenceDoc, '_id' | 'run'>, RecordName {
  readonly id: string;
}

/** What a comparison found of one record. */
export interface RecordFinding extends Pick<DifferenceDoc, 'at' | 'kind' | 'revision' | 'repaired'> {
  readonly platform: string;
  readonly day: CivilDate;
}

export interface ReconciliationDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: AuditService;
  readonly outbox: Pick<OutboxService, 'holdings' | 'listing' | 'notify'>;
  readonly records: RecordIndex & RecordShelf;
  readonly organizations?: { byId(id: string): Promise<{ readonly name: string } | undefined> };
}

export interface RunOrder {
  readonly platform: string;
  /** Day of the platform's acceptance. */
  readonly day: string;
  /** Puts in again what the platform has lost. */
  readonly repair?: boolean;
  readonly signal?: AbortSignal;
}

/** A run without a sign of life for so long has died. */
const ABANDONED_MS = 10 * 60_000;
const GROUPS_KEPT = 200;
const WORKBOOK_STEP = 100;
const FINDINGS_OF_RECORD = 100;

function presentRun({ _id, beatAt: _beatAt, ...run }: RunDoc): ReconciliationRun {
  return { id: _id.toHexString(), ...run };
}

function presentDifference(
  { _id, run: _run, ...difference }: DifferenceDoc,
  names: ReadonlyMap<string, RecordName>,
): ReconciliationDifference {
  return { id: _id.toHexString(), ...difference, ...names.get(difference.recordId ?? '') };
}

/** Compares what we and a platform hold, and mends what the platform has lost. */
export class ReconciliationService {
  readonly #deps: ReconciliationDeps;
  readonly #repository: ReconciliationRepository;
  readonly #stop = new AbortController();
  readonly #started = new Set<Promise<unknown>>();

  constructor(deps: ReconciliationDeps) {
    this.#deps = deps;
    this.#repository = new ReconciliationRepository(deps.db);
  }

  /** Ends runs that were started here and waits for them. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#started);
  }

  /**
   * Compares one day. Any number of runs may go on at once; an item is put in again once.
   * @throws InputError RECONCILE_DAY_INVALID; NotFoundError PLATFORM_NOT_FOUND; RuleError RECONCILE_* when the platform
   * does not say what it holds; ForbiddenError without `reconciliation:run`
   */
  async run(viewer: Viewer, order: RunOrder): Promise<ReconciliationRun> {
    return presentRun(await this.#work(viewer, order, await this.#begin(viewer, order)));
  }

  /** The same in the background. @returns the run as it begins */
  async start(viewer: Viewer, order: RunOrder): Promise<ReconciliationRun> {
    const run = await this.#begin(viewer, order);
    const work: Promise<unknown> = this.#work(viewer, order, run)
      .catch((error: unknown) => {
        if (!(error instanceof DomainError))
          this.#deps.log.error({ err: error, event: 'reconciliation-failed' });
      })
      .finally(() => this.#started.delete(work));
    this.#started.add(work);
    return presentRun(run);
  }

  /**
   * Compares every day on which either side has something, oldest first.
   * @param order month: only the days of this month, `YYYY-MM`
   * @throws as `run`; InputError RECONCILE_MONTH_INVALID
   */
  async *runAll(
    viewer: Viewer,
    order: Omit<RunOrder, 'day'> & { readonly month?: string },
  ): AsyncGenerator<{ readonly run: ReconciliationRun; readonly done: number; readonly days: number }> {
    requirePermission(viewer, 'reconciliation:run');
    const { platform, month } = order;
    if (month !== undefined && !isCivilDate(`${month}-01`))
      throw new InputError(['month'], 'RECONCILE_MONTH_INVALID', { month });
    const days = new Set<string>(await this.#deps.outbox.holdings.days(platform));
    try {
      const listing = await this.#deps.outbox.listing(platform, this.#signalOf(order));
      for (const { day, n } of await listing.days()) if (n > 0) days.add(day);
    } catch (error) {
      throw plain(error, platform);
    }
    const wanted = [...days].filter((day) => month === undefined || day.startsWith(`${month}-`)).sort();
    let done = 0;
    for (const day of wanted) {
      const run = await this.run(viewer, { ...order, day });
      done += 1;
      yield { run, done, days: wanted.length };
    }
  }

  async #begin(viewer: Viewer, { platform, day, repair = false }: RunOrder): Promise<RunDoc> {
    requirePermission(viewer, 'reconciliation:run');
    if (!isCivilDate(day)) throw new InputError(['day'], 'RECONCILE_DAY_INVALID', { day });
    const { clock, outbox, audit } = this.#deps;
    await outbox.listing(platform, this.#stop.signal);
    const now = clock.now();
    await this.#repository.failAbandoned(platform, new Date(now.getTime() - ABANDONED_MS), now);
    const run: RunDoc = {
      _id: new Types.ObjectId(),
      platform,
      day,
      state: 'RUNNING',
      repair,
      startedAt: now,
      beatAt: now,
      ...NO_COUNTS,
      groups: [],
      groupsInAll: 0,
    };
    await this.#repository.insert(run);
    await audit.record(viewer, {
      action: 'reconciliation:run',
      object: `reconciliation:${run._id.toHexString()}`,
      result: 'OK',
      detail: { platform, day, repair },
    });
    return run;
  }

  #signalOf({ signal }: { readonly signal?: AbortSignal }): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  async #work(viewer: Viewer, order: RunOrder, run: RunDoc): Promise<RunDoc> {
    const { outbox, records, clock } = this.#deps;
    const { platform, day, repair } = run;
    const signal = this.#signalOf(order);
    const findings = new Findings({ ...this.#deps, repository: this.#repository, viewer, run });
    try {
      const { groups, ...counts } = await compareDay({
        platform,
        day,
        holdings: outbox.holdings,
        listing: await outbox.listing(platform, signal),
        records,
        clock,
        signal,
        onFindings: (found) => findings.take(found),
      });
      return await this.#end(run, {
        ...counts,
        state: 'DONE',
        repaired: findings.repaired,
        groups: groups.slice(0, GROUPS_KEPT),
        groupsInAll: groups.length,
      });
    } catch (error) {
      const reason = signal.aborted ? new RuleError('RECONCILE_STOPPED') : plain(error, platform);
      await this.#end(run, { state: 'FAILED', repaired: findings.repaired, ...failureOf(reason) });
      throw reason;
    } finally {
      if (repair && findings.repaired > 0) outbox.notify();
    }
  }

  async #end(run: RunDoc, fields: Partial<RunDoc>): Promise<RunDoc> {
    const now = this.#deps.clock.now();
    const set = { ...fields, beatAt: now, endedAt: now };
    await this.#repository.update(run._id, set);
    return { ...run, ...set };
  }

  /** Newest first. @throws ForbiddenError without `reconciliation:read`; InputError on a bad page, cursor or day */
  async runs(viewer: Viewer, filter: RunFilter, page: PageArgs): Promise<Page<ReconciliationRun>> {
    requirePermission(viewer, 'reconciliation:read');
    const first = pageSize(page);
    const after = page.after === undefined ? undefined : placeOf(page.after);
    const found = await this.#repository.page(filter, after, first + 1);
    return pageOf(found, first, (run) => [run.startedAt.getTime(), run._id.toHexString()], presentRun);
  }

  /** @throws NotFoundError; ForbiddenError without `reconciliation:read` */
  async get(viewer: Viewer, id: string): Promise<ReconciliationRun> {
    requirePermission(viewer, 'reconciliation:read');
    const run = isValidObjectId(id) ? await this.#repository.get(id) : undefined;
    if (!run) throw new NotFoundError('RECONCILIATION_NOT_FOUND');
    return presentRun(run);
  }

  /** What a run found, in its order. @throws ForbiddenError without `reconciliation:read`; InputError */
  async differences(viewer: Viewer, runId: string, page: PageArgs): Promise<Page<ReconciliationDifference>> {
    requirePermission(viewer, 'reconciliation:read');
    const first = pageSize(page);
    const [after] = page.after === undefined ? [undefined] : decodeCursor(page.after, 1);
    if (after !== undefined && !isValidObjectId(after)) throw new InputError(['after'], 'CURSOR_INVALID');
    const found = await this.#repository.differences(runId, after as string | undefined, first + 1);
    const names = await namesOf(this.#deps.records, viewer, found.slice(0, first));
    return pageOf(
      found,
      first,
      ({ _id }) => [_id.toHexString()],
      (difference) => presentDifference(difference, names),
    );
  }

  /**
   * What comparisons of the last year found of one record, the latest first. Whether the viewer may know is for the
   * modules behind to say.
   */
  async findingsOf(recordId: string): Promise<RecordFinding[]> {
    const found = await this.#repository.differencesOfRecord(recordId, FINDINGS_OF_RECORD);
    const runs = await this.#repository.runsByIds(found.map(({ run }) => run));
    const byId = new Map(runs.map((run) => [run._id.toHexString(), run]));
    return found.flatMap(({ run: id, at, kind, revision, repaired }) => {
      const run = byId.get(id.toHexString());
      if (!run) return [];
      const { platform, day } = run;
      return [{ at, kind, platform, day, repaired, ...(revision === undefined ? {} : { revision }) }];
    });
  }

  /** All that a run kept as .xlsx. @throws NotFoundError; ForbiddenError without `reconciliation:read` */
  async workbook(viewer: Viewer, runId: string): Promise<{ run: ReconciliationRun; content: Buffer }> {
    const run = await this.get(viewer, runId);
    const found: ReconciliationDifference[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.differences(viewer, runId, {
        first: WORKBOOK_STEP,
        ...(after === undefined ? {} : { after }),
      });
      found.push(...page.nodes);
      if (!page.hasNext) break;
      after = page.cursors.at(-1);
    }
    const names = new Map<string, string>();
    for (const id of new Set(found.map(({ agency }) => agency))) {
      const agency = isValidObjectId(id) ? await this.#deps.organizations?.byId(id) : undefined;
      if (agency) names.set(id, agency.name);
    }
    const { audit } = this.#deps;
    const object = `reconciliation:${runId}`;
    await audit.record(viewer, { action: 'reconciliation:download', object, result: 'OK' });
    return { run, content: await differenceWorkbook(found, names) };
  }
}

function placeOf(cursor: string): { startedAt: Date; id: string } {
  const [startedAt, id] = decodeCursor(cursor, 2);
  if (typeof startedAt !== 'number' || !isValidObjectId(id))
    throw new InputError(['after'], 'CURSOR_INVALID');
  return { startedAt: new Date(startedAt), id: String(id) };
}

function failureOf(reason: unknown): Pick<RunDoc, 'error' | 'errorReason'> {
  if (!(reason instanceof DomainError)) return { error: 'RECONCILE_BROKEN' };
  const { reason: part } = reason.params;
  return { error: reason.code, ...(part === undefined ? {} : { errorReason: String(part) }) };
}

const SAID: Readonly<Record<string, string>> = {
  LISTING_NOT_OFFERED: 'RECONCILE_NOT_OFFERED',
  LISTING_TURNED_DOWN: 'RECONCILE_TURNED_DOWN',
  LISTING_INVALID: 'RECONCILE_ANSWER_INVALID',
  ANSWER_TOO_LARGE: 'RECONCILE_ANSWER_INVALID',
};

/** What failed between us and the platform, in words a person can be told. */
function plain(error: unknown, platform: string): unknown {
  if (!(error instanceof UpstreamError)) return error;
  const reason = error.params['reason'] ?? error.params['status'] ?? error.code;
  return new RuleError(SAID[error.code] ?? 'RECONCILE_UNREACHABLE', { platform, reason }, { cause: error });
}
