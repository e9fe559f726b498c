import { generationsOf, marksOf, readFeedFile, templateOf } from './load.ts';
import { getFeed } from './sector-files.ts';
import type { Generation, HeaderMatch, MatchHeader } from './template.types.ts';

type NamesByField = Readonly<Record<string, readonly string[]>>;

interface AliasFile {
  readonly helpers: NamesByField;
  readonly decorations: readonly string[];
  readonly refusedUnits: readonly string[];
  readonly minimum: { readonly columns: number; readonly marks: number; readonly fields: readonly string[] };
  readonly fields: NamesByField;
  /** By kind, of the national templates. */
  readonly kinds: Readonly<
    Record<string, { readonly marks: readonly string[]; readonly fields: NamesByField }>
  >;
}

/** What a header cell means; `exact` names the generations that call a column so, and is empty for an alias. */
interface Entry {
  readonly field: string;
  readonly exact: ReadonlySet<Generation>;
}

interface Found extends Entry {
  readonly text: string;
}

/** Longer cells are notices and data, not names of columns. */
const LONGEST_NAME = 80;
/** Fields that only the current template has. */
const CURRENT_ONLY = new Set(['counterpartKind', 'legalRepresentativeIdType']);
/** Older templates spread these over several columns. */
const REPEATABLE = new Set(['penaltyKinds']);
const CODE = /(?<![A-Z0-9_])[A-Z][A-Z0-9_]{1,31}(?![A-Z0-9_])/;
const WHOLE_CODE = /^[A-Z][A-Z0-9_]{1,31}$/;
const NATIONAL_CODE = /(?<![A-Z0-9_])(?:(?:XK|CF)_[A-Z0-9_]+|DFBM|SJC|BZ)(?![A-Z0-9_])/;

function fold(text: string): string {
  return text.normalize('NFKC').toUpperCase();
}

/** Names differ in spaces, dashes, brackets and a leading 行政; none of it tells columns apart. */
function keyOf(folded: string): string {
  return folded.replace(/[^\p{L}\p{N}$]/gu, '').replaceAll('行政', '');
}

/** Reads the header rows of one feed. */
class HeaderReader {
  readonly #entries = new Map<string, Entry>();
  readonly #codes = new Map<string, Entry>();
  readonly #file: AliasFile;
  /** Texts in the names of columns that only feeds of this kind have. */
  readonly #marks: readonly string[] | undefined;
  /** Fields without which it is another feed's header. */
  readonly #needed: readonly string[];
  readonly #decoration: RegExp;

  constructor(feed: string, file: AliasFile) {
    this.#file = file;
    const national = file.kinds[getFeed(feed).kind];
    this.#marks = national?.marks;
    this.#needed = national ? file.minimum.fields : ['counterpartName', ...(marksOf(feed) ?? [])];
    this.#decoration = new RegExp(`[*＊]|[(\\[【](?:${file.decorations.join('|')})[)\\]】]`, 'g');
    for (const generation of generationsOf(feed)) {
      for (const { code, name, field } of templateOf(feed, generation).columns) {
        this.#add(this.#codes, code, field, generation);
        this.#add(this.#entries, keyOf(fold(name)), field, generation);
      }
    }
    const { columns } = templateOf(feed);
    for (const { field } of columns) this.#add(this.#entries, keyOf(fold(field)), field, 'g3');
    const fields = new Set(columns.map(({ field }) => field));
    const own = Object.fromEntries(columns.map(({ field, aliases = [] }) => [field, aliases]));
    for (const names of [own, national?.fields ?? {}]) this.#addAliases(names);
    // Names of fields that this feed does not have may be names of its own columns.
    this.#addAliases(national ? file.fields : only(file.fields, fields));
    this.#addAliases(file.helpers);
  }

  #add(map: Map<string, Entry>, key: string, field: string, generation: Generation): void {
    const known = map.get(key);
    // The same name may mean different columns in two editions only if brackets were lost: keep the newer one.
    const exact = known?.field === field ? [...known.exact, generation] : [generation];
    map.set(key, { field, exact: new Set(exact) });
  }

  #addAliases(names: NamesByField): void {
    for (const [field, aliases] of Object.entries(names)) {
      for (const alias of aliases) {
        const map = WHOLE_CODE.test(fold(alias)) ? this.#codes : this.#entries;
        const key = map === this.#codes ? fold(alias) : keyOf(fold(alias));
        if (!map.has(key)) map.set(key, { field, exact: new Set() });
      }
    }
  }

  #lookUp(cell: string): Found | undefined {
    if (cell.length === 0 || cell.length > LONGEST_NAME) return undefined;
    const text = fold(cell).replace(this.#decoration, '').trim();
    const code = this.#codes.get(CODE.exec(text)?.[0] ?? '');
    if (code) return { ...code, text };
    const brackets = /^(.*?)[([【](.*)[)\]】]$/s.exec(text);
    const inside = keyOf(brackets?.[2] ?? '');
    if (this.#file.refusedUnits.includes(inside)) return undefined;
    const outside = keyOf(brackets?.[1] ?? '');
    // 代码_2 is one column in the edition of 2016 and another one today: what stands in the brackets decides.
    const order = /代码\d*$/.test(outside) ? [keyOf(text), inside, outside] : [keyOf(text), outside];
    for (const key of order) {
      const entry = key === '' ? undefined : this.#entries.get(key);
      if (entry) return { ...entry, text };
    }
    return undefined;
  }

  match(cells: readonly string[]): HeaderMatch | undefined {
    const found = cells.map((cell) => this.#lookUp(cell));
    const fields: (string | undefined)[] = cells.map(() => undefined);
    const taken = new Set<string>();
    // Columns called as a template calls them come first, so that a look-alike cannot take their place.
    for (const exact of [true, false]) {
      found.forEach((entry, index) => {
        if (!entry || entry.exact.size > 0 !== exact) return;
        if (taken.has(entry.field) && !REPEATABLE.has(entry.field)) return;
        taken.add(entry.field);
        fields[index] = entry.field;
      });
    }
    const used = found.filter(
      (entry, index): entry is Found => entry !== undefined && fields[index] !== undefined,
    );
    const columns = used.filter(({ field }) => !field.startsWith('$'));
    if (!this.#isOfFeed(columns, taken)) return undefined;
    return { generation: this.#marks ? generationOf(columns) : 'g3', fields, score: used.length };
  }

  #isOfFeed(columns: readonly Found[], taken: ReadonlySet<string>): boolean {
    const { minimum } = this.#file;
    const marks = this.#marks;
    const complete = this.#needed.every((field) => taken.has(field));
    if (!marks) return complete && columns.length >= Math.min(minimum.columns, this.#needed.length + 1);
    const marked = columns.filter(({ text }) => marks.some((mark) => text.includes(mark)));
    if (columns.length < minimum.columns || marked.length < minimum.marks) return false;
    // Codes prove the kind by themselves; keys of one JSON row may leave out what is empty.
    return complete || columns.filter(({ text }) => NATIONAL_CODE.test(text)).length >= minimum.columns;
  }
}

function only(names: NamesByField, fields: ReadonlySet<string>): NamesByField {
  return Object.fromEntries(Object.entries(names).filter(([field]) => fields.has(field)));
}

function generationOf(columns: readonly Found[]): Generation {
  const only = (name: Generation): number =>
    columns.filter(({ exact }) => exact.size === 1 && exact.has(name)).length;
  const newer = columns.filter(({ exact }) => exact.has('g2') && !exact.has('g1')).length;
  if (columns.some(({ field }) => CURRENT_ONLY.has(field)) || only('g3') > 0) return 'g3';
  return only('g1') > newer ? 'g1' : 'g2';
}

const readers = new Map<string, MatchHeader>();

/**
 * How to recognise a header row of this feed: Chinese names or codes in any order and decoration, with the helper
 * columns of a problem workbook. Needs the key columns and enough names that only such a feed has.
 * @throws RangeError when there is no such feed
 */
export function matchHeaderOf(feed: string): MatchHeader {
  let match = readers.get(feed);
  if (!match) {
    const reader = new HeaderReader(feed, readFeedFile<AliasFile>('aliases.json'));
    match = (cells) => reader.match(cells);
    readers.set(feed, match);
  }
  return match;
}
