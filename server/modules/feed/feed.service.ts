import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Types, type ClientSession } from 'mongoose';
import { actorOf, requirePermission, type Viewer } from '../../auth/viewer.ts';
import { readCounters } from '../../db/counters.ts';
import { contentHash } from '../../lib/content-hash.ts';
import { ConflictError, InputError, NotFoundError } from '../../lib/errors.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { AuditService } from '../audit/index.ts';
import type { RowOutcome } from '../credit-record/index.ts';
import type { OrganizationService } from '../organization/index.ts';
import type { RefusedItem } from '../outbox/index.ts';
import type { SectorService } from '../sector/index.ts';
import { NO_ROWS, type BatchStatus, type FeedBatchDoc, type RowCounts } from './batch.model.ts';
import { rowsOf, type FeedRow } from './chunk-rows.ts';
import { DownloadTickets } from './download.ts';
import { canReadBatch, worksForAll } from './feed.policy.ts';
import { FeedRepository } from './feed.repository.ts';
import type { RowEnd } from './feed.types.ts';
import { IngestService, type IngestDeps } from './ingest.service.ts';
import { ALL_PROBLEMS, type ProblemRowDoc } from './problem-row.model.ts';
import { ProblemRowRepository } from './problem-row.repository.ts';
import { ProblemRowService } from './problem-row.service.ts';
import { ReceiveService, type Received, type ReceiveInput } from './receive.service.ts';
import { csvOfRows, LIST_ROWS, type SubmittedRow } from './submitted-rows.ts';

export type FeedDeps = Omit<IngestDeps, 'batches' | 'problems'> & {
  readonly organizations: OrganizationService;
  readonly sectors: SectorService;
  readonly audit: AuditService;
};

const OPEN_STATUSES: readonly BatchStatus[] = ['RECEIVED', 'INGESTING'];
const WAIT_STEP_MS = 100;

/** Feeds: files and lists of agencies, from receipt to the outbox, and what became of their rows. */
export class FeedService {
  readonly ingest: IngestService;
  readonly problems: ProblemRowService;
  readonly #deps: FeedDeps;
  readonly #batches: FeedRepository;
  readonly #problemRows: ProblemRowRepository;
  readonly #receive: ReceiveService;
  readonly #tickets: DownloadTickets;

  constructor(deps: FeedDeps) {
    this.#deps = deps;
    this.#batches = new FeedRepository(deps.db);
    this.#problemRows = new ProblemRowRepository(deps.db);
    this.#tickets = new DownloadTickets(deps.db, deps.clock);
    const inner = { ...deps, batches: this.#batches, problems: this.#problemRows };
    this.ingest = new IngestService(inner);
    this.problems = new ProblemRowService(inner);
    this.#receive = new ReceiveService({ ...inner, ingest: this.ingest });
  }

  /** Station 1, see ReceiveService.receive; the worker of this process is told. */
  async receive(viewer: Viewer, input: ReceiveInput): Promise<Received> {
    const received = await this.#receive.receive(viewer, input);
    this.ingest.notify();
    return received;
  }

  /** @throws as `receive`, for what can be told before the file */
  async requireUpload(viewer: Viewer, feed: string): Promise<void> {
    requirePermission(viewer, 'feed:upload');
    await this.#receive.destination(viewer, feed);
  }

  /** What an import of a file would do; nothing is stored. */
  async dryRun(
    viewer: Viewer,
    input: ReceiveInput,
    onRows: (ends: readonly RowEnd[]) => void,
  ): Promise<void> {
    const { feed, agencyId } = await this.#receive.destination(viewer, input.feed, input.agency);
    const { blobs } = this.#deps;
    const blob = await blobs.put(input.source, 1024 ** 3);
    const parts = { _id: new Types.ObjectId(), agencyId, input, feed, blobKey: blob.key, size: blob.size };
    try {
      await this.ingest.dryRun(this.#receive.draft(viewer, { ...parts, dedupeKey: '' }), onRows);
    } finally {
      await this.#receive.discard(blob.key);
    }
  }

  /** @throws NotFoundError also for another agency's; ForbiddenError without `feed:read` */
  async batch(viewer: Viewer, id: string): Promise<FeedBatchDoc> {
    requirePermission(viewer, 'feed:read');
    const found = await this.#batches.byId(id);
    if (!found || !canReadBatch(viewer, found.agencyId.toHexString()))
      throw new NotFoundError('FEED_BATCH_NOT_FOUND');
    return found;
  }

  /** The batch once it has ended, or as it is after so many seconds or at the signal. @throws as `batch` */
  async waitFor(viewer: Viewer, id: string, seconds: number, signal?: AbortSignal): Promise<FeedBatchDoc> {
    for (let left = (seconds * 1000) / WAIT_STEP_MS; ; left -= 1) {
      const batch = await this.batch(viewer, id);
      if (left <= 0 || signal?.aborted || !OPEN_STATUSES.includes(batch.status)) return batch;
      await sleep(WAIT_STEP_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
    }
  }

  /** Newest first: an agency's own, all for the centre. @throws ForbiddenError without `feed:read` */
  async batches(
    viewer: Viewer,
    filter: { feed?: string; status?: BatchStatus },
    page: PageArgs,
  ): Promise<Page<FeedBatchDoc>> {
    requirePermission(viewer, 'feed:read');
    const first = pageSize(page);
    const before = page.after === undefined ? undefined : String(decodeCursor(page.after, 1)[0]);
    if (before !== undefined && !/^[0-9a-f]{24}$/.test(before))
      throw new InputError(['after'], 'CURSOR_INVALID');
    const own = worksForAll(viewer) ? {} : { agencyId: viewer.organizationId ?? '0'.repeat(24) };
    const found = await this.#batches.page({ ...filter, ...own }, before, first + 1);
    return pageOf(
      found,
      first,
      ({ _id }) => [_id.toHexString()],
      (batch) => batch,
    );
  }

  /** In order of the file. @throws as `batch` */
  async rows(
    viewer: Viewer,
    batchId: string,
    outcome: RowOutcome | undefined,
    page: PageArgs,
  ): Promise<Page<FeedRow>> {
    const batch = await this.batch(viewer, batchId);
    const first = pageSize(page);
    let after = page.after === undefined ? 0 : Number(decodeCursor(page.after, 1)[0]);
    const found: FeedRow[] = [];
    while (found.length <= first) {
      const chunks = await this.#batches.chunks(batch._id.toHexString(), after, 4);
      const rows = chunks.flatMap(rowsOf).filter(({ seq }) => seq > after);
      if (rows.length === 0) break;
      after = rows.at(-1)?.seq ?? after;
      found.push(...rows.filter((row) => outcome === undefined || row.outcome === outcome));
    }
    return pageOf(
      found,
      first,
      ({ seq }) => [seq],
      (row) => row,
    );
  }

  /** Refused rows in order of the file. @throws as `batch` */
  async problemRows(viewer: Viewer, batchId: string, page: PageArgs): Promise<Page<ProblemRowDoc>> {
    const batch = await this.batch(viewer, batchId);
    const first = pageSize(page);
    const key = page.after === undefined ? undefined : decodeCursor(page.after, 2);
    const after = key && { seq: Number(key[0]), id: String(key[1]) };
    const found = await this.#problemRows.page(batch._id.toHexString(), after, first + 1);
    return pageOf(
      found,
      first,
      ({ seq, _id }) => [seq, _id],
      (row) => row,
    );
  }

  /** @throws NotFoundError also for another agency's */
  async problemRow(viewer: Viewer, id: string): Promise<ProblemRowDoc> {
    requirePermission(viewer, 'feed:read');
    const found = await this.#problemRows.byId(id);
    if (!found || !canReadBatch(viewer, found.agencyId.toHexString()))
      throw new NotFoundError('FEED_BATCH_NOT_FOUND');
    return found;
  }

  /** The workbook of a batch's open problem rows. @throws as `batch` */
  async problemWorkbook(viewer: Viewer, batchId: string): Promise<Buffer> {
    const batch = await this.batch(viewer, batchId);
    await this.#deps.audit.record(viewer, {
      action: 'feed:download-problems',
      object: `feed-batch:${batchId}`,
      result: 'OK',
    });
    return this.problems.workbook(batch);
  }

  /** A link to that workbook that works once and for five minutes, without a token. @throws as `batch` */
  async problemTicket(viewer: Viewer, batchId: string): Promise<{ token: string; expiresAt: Date }> {
    const batch = await this.batch(viewer, batchId);
    await this.#deps.audit.record(viewer, {
      action: 'feed:download-link',
      object: `feed-batch:${batchId}`,
      result: 'OK',
    });
    return this.#tickets.make(batch._id.toHexString());
  }

  /** @throws NotFoundError DOWNLOAD_NOT_FOUND when the link was used or is over */
  async takeTicket(token: string): Promise<{ batch: FeedBatchDoc; workbook: Buffer }> {
    const batch = await this.#batches.byId(await this.#tickets.take(token));
    if (!batch) throw new NotFoundError('DOWNLOAD_NOT_FOUND');
    return { batch, workbook: await this.problems.workbook(batch) };
  }

  /**
   * Brings a list of 1 to 500 rows and answers what became of each, in order. The same key and rows answer the same
   * again without any effect.
   * @throws InputError FEED_ROWS_EMPTY, FEED_ROW_EMPTY, FEED_ROW_COLUMN_TWICE, FILE_…; ConflictError MUTATION_KEY_REUSED
   */
  async submit(
    viewer: Viewer,
    path: string,
    rows: readonly SubmittedRow[],
    key: string,
  ): Promise<{ batch: FeedBatchDoc; ends: RowEnd[] }> {
    const { feed, agencyId } = await this.#receive.destination(viewer, path);
    const csv = csvOfRows(rows);
    const { blobs } = this.#deps;
    const blob = await blobs.put(Readable.from([csv]), 64 * 1024 ** 2);
    const dedupeKey = `list:${contentHash([actorOf(viewer), key])}`;
    const input = { feed: path, fileName: '在线提交.csv', source: '' };
    const parts = {
      _id: new Types.ObjectId(),
      agencyId,
      input,
      feed,
      blobKey: blob.key,
      size: blob.size,
      dedupeKey,
    };
    const known = await this.#batches.byKey(agencyId, path, dedupeKey);
    try {
      if (!known) {
        const file = await this.ingest.open(blob.key, input.fileName, input.feed);
        await file.close();
        await this.#batches.insert(this.#receive.draft(viewer, parts));
      } else if (known.blobKey !== blob.key) throw new ConflictError('MUTATION_KEY_REUSED');
    } catch (error) {
      await this.#receive.discard(blob.key);
      throw error;
    }
    const made = known ?? (await this.#batches.byKey(agencyId, path, dedupeKey));
    if (!made) throw new NotFoundError('FEED_BATCH_NOT_FOUND');
    if (made.blobKey !== blob.key) throw new ConflictError('MUTATION_KEY_REUSED');
    if (!(await this.ingest.run(made._id.toHexString())))
      await this.waitFor(viewer, made._id.toHexString(), 30);
    const batch = await this.batch(viewer, made._id.toHexString());
    return { batch, ends: await this.#endsOf(batch) };
  }

  /** What became of the rows of a small batch, faults included. */
  async #endsOf(batch: FeedBatchDoc): Promise<RowEnd[]> {
    const id = batch._id.toHexString();
    const chunks = await this.#batches.chunks(id, 0, LIST_ROWS);
    const ends = chunks.flatMap((chunk) => rowsOf(chunk));
    const refused = new Map(
      (await this.#problemRows.page(id, undefined, LIST_ROWS * 2, ALL_PROBLEMS)).map((row) => [row.seq, row]),
    );
    return ends.map(({ warnings, ...row }) => ({
      ...row,
      faults:
        refused.get(row.seq)?.faults ??
        warnings.map((fault) => ({ ...fault, field: '', severity: 'WARNING' as const })),
    }));
  }

  /** See ProblemRowService.addRefused. */
  addRefused(items: readonly RefusedItem[], tx: ClientSession): Promise<void> {
    return this.problems.addRefused(items, tx);
  }

  /**
   * Removes stored files that no batch names and that were put in before this instant: what a process left that was
   * killed between the two. @returns how many
   */
  async sweepFiles(before: Date, signal: AbortSignal): Promise<number> {
    const { blobs } = this.#deps;
    let removed = 0;
    for await (const key of blobs.keys()) {
      if (signal.aborted) break;
      const at = await blobs.storedAt(key);
      if (at === undefined || at >= before || (await this.#batches.usesBlob(key))) continue;
      if (await blobs.removeOlder(key, before)) removed += 1;
    }
    return removed;
  }

  /** Batches that are not worked to their end, counted up to 1000, and when the oldest came. */
  async backlog(): Promise<{ waiting: number; oldest?: Date }> {
    const oldest = await this.#batches.oldestWaiting();
    return { waiting: await this.#batches.countWaiting(1000), ...(oldest ? { oldest } : {}) };
  }

  /** Maintained totals over all batches. */
  async counts(): Promise<RowCounts> {
    const counters = await readCounters(this.#deps.db, 'rows:');
    const totals = { ...NO_ROWS };
    for (const name of Object.keys(totals) as (keyof RowCounts)[])
      totals[name] = counters.get(`rows:${name}`) ?? 0;
    return totals;
  }

  /** The same summed from the batches, and batches that do not add up: for `credit verify`. */
  async recount(): Promise<{ totals: RowCounts; uneven: string[] }> {
    return { totals: await this.#batches.totals(), uneven: await this.#batches.uneven(100) };
  }
}
