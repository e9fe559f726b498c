import { isValidObjectId, Types } from 'mongoose';
import { requirePermission, systemViewer, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { DomainError, InputError, NotFoundError, RuleError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import { MAX_ATTEMPTS, retryDelay } from '../../lib/retry-schedule.ts';
import { NO_ROWS, type FeedService } from '../feed/index.ts';
import { CollectionRepository } from './collection.repository.ts';
import { holdLease, type HeldLease } from './held-lease.ts';
import { openPuller } from './open-puller.ts';
import { presentRun, type CollectionRun } from './present.ts';
import { rehearse, type Rehearsal } from './rehearse.ts';
import { expiryOf, type CollectionTrigger, type RunDoc } from './run.model.ts';
import type { SourceDoc } from './source.model.ts';
import { settingsOf, SourceService, type SourceDeps } from './source.service.ts';
import { faultOf, SourceRun, type Destination } from './source-run.ts';

export interface CollectionDeps extends Omit<SourceDeps, 'repository'> {
  readonly db: Db;
  readonly log: Logger;
  readonly feeds: FeedService;
  /** Watched folders of all agencies lie below it. */
  readonly collectDir: string;
}

export interface CollectOptions {
  readonly signal?: AbortSignal;
  /** Reads from the beginning, not from the cursor. */
  readonly fromStart?: boolean;
  /** Waits while another process collects from the source. */
  readonly wait?: boolean;
}

/** So many sources are read by a process at a time by the clock. */
const MOST_AT_ONCE = 8;
/** A run that takes longer is stopped, and gone on with by the next one. */
const TIME_LIMIT_MS = 30 * 60_000;

/** Collection by pull 采集: takes rows of feeds from where agencies keep them. */
export class CollectionService {
  readonly sources: SourceService;
  readonly #deps: CollectionDeps;
  readonly #repository: CollectionRepository;
  readonly #stop = new AbortController();
  /** Runs of this process in the background, by source. */
  readonly #started = new Map<string, Promise<unknown>>();

  constructor(deps: CollectionDeps) {
    this.#deps = deps;
    this.#repository = new CollectionRepository(deps.db);
    this.sources = new SourceService({ ...deps, repository: this.#repository });
  }

  /** Ends runs that were started here and waits for them. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  /** Waits for the runs that were started here. */
  async idle(): Promise<void> {
    await Promise.all(this.#started.values());
  }

  /**
   * Takes what a source has now, to its end. What fails is in the run.
   * @throws NotFoundError; RuleError COLLECT_BUSY; ForbiddenError without `collection:run`
   */
  async collect(viewer: Viewer, code: string, options: CollectOptions = {}): Promise<CollectionRun> {
    const { source, lease, run } = await this.#begin(viewer, code, 'MANUAL', options);
    return presentRun(await this.#work(source, lease, run, options));
  }

  /** The same in the background. @returns the run as it begins */
  async start(viewer: Viewer, code: string): Promise<CollectionRun> {
    const { source, lease, run } = await this.#begin(viewer, code, 'MANUAL', {});
    this.#track(code, this.#work(source, lease, run, {}));
    return presentRun(run);
  }

  /**
   * Starts, in the background, a run for every source that is due. They go on beside each other, so that one that is
   * slow holds up none; what does not find room here is due the next time.
   */
  async startDue(): Promise<{ started: number; busy: number }> {
    const now = this.#deps.clock.now();
    const due = (await this.#repository.sources())
      .filter(({ _id, enabled, dueAt }) => enabled && dueAt <= now && !this.#started.has(_id))
      .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
    const counts = { started: 0, busy: 0 };
    for (const { _id } of due) {
      if (this.#stop.signal.aborted || this.#started.size >= MOST_AT_ONCE) break;
      try {
        const { source, lease, run } = await this.#begin(systemViewer, _id, 'SCHEDULE', {});
        this.#track(_id, this.#work(source, lease, run, {}));
        counts.started += 1;
      } catch (error) {
        // Another process has it, or it was removed meanwhile.
        if (!(error instanceof DomainError)) throw error;
        counts.busy += 1;
      }
    }
    return counts;
  }

  #track(code: string, work: Promise<unknown>): void {
    const tracked: Promise<unknown> = work
      .catch((error: unknown) => this.#deps.log.error({ err: error, source: code }, 'collect.error'))
      .finally(() => {
        if (this.#started.get(code) === tracked) this.#started.delete(code);
      });
    this.#started.set(code, tracked);
  }

  /**
   * What a run would take, without taking, marking or storing anything.
   * @throws NotFoundError; RuleError COLLECT_…; InputError FILE_…; ForbiddenError without `collection:run`
   */
  async rehearse(viewer: Viewer, code: string, options: CollectOptions = {}): Promise<Rehearsal> {
    requirePermission(viewer, 'collection:run');
    const source = await this.sources.existing(code);
    const puller = await this.#open(source);
    try {
      const cursor = options.fromStart ? undefined : source.cursor;
      return await rehearse(this.#deps.feeds, puller, await this.#destinationOf(source), {
        cursor,
        signal: this.#signalOf(options),
      });
    } finally {
      await puller.close();
    }
  }

  /** Newest first. @throws ForbiddenError without `collection:read`; InputError on a bad page or cursor */
  async runs(viewer: Viewer, source: string | undefined, page: PageArgs): Promise<Page<CollectionRun>> {
    requirePermission(viewer, 'collection:read');
    const first = pageSize(page);
    const after = page.after === undefined ? undefined : placeOf(page.after);
    const found = await this.#repository.runs(source, after, first + 1);
    return pageOf(found, first, (run) => [run.startedAt.getTime(), run._id.toHexString()], presentRun);
  }

  /** The last run of a source. @throws ForbiddenError without `collection:read` */
  async lastRun(viewer: Viewer, source: string): Promise<CollectionRun | undefined> {
    requirePermission(viewer, 'collection:read');
    const found = await this.#repository.lastRun(source);
    return found && presentRun(found);
  }

  /** @throws NotFoundError; ForbiddenError without `collection:read` */
  async run(viewer: Viewer, id: string): Promise<CollectionRun> {
    requirePermission(viewer, 'collection:read');
    const run = isValidObjectId(id) ? await this.#repository.run(id) : undefined;
    if (!run) throw new NotFoundError('COLLECT_RUN_NOT_FOUND');
    return presentRun(run);
  }

  #signalOf({ signal }: CollectOptions): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  #open(source: SourceDoc) {
    const { clock, feeds, collectDir: root } = this.#deps;
    return openPuller(source._id, settingsOf(source), this.sources.secretOf(source), {
      clock,
      root,
      problemWorkbook: ({ _id }) => feeds.problemWorkbook(systemViewer, _id.toHexString()),
    });
  }

  async #destinationOf({ feed, agencyId, newestAt }: SourceDoc): Promise<Destination> {
    const agency = await this.#deps.organizations.byId(agencyId.toHexString());
    return {
      feed,
      agencyId: agencyId.toHexString(),
      agency: agency?.uscc ?? '',
      ...(newestAt ? { newestAt } : {}),
    };
  }

  async #begin(
    viewer: Viewer,
    code: string,
    trigger: CollectionTrigger,
    options: CollectOptions,
  ): Promise<{ source: SourceDoc; lease: HeldLease; run: RunDoc }> {
    requirePermission(viewer, 'collection:run');
    await this.sources.existing(code);
    const wait = options.wait ? this.#signalOf(options) : undefined;
    const lease = await holdLease(this.#deps, `collection:${code}`, wait);
    if (!lease) throw new RuleError('COLLECT_BUSY');
    try {
      const source = await this.sources.existing(code);
      const run = await this.#record(source, trigger);
      if (trigger === 'MANUAL') {
        await this.#deps.audit.record(viewer, {
          action: 'collection:run',
          object: `collection-source:${code}`,
          result: 'OK',
          ...(options.fromStart ? { detail: { fromStart: true } } : {}),
        });
      }
      return { source, lease, run };
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  async #record({ _id: code, feed, cursor, runId }: SourceDoc, trigger: CollectionTrigger): Promise<RunDoc> {
    const now = this.#deps.clock.now();
    if (runId) await this.#repository.endAbandoned(runId, now);
    const run: RunDoc = {
      _id: new Types.ObjectId(),
      source: code,
      feed,
      state: 'RUNNING',
      trigger,
      startedAt: now,
      expiresAt: expiryOf(now, false),
      batches: 0,
      duplicates: 0,
      refusedFiles: 0,
      rows: { ...NO_ROWS },
      ...(cursor ? { cursorBefore: cursor } : {}),
    };
    await this.#repository.insertRun(run);
    await this.#repository.change(code, { runId: run._id, startedAt: now });
    return run;
  }

  async #work(source: SourceDoc, lease: HeldLease, run: RunDoc, options: CollectOptions): Promise<RunDoc> {
    const signal = AbortSignal.any([this.#signalOf(options), lease.lost, AbortSignal.timeout(TIME_LIMIT_MS)]);
    try {
      const work = new SourceRun(
        { ...this.#deps, repository: this.#repository },
        await this.#destinationOf(source),
        run,
        signal,
      );
      let fault: RunDoc['error'];
      try {
        const puller = await this.#open(source);
        // A statement that hangs is not waited for.
        signal.addEventListener('abort', () => void puller.close(), { once: true });
        try {
          await work.work(puller, options.fromStart ? undefined : source.cursor);
        } finally {
          await puller.close();
        }
      } catch (error) {
        fault = faultOf(error, signal);
        if (fault.code === 'COLLECT_BROKEN')
          this.#deps.log.error({ err: error, source: source._id }, 'collect.failed');
      }
      return await this.#end(source, { ...run, ...work.state }, fault);
    } finally {
      await lease.release();
    }
  }

  /** A failure makes the source wait, longer each time; being stopped is none. */
  async #end(source: SourceDoc, run: RunDoc, fault: RunDoc['error']): Promise<RunDoc> {
    const { clock, log } = this.#deps;
    const now = clock.now();
    const later = (ms: number): Date => new Date(now.getTime() + ms);
    const stopped = fault?.code === 'COLLECT_STOPPED' || fault?.code === 'COLLECT_LEASE_LOST';
    const ended: RunDoc = {
      ...run,
      state: fault ? 'FAILED' : 'DONE',
      endedAt: now,
      expiresAt: expiryOf(now, !fault && run.batches + run.refusedFiles === 0),
      ...(fault ? { error: fault } : {}),
    };
    if (!fault) {
      const next = Math.max(run.startedAt.getTime() + source.everyMinutes * 60_000, now.getTime());
      const set = { failures: 0, dueAt: new Date(next), doneAt: run.startedAt };
      await this.#repository.changeInRun(run, set, ['error']);
    } else if (!stopped) {
      const failures = source.failures + 1;
      const wait = retryDelay(Math.min(failures, MAX_ATTEMPTS - 1)) ?? 0;
      await this.#repository.changeInRun(run, { failures, dueAt: later(wait), error: fault });
      log.warn({ source: source._id, code: fault.code, failures }, 'collect.source.failed');
    }
    const { _id, ...set } = ended;
    await this.#repository.updateRun(_id, set);
    return ended;
  }
}

function placeOf(cursor: string): { startedAt: Date; id: string } {
  const [startedAt, id] = decodeCursor(cursor, 2);
  if (typeof startedAt !== 'number' || !isValidObjectId(id))
    throw new InputError(['after'], 'CURSOR_INVALID');
  return { startedAt: new Date(startedAt), id: String(id) };
}
