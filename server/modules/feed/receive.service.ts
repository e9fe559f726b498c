import { Readable } from 'node:stream';
import { Types } from 'mongoose';
import { actorOf, type Viewer } from '../../auth/viewer.ts';
import { InputError, NotFoundError } from '../../lib/errors.ts';
import type { AuditService } from '../audit/index.ts';
import type { OrganizationService } from '../organization/index.ts';
import type { EffectiveReference } from '../reference/index.ts';
import type { SectorFeed, SectorService } from '../sector/index.ts';
import { NO_ROWS, type FeedBatchDoc } from './batch.model.ts';
import { requireHistory, requireUpload } from './feed.policy.ts';
import type { FeedRepository } from './feed.repository.ts';
import type { IngestDeps, IngestService } from './ingest.service.ts';

export interface ReceiveInput {
  /** `<sector>/<kind>` */
  readonly feed: string;
  readonly fileName: string;
  /** Content, or path of a file of this machine. */
  readonly source: Readable | string;
  /** Code of the agency it is for; the viewer's own, or the sector's for the centre. */
  readonly agency?: string;
  /** A deliberate replay: the file is worked again from its first row. */
  readonly again?: boolean;
  /** History: when the rows were received in an older system. */
  readonly receivedAt?: Date;
  readonly receivedAtColumn?: string;
}

export interface Received {
  readonly batch: FeedBatchDoc;
  /** The same file was here before: this is its batch. */
  readonly duplicate: boolean;
}

/** Beyond any sensible feed file; the readers have caps of their own per format. */
const MAX_BYTES = 1024 ** 3;

const NO_COLUMN = ['receivedAtColumn'] as const;

/** What the bringer says of a file; a repeat of one that failed may say it better. */
function howRead({ fileName, receivedAt, receivedAtColumn }: ReceiveInput) {
  const migrated = receivedAt !== undefined || receivedAtColumn !== undefined;
  return {
    fileName: fileName.slice(0, 200),
    ...(receivedAt === undefined ? {} : { receivedAt }),
    ...(receivedAtColumn === undefined ? {} : { receivedAtColumn }),
    ...(migrated ? { migrated: true } : {}),
  };
}

interface ReceiveDeps extends Pick<IngestDeps, 'blobs' | 'clock'> {
  readonly batches: FeedRepository;
  readonly ingest: IngestService;
  readonly organizations: OrganizationService;
  readonly sectors: SectorService;
  readonly audit: AuditService;
  readonly reference: EffectiveReference;
}

/** Station 1: a file becomes a batch of an agency. */
export class ReceiveService {
  readonly #deps: ReceiveDeps;

  constructor(deps: ReceiveDeps) {
    this.#deps = deps;
  }

  /** @throws NotFoundError FEED_UNKNOWN, InputError FEED_NOT_IN_CATALOGUE, FEED_AGENCY_UNKNOWN, FEED_AGENCY_MISSING */
  async destination(
    viewer: Viewer,
    path: string,
    agency?: string,
  ): Promise<{ feed: SectorFeed; agencyId: string }> {
    const feed = this.#deps.sectors.feedOf(path);
    if (!feed) throw new NotFoundError('FEED_UNKNOWN');
    await this.#deps.reference.refresh();
    if (!this.#deps.reference.catalogueOf(path))
      throw new InputError(['feed'], 'FEED_NOT_IN_CATALOGUE', { feed: feed.name });
    const agencyId = await this.#agencyOf(viewer, feed, agency);
    requireUpload(viewer, { sector: feed.sector.slug, agencyId });
    return { feed, agencyId };
  }

  async #agencyOf(viewer: Viewer, feed: SectorFeed, agency: string | undefined): Promise<string> {
    const { organizations } = this.#deps;
    if (agency !== undefined) {
      const found = await organizations.byUscc(agency.trim().toUpperCase());
      if (found?.kind !== 'AGENCY') throw new InputError(['agency'], 'FEED_AGENCY_UNKNOWN', { agency });
      return found.id;
    }
    if (viewer.organizationId !== undefined && viewer.sectors.includes(feed.sector.slug))
      return viewer.organizationId;
    const found = await organizations.agencyOfSector(feed.sector.slug);
    if (!found) throw new InputError(['agency'], 'FEED_AGENCY_MISSING');
    return found.id;
  }

  /**
   * Keeps a file and makes its batch. A repeat of a file answers the batch it made; one that failed is begun again.
   * @throws InputError FILE_… when it is no table of this feed, LimitError; nothing of it is kept then
   */
  async receive(viewer: Viewer, input: ReceiveInput): Promise<Received> {
    const { batches, blobs } = this.#deps;
    const { feed, agencyId } = await this.destination(viewer, input.feed, input.agency);
    if (input.receivedAt !== undefined || input.receivedAtColumn !== undefined) requireHistory(viewer);
    const blob = await blobs.put(input.source, MAX_BYTES);
    const first = await batches.byKey(agencyId, input.feed, blob.sha256);
    if (first && input.again !== true) {
      const redone = await batches.move(
        first._id,
        ['FAILED'],
        { status: 'RECEIVED', attempts: 0, ...howRead(input) },
        ['failure', 'finishedAt', ...(input.receivedAtColumn === undefined ? NO_COLUMN : [])],
      );
      return { batch: redone ?? first, duplicate: true };
    }
    let headerOnly: boolean;
    try {
      headerOnly = await this.#isHeaderOnly(blob.key, input.fileName, input.feed);
    } catch (error) {
      await this.discard(blob.key);
      throw error;
    }
    const _id = new Types.ObjectId();
    // The template itself is not a repeat of anything, and a replay is one on purpose.
    const own = headerOnly || (first !== undefined && input.again === true);
    const batch = this.draft(viewer, {
      _id,
      agencyId,
      input,
      feed,
      blobKey: blob.key,
      size: blob.size,
      dedupeKey: own ? `${blob.sha256}:${_id.toHexString()}` : blob.sha256,
    });
    if (!(await batches.insert(batch))) {
      const other = await batches.byKey(agencyId, input.feed, batch.dedupeKey);
      if (!other) throw new NotFoundError('FEED_BATCH_NOT_FOUND');
      return { batch: other, duplicate: true };
    }
    await this.#deps.audit.record(viewer, {
      action: 'feed:receive',
      object: `feed-batch:${_id.toHexString()}`,
      result: 'OK',
      detail: {
        feed: input.feed,
        agencyId,
        size: blob.size,
        ...(batch.migrated ? { migrated: true } : {}),
        ...(input.again ? { again: true } : {}),
      },
    });
    return { batch, duplicate: false };
  }

  /** Removes a file that was refused, unless a batch has the same content: it is stored once for all of them. */
  async discard(blobKey: string): Promise<void> {
    const { batches, blobs } = this.#deps;
    if (!(await batches.usesBlob(blobKey))) await blobs.remove(blobKey);
  }

  async #isHeaderOnly(blobKey: string, fileName: string, feed: string): Promise<boolean> {
    const file = await this.#deps.ingest.open(blobKey, fileName, feed);
    try {
      for await (const _row of file.rows()) return false;
      return true;
    } finally {
      await file.close();
    }
  }

  /** A batch as it begins. */
  draft(
    viewer: Viewer,
    parts: Pick<FeedBatchDoc, '_id' | 'blobKey' | 'size' | 'dedupeKey'> & {
      agencyId: string;
      input: ReceiveInput;
      feed: SectorFeed;
    },
  ): FeedBatchDoc {
    const { agencyId, input, feed, ...rest } = parts;
    return {
      ...rest,
      agencyId: new Types.ObjectId(agencyId),
      feed: input.feed,
      sector: feed.sector.slug,
      kind: feed.kind,
      status: 'RECEIVED',
      cursor: 0,
      rows: { ...NO_ROWS },
      receivedAt: this.#deps.clock.now(),
      ...howRead(input),
      uploadedBy: actorOf(viewer),
      attempts: 0,
    };
  }
}
