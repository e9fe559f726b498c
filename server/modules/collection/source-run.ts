import { setTimeout as sleep } from 'node:timers/promises';
import { systemViewer } from '../../auth/viewer.ts';
import type { Clock } from '../../lib/clock.ts';
import { DomainError, InputError, LimitError, RuleError } from '../../lib/errors.ts';
import type { FeedBatchDoc, FeedService, ReceiveInput, RowCounts } from '../feed/index.ts';
import type { CollectionRepository } from './collection.repository.ts';
import type { Cursor, Piece, Puller } from './pull.ts';
import type { RunDoc, Taken } from './run.model.ts';

export interface SourceRunDeps {
  readonly clock: Clock;
  readonly feeds: FeedService;
  readonly repository: CollectionRepository;
}

/** Where the rows of a source belong. */
export interface Destination {
  readonly feed: string;
  readonly agencyId: string;
  /** Code of that agency. */
  readonly agency: string;
  /** Time of change of the newest row so far. */
  readonly newestAt?: Date;
}

const LOOK_MS = 200;
const WAIT_SECONDS = 5;

/** What a repeat of a batch that has ended changes: nothing. */
function asUnchanged({ read, inserted, updated, unchanged, conflict, refused }: RowCounts): RowCounts {
  return { read, inserted: 0, updated: 0, unchanged: inserted + updated + unchanged, conflict, refused };
}

function hasEnded({ status }: FeedBatchDoc): boolean {
  return status === 'INGESTED' || status === 'PARTLY_INGESTED';
}

/** Whether the piece is wrong, and not the order it was brought with. */
export function isRefusal(error: unknown): error is InputError | LimitError {
  return (error instanceof InputError || error instanceof LimitError) && error.code.startsWith('FILE_');
}

/**
 * Takes what a source has. Each piece is stored and worked to its end, and only then taken there; a run that ends
 * anywhere is gone on with by the next one.
 */
export class SourceRun {
  readonly #deps: SourceRunDeps;
  readonly #to: Destination;
  readonly #run: RunDoc;
  readonly #signal: AbortSignal;
  readonly #taken: Taken;
  #cursor: Cursor | undefined;
  #newest: Date | undefined;

  constructor(deps: SourceRunDeps, to: Destination, run: RunDoc, signal: AbortSignal) {
    this.#deps = deps;
    this.#to = to;
    this.#run = run;
    this.#signal = signal;
    const { batches, duplicates, refusedFiles, rows } = run;
    this.#taken = { batches, duplicates, refusedFiles, rows: { ...rows } };
    this.#cursor = run.cursorBefore;
    this.#newest = to.newestAt;
  }

  /** What was taken so far, and the cursor. */
  get state(): Pick<RunDoc, keyof Taken | 'cursorAfter'> {
    return { ...this.#taken, ...(this.#cursor === undefined ? {} : { cursorAfter: this.#cursor }) };
  }

  /** @throws DomainError what ended it before its end; the reason of the signal */
  async work(puller: Puller, cursor: Cursor | undefined): Promise<void> {
    await this.#endOlder();
    for await (const step of puller.steps(cursor, this.#signal)) {
      this.#signal.throwIfAborted();
      if ('cursor' in step) {
        await this.#keep(step.cursor);
        await step.kept?.();
      } else await this.#take(step);
    }
  }

  /** Batches that came before go first: a later row of the same decision must not be worked before an earlier one. */
  async #endOlder(): Promise<void> {
    const { feed, agencyId } = this.#to;
    for (;;) {
      const { worked, failed, busy } = await this.#deps.feeds.ingest.runWaiting({
        signal: this.#signal,
        of: { feed, agencyId, upTo: this.#run.startedAt },
      });
      this.#signal.throwIfAborted();
      if (worked + failed + busy === 0) return;
      if (worked === 0) await sleep(LOOK_MS, undefined, { signal: this.#signal });
    }
  }

  async #take(piece: Piece): Promise<void> {
    const taken = this.#taken;
    let end: { batch: FeedBatchDoc; duplicate: boolean };
    try {
      end = await this.#receive(piece);
    } catch (error) {
      if (!piece.refused || !isRefusal(error)) {
        // Of files, one that changes is left for the next time and the others are taken.
        if (error instanceof RuleError && error.code === 'COLLECT_FILE_CHANGED') return;
        throw error;
      }
      await piece.refused(error);
      taken.refusedFiles += 1;
      await this.#note();
      return;
    }
    const known = end.duplicate && hasEnded(end.batch);
    const batch = known ? end.batch : await this.#ended(end.batch);
    if (batch.status === 'FAILED' && !piece.refused) {
      throw new RuleError('COLLECT_BATCH_FAILED', { reason: batch.failure?.code ?? '' });
    }
    const cursor = await piece.taken({ batch, duplicate: end.duplicate });
    taken.batches += 1;
    if (known) taken.duplicates += 1;
    const rows = known ? asUnchanged(batch.rows) : batch.rows;
    for (const name of Object.keys(taken.rows) as (keyof RowCounts)[]) taken.rows[name] += rows[name];
    if (cursor) await this.#keep(cursor, piece.newest);
    else await this.#note(piece.newest);
  }

  async #receive(piece: Piece): Promise<{ batch: FeedBatchDoc; duplicate: boolean }> {
    const { feeds } = this.#deps;
    const { feed, agency } = this.#to;
    const input = (): ReceiveInput => ({ feed, agency, fileName: piece.fileName, source: piece.open() });
    const received = await feeds.receive(systemViewer, input());
    if (!piece.again || !received.duplicate || !hasEnded(received.batch)) return received;
    return feeds.receive(systemViewer, { ...input(), again: true });
  }

  /** The batch at its end, whoever works it. */
  async #ended({ _id }: FeedBatchDoc): Promise<FeedBatchDoc> {
    const { feeds } = this.#deps;
    const id = _id.toHexString();
    while (!(await feeds.ingest.run(id, { signal: this.#signal }))) {
      await feeds.waitFor(systemViewer, id, WAIT_SECONDS, this.#signal);
      this.#signal.throwIfAborted();
    }
    return feeds.batch(systemViewer, id);
  }

  async #keep(cursor: Cursor, newest?: Date): Promise<void> {
    this.#cursor = cursor;
    await this.#note(newest, cursor);
  }

  async #note(newest?: Date, cursor?: Cursor): Promise<void> {
    const { repository, clock } = this.#deps;
    if (newest && newest > (this.#newest ?? newest)) this.#newest = newest;
    this.#newest ??= newest;
    const ours = await repository.changeInRun(this.#run, {
      updatedAt: clock.now(),
      ...(cursor ? { cursor } : {}),
      ...(this.#newest ? { newestAt: this.#newest } : {}),
    });
    if (!ours) throw new RuleError('COLLECT_LEASE_LOST');
    await repository.updateRun(this.#run._id, this.state);
  }
}

/** What ended a run, in a code a person can be told. */
export function faultOf(
  error: unknown,
  signal: AbortSignal,
): { code: string; params: DomainError['params'] } {
  // A connection that was closed for it says something else.
  if (signal.aborted) return { code: 'COLLECT_STOPPED', params: {} };
  if (error instanceof DomainError) return { code: error.code, params: { ...error.params } };
  return { code: 'COLLECT_BROKEN', params: {} };
}
