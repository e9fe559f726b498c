import { isSystemError, type Archive } from './archive.ts';
import { dataCells, findHeader, HEAD_ROWS, headerTexts, type Header } from './header.ts';
import type { FileFormat, OpenContext, OpenedFile, Part, PartRow } from './part.ts';
import { judgeRows, refused, tooLarge, unreadable } from './refusal.ts';
import { SheetsClient } from './sheets-client.ts';
import type { SheetInfo, SheetsContent } from './sheets.types.ts';
import { readAll, type Source } from './source.ts';
import { readText, type Encoding } from './text.ts';

const WORKBOOK_PART = /^xl\/workbook\.(?:xml|bin)$/i;
const MACROS = /(?:^|\/)vbaProject\.bin$|^xl\/macrosheets\//i;
const PICTURE = /\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg)$/i;
/** Sheets that explain the template or list its codes, as their makers name them. */
const GUIDE = /说明|字典|代码|编码|示例|样例|参考|选项|下拉/;
const MIN_OTHER_COLUMNS = 5;

export function isWorkbook(archive: Archive): boolean {
  return archive.members.some(({ name }) => WORKBOOK_PART.test(name));
}

/**
 * Unpacks an .xlsx, no part larger than it says and all together no larger than allowed.
 * @throws InputError FILE_HAS_MACROS, FILE_ENCRYPTED, FILE_UNREADABLE
 * @throws LimitError FILE_TOO_LARGE
 */
async function unpack(archive: Archive, name: string, maxBytes: number): Promise<SheetsContent> {
  if (archive.members.some((member) => MACROS.test(member.name))) throw refused('FILE_HAS_MACROS', name);
  if (archive.members.some((member) => member.isEncrypted)) throw refused('FILE_ENCRYPTED', name);
  if (archive.members.reduce((sum, { size }) => sum + size, 0) > maxBytes) throw tooLarge(name, maxBytes);
  const parts: { name: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
  for (const member of archive.members) {
    if (member.isDirectory || PICTURE.test(member.name)) continue;
    try {
      parts.push({ name: member.name, bytes: await readAll(member, maxBytes) });
    } catch (error) {
      if (isSystemError(error)) throw error;
      throw unreadable(name);
    }
  }
  return { parts };
}

export interface WorkbookOptions {
  readonly format: FileFormat;
  /** Set for an .xlsx. */
  readonly archive?: () => Promise<Archive>;
  /** Set for markup: SpreadsheetML and HTML tables. */
  readonly encoding?: Encoding;
  /** In a zip with many workbooks only the one that is being read is kept in memory. */
  readonly keep: boolean;
}

/** Reads the sheets of a workbook; `client` is shared by the workbooks of one file. */
class Workbook {
  readonly #source: Source;
  readonly #client: SheetsClient;
  readonly #context: OpenContext;
  readonly #options: WorkbookOptions;
  #isOpen = false;

  constructor(source: Source, client: SheetsClient, context: OpenContext, options: WorkbookOptions) {
    this.#source = source;
    this.#client = client;
    this.#context = context;
    this.#options = options;
  }

  async open(): Promise<readonly SheetInfo[]> {
    const sheets = await this.#client.open(await this.#content(), HEAD_ROWS, this.#source.name);
    this.#isOpen = this.#options.keep;
    return sheets;
  }

  async #content(): Promise<SheetsContent> {
    const { name, size } = this.#source;
    const { limits } = this.#context;
    const { archive, encoding } = this.#options;
    if (size > limits.workbookBytes) throw tooLarge(name, limits.workbookBytes);
    if (archive) {
      const opened = await archive();
      try {
        return await unpack(opened, name, limits.workbookUnpackedBytes);
      } finally {
        opened.close();
      }
    }
    if (encoding === undefined) return { binary: await readAll(this.#source, limits.workbookBytes) };
    if (encoding === 'utf-8') return { markup: await readAll(this.#source, limits.workbookBytes) };
    let text = '';
    for await (const piece of readText(this.#source, encoding)) text += piece;
    return { markup: new TextEncoder().encode(text) };
  }

  async *rows(sheet: number, header: Header): AsyncGenerator<PartRow> {
    if (!this.#isOpen) await this.open();
    for await (const { row, cells } of this.#client.rows(sheet)) {
      if (row <= header.row) continue;
      const values = dataCells(cells, header.names.length);
      if (values) yield { row, header: header.names, match: header.match, cells: values };
    }
  }
}

/**
 * Whether a sheet that does not fit holds a table with data. To leave out such a sheet could lose what the agency meant
 * to report, so the file is refused.
 */
function isOtherTable({ name, isHidden, head }: SheetInfo): boolean {
  if (isHidden || GUIDE.test(name)) return false;
  const rows = head.map(({ cells }) => headerTexts(cells));
  if (judgeRows(rows) !== 'FILE_OTHER_FEED') return false;
  const at = rows.findIndex((cells) => new Set(cells.filter(Boolean)).size >= MIN_OTHER_COLUMNS);
  return at >= 0 && rows.slice(at + 1).some((cells) => cells.filter(Boolean).length >= MIN_OTHER_COLUMNS / 2);
}

/**
 * Opens the sheets of a workbook that fit the feed. Other sheets are ignored when they are empty or no tables.
 * @throws InputError, LimitError as `openFeedFile`
 */
export async function openWorkbook(
  source: Source,
  client: SheetsClient,
  context: OpenContext,
  options: WorkbookOptions,
): Promise<OpenedFile> {
  const book = new Workbook(source, client, context, options);
  const sheets = await book.open();
  const parts: Part[] = [];
  const others: SheetInfo[] = [];
  sheets.forEach((sheet, index) => {
    const header = findHeader(sheet.head, context.match);
    if (header) parts.push({ name: sheet.name, rows: () => book.rows(index, header) });
    else others.push(sheet);
  });
  if (parts.length === 0) throw refused(judgeSheets(others), source.name);
  const other = others.find(isOtherTable);
  if (other) throw refused('FILE_OTHER_FEED', `${source.name}/${other.name}`);
  const [only] = parts;
  return {
    format: options.format,
    parts: parts.length === 1 && only ? [{ rows: () => only.rows() }] : parts,
    close: () => client.close(),
  };
}

function judgeSheets(sheets: readonly SheetInfo[]): 'FILE_EMPTY' | 'FILE_NOT_TABLE' | 'FILE_OTHER_FEED' {
  const verdicts = sheets.map(({ head }) => judgeRows(head.map(({ cells }) => headerTexts(cells))));
  if (verdicts.includes('FILE_OTHER_FEED')) return 'FILE_OTHER_FEED';
  return verdicts.includes('FILE_NOT_TABLE') ? 'FILE_NOT_TABLE' : 'FILE_EMPTY';
}
