import type { Archive } from './archive.ts';
import { openCsv } from './csv.ts';
import { containerOf, textFormatOf } from './detect-format.ts';
import { readJson, readNdjson } from './json.ts';
import { openKeyed } from './keyed.ts';
import type { OpenContext, OpenedFile } from './part.ts';
import { refused, tooLarge, unreadable } from './refusal.ts';
import type { SheetsClient } from './sheets-client.ts';
import { readHead, type Source } from './source.ts';
import { decodeHead, detectEncoding, isBinary } from './text.ts';
import { isWorkbook, openWorkbook } from './workbook.ts';
import { readXml } from './xml.ts';

const HEAD_BYTES = 65_536;

export interface OpenOptions {
  readonly context: OpenContext;
  readonly client: SheetsClient;
  /** Whether workbooks stay in memory between verifying and reading. */
  readonly keep: boolean;
  /** The content as a zip. */
  archive(): Promise<Archive>;
  /** What to do with a zip that is no workbook. */
  openZip(archive: Archive): Promise<OpenedFile>;
}

/**
 * Opens a file by what it holds, whatever its name says.
 * @throws InputError, LimitError as `openFeedFile`
 */
export async function openSource(source: Source, options: OpenOptions): Promise<OpenedFile> {
  const { context, client, keep } = options;
  const { limits } = context;
  if (source.size > limits.bytes) throw tooLarge(source.name, limits.bytes);
  const head = await readHead(source, HEAD_BYTES);
  const container = containerOf(head);
  if (container === 'ole') return openWorkbook(source, client, context, { format: 'xls', keep });
  if (container === 'zip') {
    const archive = await options.archive();
    if (!isWorkbook(archive)) return closedOnFailure(archive, () => options.openZip(archive));
    archive.close();
    return openWorkbook(source, client, context, { format: 'xlsx', archive: options.archive, keep });
  }
  return openText(source, head, options);
}

async function closedOnFailure<T>(archive: Archive, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    archive.close();
    throw error;
  }
}

async function openText(source: Source, head: Buffer, options: OpenOptions): Promise<OpenedFile> {
  const { context, client, keep } = options;
  const { limits } = context;
  if (isBinary(head)) throw unreadable(source.name);
  const encoding = await detectEncoding(source);
  const text = decodeHead(head, encoding);
  if (text.trim() === '' && head.length < HEAD_BYTES) throw refused('FILE_EMPTY', source.name);
  const format = textFormatOf(text);
  switch (format) {
    case 'csv':
      return openCsv(source, encoding, context);
    case 'spreadsheetml':
      return openWorkbook(source, client, context, { format, encoding, keep });
    case 'html':
      return openWorkbook(source, client, context, { format: 'xls', encoding, keep });
    case 'json':
      return openKeyed(format, source.name, () => readJson(source, encoding, limits), context);
    case 'ndjson':
      return openKeyed(format, source.name, () => readNdjson(source, encoding, limits), context);
    case 'xml':
      return openKeyed(format, source.name, () => readXml(source, encoding, limits), context);
  }
}
