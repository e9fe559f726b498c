export interface CsvRecord {
  /** Line where the record begins, from 1. */
  readonly row: number;
  /** Number of lines it takes; more than one only with line breaks inside quotes. */
  readonly lines: number;
  readonly cells: string[];
}

/** Quotes that do not fit, or a record beyond the limit; `row` is where the record begins. */
export class CsvFault extends Error {
  readonly row: number;

  constructor(row: number) {
    super(`broken csv record at line ${String(row)}`);
    this.row = row;
  }
}

const QUOTE = 34;
const LF = 10;
const CR = 13;

/**
 * Splits csv (RFC 4180; each line may end in CRLF, LF or CR) that arrives in pieces. Our own because records must never
 * be merged silently: a quote inside an unquoted field and text behind a closing quote are faults with their line.
 * csv-parse, which is strict as well, takes a tenth of this speed and by itself knows one kind of line end per file.
 */
export class CsvSplitter {
  readonly #delimiter: number;
  readonly #maxChars: number;
  #text = '';
  /** Where the next field begins. */
  #at = 0;
  #row = 1;
  // The record being read: fields, lines, and characters that came in earlier pieces.
  #cells: string[] = [];
  #lines = 1;
  #taken = 0;

  constructor(delimiter: string, maxChars: number) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#maxChars = maxChars;
  }

  /** The records that are complete; with `last` also the one that no line break ends. @throws CsvFault */
  *push(text: string, last = false): Generator<CsvRecord> {
    this.#text += text;
    let begin = 0;
    while (this.#at < this.#text.length || (last && this.#cells.length > 0)) {
      const ended = this.#text.charCodeAt(this.#at) === QUOTE ? this.#quoted(last) : this.#plain(last);
      if (ended === undefined) break;
      if (!ended) continue;
      const record = { row: this.#row, lines: this.#lines, cells: this.#cells };
      this.#row += this.#lines;
      this.#cells = [];
      this.#lines = 1;
      this.#taken = 0;
      begin = this.#at;
      yield record;
    }
    this.#taken += this.#at - begin;
    if (this.#taken + this.#text.length - this.#at > this.#maxChars) throw new CsvFault(this.#row);
    this.#text = this.#text.slice(this.#at);
    this.#at = 0;
  }

  /** Reads a field: true when it ends the record, undefined when more text is needed. */
  #plain(last: boolean): boolean | undefined {
    const text = this.#text;
    const delimiter = this.#delimiter;
    let at = this.#at;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === delimiter || code === LF || code === CR) break;
      if (code === QUOTE) throw new CsvFault(this.#row);
    }
    return this.#end(at, text.slice(this.#at, at), last, 0);
  }

  #quoted(last: boolean): boolean | undefined {
    const text = this.#text;
    let close = text.indexOf('"', this.#at + 1);
    while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
    if (close < 0) {
      if (last) throw new CsvFault(this.#row);
      return undefined;
    }
    const value = text.slice(this.#at + 1, close).replaceAll('""', '"');
    return this.#end(close + 1, value, last, lineBreaks(value));
  }

  /** Takes the field if what stands at `at` ends it. */
  #end(at: number, value: string, last: boolean, breaks: number): boolean | undefined {
    const text = this.#text;
    const code = at < text.length ? text.charCodeAt(at) : undefined;
    // The next piece may go on with this field, with a second quote, or with the line feed of a carriage return.
    if (!last && (code === undefined || (code === CR && at + 1 === text.length))) return undefined;
    if (code !== undefined && code !== this.#delimiter && code !== LF && code !== CR)
      throw new CsvFault(this.#row);
    this.#cells.push(value);
    this.#lines += breaks;
    this.#at = at;
    if (code === undefined) return true;
    this.#at += code === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
    return code !== this.#delimiter;
  }
}

function lineBreaks(value: string): number {
  return value.includes('\n') || value.includes('\r') ? (value.match(/\r\n|\n|\r/g)?.length ?? 0) : 0;
}
