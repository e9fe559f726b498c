const ZIP = Buffer.from('PK\x03\x04', 'latin1');
const EMPTY_ZIP = Buffer.from('PK\x05\x06', 'latin1');
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/** Keys of a JSON document that may hold its rows. */
export const CONTAINERS: readonly string[] = ['data', 'rows', 'records', 'list'];
const SPREADSHEET_ML = /<\?mso-application[^>]*Excel\.Sheet|urn:schemas-microsoft-com:office:spreadsheet/i;
const HTML =
  /^(?:<\?xml[^>]*>|<!--[^]*?-->|\s)*<(?:!doctype\s+html|html|head|meta|style|body|table)[\s>][^]*<t[rdh][\s>]/i;

export type Container = 'zip' | 'ole';
export type TextFormat = 'csv' | 'json' | 'ndjson' | 'xml' | 'spreadsheetml' | 'html';

/** What holds the file, by its first bytes; undefined for texts. */
export function containerOf(head: Buffer): Container | undefined {
  const starts = (magic: Buffer): boolean => head.subarray(0, magic.length).equals(magic);
  if (starts(ZIP) || starts(EMPTY_ZIP)) return 'zip';
  return starts(OLE) ? 'ole' : undefined;
}

function isRowObject(line: string): boolean {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return !Object.entries(value).some(([key, inner]) => CONTAINERS.includes(key) && Array.isArray(inner));
  } catch {
    return false;
  }
}

/** The format of a text by how it begins; whatever is neither markup nor JSON is csv. */
export function textFormatOf(head: string): TextFormat {
  const text = head.trimStart();
  if (text.startsWith('<')) {
    if (SPREADSHEET_ML.test(text)) return 'spreadsheetml';
    return HTML.test(text) ? 'html' : 'xml';
  }
  if (/^\[\s*[{\]]/.test(text)) return 'json';
  if (!/^\{\s*["}]/.test(text)) return 'csv';
  return isRowObject(text.split('\n', 1)[0] as string) ? 'ndjson' : 'json';
}
