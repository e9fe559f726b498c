import { readFileSync } from 'node:fs';
import type { CounterpartKind, DecisionState, Generation } from './template.types.ts';

const FOLDER = new URL('../../../schema/codes/', import.meta.url);

interface NamedValue {
  readonly name: string;
  readonly synonyms: readonly string[];
}

export interface IdType extends NamedValue {
  /** GA/T 517. */
  readonly codes: readonly string[];
  readonly check?: 'PERSON_ID';
}

interface PenaltyKindFile {
  readonly values: readonly string[];
  readonly other: NamedValue & { readonly withoutNote: readonly Generation[] };
  readonly mappings: Readonly<Record<string, readonly string[]>>;
}

interface StateFile {
  readonly names: Readonly<Record<string, DecisionState>>;
  readonly codes: Readonly<Record<Generation, Readonly<Record<string, DecisionState>>>>;
  readonly upstream: Readonly<Partial<Record<DecisionState, string>>>;
}

/** Value lists of `schema/codes`; texts are looked up by `valueKey`. */
export interface ValueLists {
  readonly counterpartKinds: ReadonlyMap<string, CounterpartKind>;
  /** The words of the current template. */
  readonly counterpartKindNames: Readonly<Record<CounterpartKind, string>>;
  /** To the words of the template; `noted` says which need a text: 其他-…. */
  readonly licenseKinds: ReadonlyMap<string, { readonly name: string; readonly noted: boolean }>;
  readonly idTypes: ReadonlyMap<string, IdType>;
  /** To atomic kinds; 其他 is not among them. */
  readonly penaltyKinds: ReadonlyMap<string, readonly string[]>;
  readonly penaltyOther: ReadonlySet<string>;
  /** Generations whose 其他 needs no text. */
  readonly otherWithoutNote: readonly Generation[];
  readonly states: StateFile;
}

/** Texts that are their own key, as nearly all are. */
const PLAIN = /^[\u4e00-\u9fff0-9A-Z、-]+$/;

/** How values are compared: half-width, upper case, without spaces. */
export function valueKey(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.normalize('NFKC').toUpperCase().replace(/\s/g, '');
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as T;
}

function byName<T extends NamedValue, V>(
  values: readonly T[],
  present: (value: T) => V,
  more: (value: T) => readonly string[] = () => [],
): Map<string, V> {
  const entries = values.flatMap((value) =>
    [value.name, ...value.synonyms, ...more(value)].map((name) => [valueKey(name), present(value)] as const),
  );
  return new Map(entries);
}

function readLists(): ValueLists {
  type Kind = NamedValue & { readonly kind: CounterpartKind };
  const kinds = read<{ values: readonly Kind[] }>('counterpart-kinds').values;
  const licenses = read<{ values: readonly (NamedValue & { note?: boolean })[] }>('license-kinds').values;
  const idTypes = read<{ values: readonly IdType[] }>('id-types').values;
  const penalty = read<PenaltyKindFile>('penalty-kinds');
  return {
    counterpartKinds: byName(kinds, ({ kind }) => kind),
    counterpartKindNames: Object.fromEntries(kinds.map(({ kind, name }) => [kind, name])) as Record<
      CounterpartKind,
      string
    >,
    licenseKinds: byName(licenses, ({ name, note }) => ({ name, noted: note === true })),
    idTypes: byName(
      idTypes,
      (type) => type,
      ({ codes }) => codes,
    ),
    penaltyKinds: new Map([
      ...penalty.values.map((value) => [valueKey(value), [value]] as const),
      ...Object.entries(penalty.mappings).map(([name, to]) => [valueKey(name), to] as const),
    ]),
    penaltyOther: new Set([penalty.other.name, ...penalty.other.synonyms].map(valueKey)),
    otherWithoutNote: penalty.other.withoutNote,
    states: read<StateFile>('states'),
  };
}

let loaded: ValueLists | undefined;

/** Read once. */
export function loadValueLists(): ValueLists {
  loaded ??= readLists();
  return loaded;
}
