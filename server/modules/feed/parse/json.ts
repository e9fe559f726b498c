import { JSONParser } from '@streamparser/json';
import type { RawValue } from '../feed.types.ts';
import { CONTAINERS } from './detect-format.ts';
import type { KeyedRow } from './keyed.ts';
import type { FeedLimits } from './limits.ts';
import { refused, unreadable } from './refusal.ts';
import type { Source } from './source.ts';
import { readText, type Encoding } from './text.ts';

const EMPTY_LIST = new RegExp(`"(?:${CONTAINERS.join('|')})"\\s*:\\s*\\[\\s*\\]`);

function valueOf(value: unknown): RawValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value === null || value === undefined) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function keyedRow(row: number, value: object): KeyedRow {
  return { row, place: '', values: new Map(Object.entries(value).map(([key, v]) => [key, valueOf(v)])) };
}

function isRow(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Rows of an array of objects, or of such an array in `data`, `rows`, `records` or `list`; numbered from 1. */
export async function* readJson(
  source: Source,
  encoding: Encoding,
  limits: FeedLimits,
): AsyncGenerator<KeyedRow> {
  const found: KeyedRow[] = [];
  let parser: JSONParser | undefined;
  let isList = false;
  let row = 0;
  let brokenAt: number | undefined;
  let idleChars = 0;
  const onElement = (value: unknown): void => {
    idleChars = 0;
    row += 1;
    if (isRow(value)) found.push(keyedRow(row, value));
    else brokenAt ??= row;
  };
  for await (const text of readText(source, encoding)) {
    if (!parser) {
      isList = text.trimStart().startsWith('[') || EMPTY_LIST.test(text);
      parser = parserOf(text, onElement, () => {
        brokenAt ??= row + 1;
      });
    }
    idleChars += text.length;
    if (!parser.isEnded) parser.write(text);
    else if (text.trim() !== '') brokenAt = row + 1;
    yield* found.splice(0);
    if (idleChars > limits.recordChars) brokenAt ??= row + 1;
    if (brokenAt !== undefined) throw unreadable(source.name, brokenAt);
  }
  if (parser && !parser.isEnded) parser.end();
  if (brokenAt !== undefined) throw unreadable(source.name, brokenAt);
  if (row === 0 && !isList) throw refused('FILE_NOT_TABLE', source.name);
}

/** Tells the elements of the list without keeping them. */
function parserOf(text: string, onElement: (value: unknown) => void, onFault: () => void): JSONParser {
  const lists = text.trimStart().startsWith('[') ? ['$'] : CONTAINERS.map((key) => `$.${key}`);
  const parser = new JSONParser({ paths: lists.map((path) => `${path}.*`), keepStack: false });
  // Keys are numbers in arrays: an object in `data` is no list.
  parser.onValue = ({ value, key }) => {
    if (typeof key === 'number') onElement(value);
  };
  parser.onError = onFault;
  return parser;
}

/** Rows of newline-delimited JSON, numbered by line. */
export async function* readNdjson(
  source: Source,
  encoding: Encoding,
  limits: FeedLimits,
): AsyncGenerator<KeyedRow> {
  let rest = '';
  let line = 0;
  const read = (text: string): KeyedRow | undefined => {
    line += 1;
    if (text.trim() === '') return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw unreadable(source.name, line);
    }
    if (!isRow(value)) throw unreadable(source.name, line);
    return keyedRow(line, value);
  };
  for await (const text of readText(source, encoding)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() as string;
    if (rest.length > limits.recordChars) throw unreadable(source.name, line + 1);
    for (const one of lines) {
      const row = read(one);
      if (row) yield row;
    }
  }
  const row = read(rest);
  if (row) yield row;
}
