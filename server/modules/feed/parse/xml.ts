import { SaxesParser } from 'saxes';
import type { RawValue } from '../feed.types.ts';
import type { KeyedRow } from './keyed.ts';
import type { FeedLimits } from './limits.ts';
import { refused, unreadable } from './refusal.ts';
import type { Source } from './source.ts';
import { readText, type Encoding } from './text.ts';

const MAX_DEPTH = 20;
const MAX_KEYS = 10_000;

interface Element {
  readonly name: string;
  /** Text of a leaf. */
  text: string;
  /** Values of the leaves inside; undefined until the first one. */
  values: Map<string, RawValue> | undefined;
  /** Something other than leaves is inside. */
  isOuter: boolean;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Collects the elements that hold leaves and nothing else. */
class RowCollector {
  readonly found: KeyedRow[] = [];
  row = 0;
  isDoctype = false;
  isBroken = false;
  /** Whether anything was read since this was last set to false. */
  isAlive = false;
  readonly #open: Element[] = [];
  readonly #counts = new Map<string, number>();

  parser(): SaxesParser {
    const parser = new SaxesParser({ position: false });
    parser.on('error', () => {
      this.isBroken = true;
    });
    parser.on('doctype', () => {
      this.isDoctype = true;
    });
    parser.on('opentag', ({ name }) => {
      this.isAlive = true;
      this.isBroken ||= this.#open.length >= MAX_DEPTH;
      this.#open.push({ name: localName(name), text: '', values: undefined, isOuter: false });
    });
    const text = (part: string): void => {
      const element = this.#open.at(-1);
      // White space between rows is no value and would add up.
      if (element && !element.isOuter && element.values === undefined) element.text += part;
    };
    parser.on('text', text);
    parser.on('cdata', text);
    parser.on('closetag', () => this.#close());
    return parser;
  }

  #close(): void {
    this.isAlive = true;
    const element = this.#open.pop();
    const parent = this.#open.at(-1);
    if (!element) return;
    if (element.values === undefined && !element.isOuter) {
      if (!parent) return;
      parent.values ??= new Map();
      parent.values.set(element.name, element.text);
      this.isBroken ||= parent.values.size > MAX_KEYS;
      return;
    }
    if (parent) parent.isOuter = true;
    if (element.isOuter || element.values === undefined) return;
    const place = [...this.#open.map(({ name }) => name), element.name].join('/');
    const row = (this.#counts.get(place) ?? 0) + 1;
    this.#counts.set(place, row);
    this.row = row;
    this.found.push({ row, place, values: element.values });
  }
}

/**
 * Rows of an XML document: the elements that hold nothing but leaves, numbered among their like. Values stay text.
 * A document type is refused, so there are no entities but the five of XML.
 */
export async function* readXml(
  source: Source,
  encoding: Encoding,
  limits: FeedLimits,
): AsyncGenerator<KeyedRow> {
  const rows = new RowCollector();
  const parser = rows.parser();
  let idleChars = 0;
  for await (const text of readText(source, encoding)) {
    rows.isAlive = false;
    parser.write(text);
    idleChars = rows.isAlive ? 0 : idleChars + text.length;
    yield* rows.found.splice(0);
    if (rows.isDoctype) throw refused('FILE_DOCTYPE', source.name);
    if (rows.isBroken || idleChars > limits.recordChars) throw unreadable(source.name, rows.row + 1);
  }
  parser.close();
  if (rows.isBroken) throw unreadable(source.name, rows.row + 1);
}
