import type { SentItem } from './item.ts';

/** What XML 1.0 cannot hold in any spelling: most control characters, halves of pairs, the two non-characters. */
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/** @returns the place of the first character that cannot stand in XML */
export function unwritablePlace({ data }: Pick<SentItem, 'data'>): string | undefined {
  for (const [code, text] of Object.entries(data)) {
    const found = UNWRITABLE.exec(text);
    if (!found) continue;
    const point = found[0].codePointAt(0) ?? 0;
    return `/data/${code} U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** A carriage return would be read as a line feed, and an attribute's line feeds as spaces. */
function inText(text: string): string {
  return text.replace(/[&<>\r]/g, (char) => ENTITIES[char] ?? char);
}

function inAttribute(text: string): string {
  return text.replace(/[&<>"\r\n\t]/g, (char) => ENTITIES[char] ?? char);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${inAttribute(value)}"`)
    .join('');
}

function rowOf({ itemId, key, contentHash, operation, kind, sector, agency, data }: SentItem): string {
  const columns = Object.entries(data).map(([code, text]) => `<${code}>${inText(text)}</${code}>`);
  const head = attributes({ id: itemId, key, hash: contentHash, operation, kind, sector, agency });
  return `<DATA${head}>${columns.join('')}</DATA>\n`;
}

/** One file: `DATAS` with a `DATA` per item; see `schema/upstream/file-drop/datas.xsd`. */
export function xmlOf(
  items: readonly SentItem[],
  head: { readonly batch: string; readonly template: string },
): string {
  const opened = attributes({ batch: head.batch, template: head.template, count: String(items.length) });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<DATAS${opened}>\n${items.map(rowOf).join('')}</DATAS>\n`;
}
