import type { HeaderMatch, MatchHeader } from '../../template/index.ts';
import type { RawValue } from '../feed.types.ts';
import { dataCells, HEAD_ROWS, headerText } from './header.ts';
import type { FileFormat, OpenContext, OpenedFile, PartRow } from './part.ts';
import { exceeded, judgeRows, refused } from './refusal.ts';

/** A row of JSON or XML. */
export interface KeyedRow {
  readonly row: number;
  /** What the row is in its document, where it holds other things as well: the names of its elements. */
  readonly place: string;
  readonly values: ReadonlyMap<string, RawValue>;
}

interface KeyedHeader {
  readonly names: readonly string[];
  readonly keys: readonly string[];
  readonly match: HeaderMatch;
}

type Candidate = KeyedHeader & { readonly place: string };

/**
 * Opens rows that carry their own keys. The header is what the first rows have together, because exports leave out
 * keys without a value; rows with other keys are matched by themselves, one match for each set of keys.
 */
export async function openKeyed(
  format: FileFormat,
  name: string,
  read: () => AsyncGenerator<KeyedRow>,
  context: OpenContext,
): Promise<OpenedFile> {
  const keysOf = new Map<string, Set<string>>();
  let count = 0;
  for await (const { place, values } of read()) {
    const keys = keysOf.get(place) ?? new Set();
    for (const key of values.keys()) keys.add(key);
    keysOf.set(place, keys);
    if (++count === HEAD_ROWS) break;
  }
  if (count === 0) throw refused('FILE_EMPTY', name);
  const max = context.limits.columns;
  if ([...keysOf.values()].some((keys) => keys.size > max))
    throw exceeded('FILE_TOO_MANY_COLUMNS', name, max);
  const best = [...keysOf]
    .flatMap(([place, keys]): Candidate[] => {
      const header = headerOf([...keys], context.match);
      return header ? [{ ...header, place }] : [];
    })
    .sort((a, b) => b.match.score - a.match.score)[0];
  if (!best) throw refused(judgeRows([...keysOf.values()].map((keys) => [...keys])), name);
  return {
    format,
    parts: [{ rows: () => readRows(name, read(), best, context) }],
    close: () => Promise.resolve(),
  };
}

function headerOf(keys: readonly string[], match: MatchHeader): KeyedHeader | undefined {
  const names = keys.map(headerText);
  const found = match(names);
  return found && { names, keys, match: found };
}

async function* readRows(
  name: string,
  rows: AsyncGenerator<KeyedRow>,
  base: Candidate,
  { match, limits }: OpenContext,
): AsyncGenerator<PartRow> {
  const headers = new Map<string, KeyedHeader>();
  const baseKeys = new Set(base.keys);
  for await (const { row, place, values } of rows) {
    if (place !== base.place) continue;
    const keys = [...values.keys()];
    let header: KeyedHeader | undefined = base;
    if (!keys.every((key) => baseKeys.has(key))) {
      const id = keys.join('\0');
      header = headers.get(id);
      if (!header) {
        if (keys.length > limits.columns) throw exceeded('FILE_TOO_MANY_COLUMNS', name, limits.columns);
        header = headerOf(keys, match);
        if (!header || headers.size >= limits.columns) throw refused('FILE_ROW_KEYS', name, { row });
        headers.set(id, header);
      }
    }
    const cells = dataCells(
      header.keys.map((key) => values.get(key)),
      header.keys.length,
    );
    if (cells) yield { row, header: header.names, match: header.match, cells };
  }
}
