import type { Clock } from '../../../lib/clock.ts';
import { civilDateOf } from '../../../lib/civil-date.ts';
import { LimitError, type DomainError } from '../../../lib/errors.ts';
import { messageOf } from '../../../lib/messages.ts';
import type { FeedBatchDoc } from '../../feed/index.ts';
import { localTime } from '../local-time.ts';
import type { Cursor, PieceEnd, Puller, Step } from '../pull.ts';
import type { FolderSettings } from '../settings.types.ts';
import { judgeFiles, marksOf, staleMarks, type SeenFile } from './complete.ts';
import { contentOf, filesOf, folderBelow } from './folder-files.ts';
import { putAway, removeMarks } from './put-away.ts';

export interface FolderDeps {
  readonly clock: Clock;
  /** Folders of all agencies lie below it. */
  readonly root: string;
  readonly problemWorkbook: (batch: FeedBatchDoc) => Promise<Buffer>;
}

/** Day and time of day for names of files: `2026-11-28`, `103000`. */
function nameTime(at: Date): { day: string; time: string } {
  return { day: civilDateOf(at), time: localTime(at).slice(11).replaceAll(':', '') };
}

/** A watched folder: every complete file is a piece. */
export class FolderPuller implements Puller {
  readonly #deps: FolderDeps;
  readonly #settings: FolderSettings;

  constructor(deps: FolderDeps, settings: FolderSettings) {
    this.#deps = deps;
    this.#settings = settings;
  }

  async *steps(cursor: Cursor | undefined): AsyncGenerator<Step> {
    const { clock, root } = this.#deps;
    const folder = await folderBelow(root, this.#settings.folder);
    const files = await filesOf(folder);
    const now = clock.now();
    const { complete, watched } = judgeFiles(files, cursor?.watched ?? [], now, this.#settings.quietSeconds);
    yield { cursor: { watched }, kept: () => removeMarks(folder, staleMarks(files, now)) };
    for (const file of complete) yield this.#piece(folder, file);
    const taken = new Set(complete.map(({ name }) => name));
    if (taken.size > 0) yield { cursor: { watched: watched.filter(({ name }) => !taken.has(name)) } };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #piece(folder: string, file: SeenFile): Step {
    const { maxBytes } = this.#settings;
    return {
      fileName: file.name,
      open: () => {
        if (file.size > maxBytes) throw new LimitError('FILE_TOO_LARGE', { maxBytes });
        return contentOf(folder, file);
      },
      newest: new Date(file.modified),
      taken: (end) => this.#taken(folder, file, end),
      refused: (error) => this.#refused(folder, file, error),
    };
  }

  async #taken(folder: string, file: SeenFile, { batch, duplicate }: PieceEnd): Promise<undefined> {
    const failed = batch.status === 'FAILED';
    const { day, time } = nameTime(batch.receivedAt);
    const id = batch._id.toHexString();
    await putAway(folder, file.name, {
      where: failed ? 'failed' : 'done',
      at: { day, prefix: `${time}-${id.slice(-6)}` },
      result: {
        file: file.name,
        feed: batch.feed,
        batchId: id,
        status: batch.status,
        repeat: duplicate,
        receivedAt: batch.receivedAt,
        rows: batch.rows,
        ...(batch.failure
          ? { code: batch.failure.code, message: messageOf(batch.failure.code, batch.failure.params) }
          : {}),
      },
      ...(batch.rows.refused > 0 ? { problems: await this.#deps.problemWorkbook(batch) } : {}),
    });
    await removeMarks(folder, marksOf(file.name));
    return undefined;
  }

  async #refused(folder: string, file: SeenFile, { code, params }: DomainError): Promise<void> {
    const { day } = nameTime(this.#deps.clock.now());
    await putAway(folder, file.name, {
      where: 'failed',
      at: { day, prefix: nameTime(new Date(file.modified)).time },
      result: { file: file.name, status: 'REFUSED', code, message: messageOf(code, params) },
    });
    await removeMarks(folder, marksOf(file.name));
  }
}
