import type { MatchHeader } from '../../template/index.ts';
import type { RawRow } from '../feed.types.ts';
import { openArchive } from './archive.ts';
import { DEFAULT_LIMITS, type FeedLimits } from './limits.ts';
import { openSource } from './open-source.ts';
import type { FileFormat, OpenedFile } from './part.ts';
import { exceeded } from './refusal.ts';
import { SheetsClient } from './sheets-client.ts';
import { fileSource } from './source.ts';
import { openZip } from './zip.ts';

export interface FeedFile {
  readonly format: FileFormat;
  /**
   * All rows in the order of the file. May be called again after the end, not twice at a time.
   * @throws InputError FILE_UNREADABLE with `row`, FILE_ROW_KEYS; LimitError FILE_TOO_MANY_ROWS
   */
  rows(): AsyncGenerator<RawRow>;
  close(): Promise<void>;
}

/**
 * Opens a file of rows: csv, .xlsx, .xls, SpreadsheetML, XML, JSON, NDJSON, or a zip of those, by content and not by
 * name. Every sheet and member is found and its header verified before a row is given out.
 * @param fileName for messages only
 * @throws InputError FILE_EMPTY, FILE_NOT_TABLE, FILE_OTHER_FEED, FILE_UNREADABLE (row), FILE_ENCRYPTED,
 *   FILE_HAS_MACROS, FILE_DOCTYPE, FILE_ZIP_NESTED; `part` names the file, sheet or member
 * @throws LimitError FILE_TOO_LARGE (maxBytes), FILE_TOO_MANY_ROWS, FILE_TOO_MANY_COLUMNS, FILE_TOO_MANY_MEMBERS,
 *   FILE_TOO_COSTLY (seconds); `max` is the limit
 */
export async function openFeedFile(
  path: string,
  fileName: string,
  match: MatchHeader,
  limits: Partial<FeedLimits> = {},
): Promise<FeedFile> {
  const context = { match, limits: { ...DEFAULT_LIMITS, ...limits } };
  const client = new SheetsClient(context.limits);
  try {
    const source = await fileSource(path, fileName);
    const opened = await openSource(source, {
      context,
      client,
      keep: true,
      archive: () => openArchive(path, fileName),
      openZip: (archive) => openZip(archive, source, client, context),
    });
    return {
      format: opened.format,
      rows: () => numbered(opened, fileName, context.limits.rows),
      close: async () => {
        await opened.close();
        await client.close();
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

async function* numbered(file: OpenedFile, name: string, maxRows: number): AsyncGenerator<RawRow> {
  let seq = 0;
  for (const part of file.parts) {
    for await (const row of part.rows()) {
      seq += 1;
      if (seq > maxRows) throw exceeded('FILE_TOO_MANY_ROWS', name, maxRows);
      yield { seq, ...row, ...(part.name !== undefined && { part: part.name }) };
    }
  }
}
