import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLease, releaseLease, renewLease } from '../../db/lease.ts';
import type { BlobStore } from '../../lib/blob-store.ts';
import { ConflictError, InputError, LimitError } from '../../lib/errors.ts';
import { inChunks, type ChunkSize } from '../../lib/in-chunks.ts';
import type { Logger } from '../../lib/logger.ts';
import type { OrganizationService } from '../organization/index.ts';
import { matchHeaderOf } from '../template/index.ts';
import type { FeedBatchDoc, RowCounts } from './batch.model.ts';
import { checkChunk, storeChunk, type CheckedChunk, type ChunkDeps } from './chunk.ts';
import { noteChunk } from './note-chunk.ts';
import { CHUNK_ROWS, type WaitingOf } from './feed.repository.ts';
import type { RawRow, RowEnd } from './feed.types.ts';
import { openFeedFile, type FeedFile } from './parse/index.ts';

const LEASE_MS = 30_000;
/** An unexpected error is tried again so often before the batch is given up. */
const MAX_ATTEMPTS = 5;

export interface IngestDeps extends ChunkDeps {
  readonly blobs: BlobStore;
  readonly log: Logger;
  readonly organizations: OrganizationService;
  /** For the plain content of a file while it is read; emptied at start. */
  readonly workDirectory: string;
}

export interface IngestOptions {
  readonly signal?: AbortSignal;
  readonly onRows?: (ends: readonly RowEnd[], rows: RowCounts) => void;
}

/** Characters of a chunk: their records, earlier revisions and public copies stay below 16 MB, the most a transaction takes. */
const CHUNK_CHARS = 1_000_000;

/** What failed comes in smaller chunks the next time: it may have been too much for one transaction. */
function chunkSize(attempts: number): ChunkSize {
  return { rows: Math.ceil(CHUNK_ROWS / 4 ** attempts), chars: CHUNK_CHARS };
}

const cellsOf = ({ cells }: RawRow): readonly unknown[] => cells;

/** Thrown inside the transaction of a dry run, so that nothing of it stays. */
class DryRun extends Error {}

/** Stations 2 to 7: from the stored file to the outbox. A batch that stops anywhere goes on at its cursor. */
export class IngestService {
  readonly #deps: IngestDeps;
  readonly #owner = randomUUID();
  #wake: (() => void) | undefined;

  constructor(deps: IngestDeps) {
    this.#deps = deps;
  }

  /** Reads the plain content of a stored file. The caller closes it. */
  async open(blobKey: string, fileName: string, feed: string): Promise<FeedFile> {
    const { workDirectory, blobs } = this.#deps;
    await mkdir(workDirectory, { recursive: true, mode: 0o700 });
    const path = join(workDirectory, randomUUID());
    await blobs.openTo(blobKey, path);
    const remove = (): Promise<void> => rm(path, { force: true });
    try {
      const file = await openFeedFile(path, fileName, matchHeaderOf(feed));
      return { format: file.format, rows: () => file.rows(), close: () => file.close().finally(remove) };
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /**
   * Works a batch to its end, from where it is. Nothing happens when it has ended.
   * @returns false when another process has it
   * @throws the reason of the signal; unexpected errors, after which the batch goes on later
   */
  async run(batchId: string, options: IngestOptions = {}): Promise<boolean> {
    const { db, clock } = this.#deps;
    const lease = `feed-batch:${batchId}`;
    if (!(await acquireLease(db, lease, this.#owner, LEASE_MS, clock))) return false;
    const renewal = setInterval(() => {
      renewLease(db, lease, this.#owner, LEASE_MS, clock).catch(() => undefined);
    }, LEASE_MS / 3);
    try {
      const batch = await this.#begin(batchId);
      if (batch) await this.#work(batch, options);
      return true;
    } catch (error) {
      if (error instanceof ConflictError && error.code === 'FEED_BATCH_BUSY') return false;
      throw error;
    } finally {
      clearInterval(renewal);
      await releaseLease(db, lease, this.#owner);
    }
  }

  async #begin(batchId: string): Promise<FeedBatchDoc | undefined> {
    const found = await this.#deps.batches.byId(batchId);
    if (!found) return undefined;
    return this.#deps.batches.move(found._id, ['RECEIVED', 'INGESTING'], { status: 'INGESTING' });
  }

  async #work(batch: FeedBatchDoc, options: IngestOptions): Promise<void> {
    const { batches, clock, log } = this.#deps;
    try {
      await this.#rows(batch, options);
    } catch (error) {
      if (options.signal?.aborted || (error instanceof ConflictError && error.code === 'FEED_BATCH_BUSY'))
        throw error;
      const known = error instanceof InputError || error instanceof LimitError;
      await batches.countAttempt(batch._id);
      const tries = (await batches.byId(batch._id.toHexString()))?.attempts ?? 0;
      if (!known && tries < MAX_ATTEMPTS) throw error;
      log.warn({ err: error, batchId: batch._id.toHexString() }, 'feed.batch.failed');
      const failure = known
        ? { code: error.code, params: { ...error.params } }
        : { code: 'FEED_INTERNAL', params: {} };
      await batches.move(batch._id, ['INGESTING'], { status: 'FAILED', failure, finishedAt: clock.now() });
      return;
    }
    const { rows } = (await batches.byId(batch._id.toHexString())) as FeedBatchDoc;
    const whole = rows.refused === 0 && rows.conflict === 0;
    const status = whole ? 'INGESTED' : 'PARTLY_INGESTED';
    await batches.move(batch._id, ['INGESTING'], { status, finishedAt: clock.now() });
  }

  /** One chunk is checked while the store commits the one before it. */
  async #rows(batch: FeedBatchDoc, { signal, onRows }: IngestOptions): Promise<void> {
    await this.#deps.reference.refresh();
    const agency = await this.#deps.organizations.byId(batch.agencyId.toHexString());
    const file = await this.open(batch.blobKey, batch.fileName, batch.feed);
    let { cursor } = batch;
    let writing: Promise<void> = Promise.resolve();
    try {
      for await (const rows of inChunks(file.rows(), chunkSize(batch.attempts), cellsOf)) {
        signal?.throwIfAborted();
        const rest = rows.filter(({ seq }) => seq > cursor);
        if (rest.length === 0) continue;
        const chunk = checkChunk(batch, rest, this.#deps, agency);
        await writing;
        const at = { ...batch, cursor };
        cursor = rest.at(-1)?.seq ?? cursor;
        await new Promise<void>((written) => {
          writing = this.#commit(at, chunk, onRows, written);
          // Its error is thrown by the next `await`; until then it must not count as unhandled.
          writing.catch(() => undefined).finally(written);
        });
      }
      await writing;
    } finally {
      await writing.catch(() => undefined);
      await file.close();
    }
  }

  /** @param onWritten called when nothing is left to do here but to wait for the store's commit */
  async #commit(
    batch: FeedBatchDoc,
    chunk: CheckedChunk,
    onRows: IngestOptions['onRows'],
    onWritten: () => void,
  ): Promise<void> {
    const { ends, rows } = await this.#deps.db.inTransaction(async (tx) => {
      const stored = await storeChunk(batch, chunk, this.#deps, tx);
      const rows = await noteChunk(batch, chunk, stored, this.#deps, tx);
      // The driver sends the commit first.
      setImmediate(onWritten);
      return { ends: stored.ends, rows };
    });
    this.#deps.outbox.notify();
    onRows?.(ends, rows);
  }

  /**
   * What an import would do, without doing it: each chunk is worked in a transaction that is taken back, so rows that
   * depend on rows of an earlier chunk are told as new.
   */
  async dryRun(batch: FeedBatchDoc, onRows: (ends: readonly RowEnd[]) => void): Promise<void> {
    const agency = await this.#deps.organizations.byId(batch.agencyId.toHexString());
    const file = await this.open(batch.blobKey, batch.fileName, batch.feed);
    try {
      for await (const rows of inChunks(file.rows(), chunkSize(0), cellsOf)) {
        const chunk = checkChunk(batch, rows, this.#deps, agency);
        let ends: readonly RowEnd[] = [];
        const undo = new DryRun();
        await this.#deps.db
          .inTransaction(async (tx) => {
            ({ ends } = await storeChunk(batch, chunk, this.#deps, tx));
            throw undo;
          })
          .catch((error: unknown) => {
            if (error !== undo) throw error;
          });
        onRows(ends);
      }
    } finally {
      await file.close();
    }
  }

  /**
   * Works every batch that waits, or some of them.
   * @returns how many were worked here, could not be worked to their end, and are in other hands
   */
  async runWaiting({ signal, of }: { signal?: AbortSignal; of?: WaitingOf } = {}): Promise<{
    worked: number;
    failed: number;
    busy: number;
  }> {
    let worked = 0;
    let failed = 0;
    let busy = 0;
    for (const batch of await this.#deps.batches.waiting(100, of)) {
      if (signal?.aborted) break;
      try {
        if (await this.run(batch._id.toHexString(), signal ? { signal } : {})) worked += 1;
        else busy += 1;
      } catch (error) {
        if (signal?.aborted) break;
        failed += 1;
        this.#deps.log.error({ err: error, batchId: batch._id.toHexString() }, 'feed.ingest.error');
      }
    }
    return { worked, failed, busy };
  }

  /** Tells the worker of this process that a batch has come. */
  notify(): void {
    this.#wake?.();
  }

  /** Works batches as they come until the signal is given; looks every second for those of other processes. */
  async startWorker({ signal }: { signal: AbortSignal }): Promise<void> {
    while (!signal.aborted) {
      let pause = 1_000;
      try {
        const { failed } = await this.runWaiting({ signal });
        if (failed > 0) pause = 5_000;
      } catch (error) {
        this.#deps.log.error({ err: error }, 'feed.worker.error');
        pause = 5_000;
      }
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      await sleep(pause, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(
        () => undefined,
      );
    }
  }
}
