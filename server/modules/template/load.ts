import { readFileSync } from 'node:fs';
import {
  GENERATIONS,
  RECORD_KINDS,
  type Column,
  type CounterpartKind,
  type Generation,
  type RecordKind,
  type Template,
} from './template.types.ts';

const FOLDER = new URL('../../../schema/feed/', import.meta.url);

/** A column of an older generation: what it does not say is as the g3 column of the same field. */
type OlderColumn = Pick<Column, 'code' | 'name' | 'field'> & Partial<Column>;

export interface Templates {
  /** The template of a kind in a generation. */
  get(kind: RecordKind, generation: Generation): Template;
}

/** Reads a file of `schema/feed`; its shape is held by the schemas beside it and their contract test. */
export function readFeedFile<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T;
}

function complete(column: OlderColumn, current: Template): Column {
  const base = current.columns.find(({ field }) => field === column.field);
  return { ...base, ...column } as Column;
}

function readTemplates(): Templates {
  const templates = new Map<string, Template>();
  for (const kind of RECORD_KINDS) {
    const file = `${pathOfKind(kind)}.json`;
    const current = readFeedFile<Template>(`g3/${file}`);
    templates.set(`${kind}/g3`, current);
    for (const generation of GENERATIONS.filter((name) => name !== 'g3')) {
      const older = readFeedFile<Template & { columns: readonly OlderColumn[] }>(`${generation}/${file}`);
      const columns = older.columns.map((column) => complete(column, current));
      templates.set(`${kind}/${generation}`, { ...older, columns });
    }
  }
  return { get: (kind, generation) => templates.get(`${kind}/${generation}`) as Template };
}

let loaded: Templates | undefined;

/** All templates of `schema/feed`, read once; older ones completed from g3. */
export function loadTemplates(): Templates {
  loaded ??= readTemplates();
  return loaded;
}

/** The template of a kind; the current one unless a generation is named. */
export function templateOf(kind: RecordKind, generation: Generation = 'g3'): Template {
  return loadTemplates().get(kind, generation);
}

function columnOf(kind: RecordKind, field: string): Column | undefined {
  const own = templateOf(kind).columns.find((column) => column.field === field);
  return own ?? templateOf(kind, 'g1').columns.find((column) => column.field === field);
}

/** Chinese name of a field; the field itself when no template has it. */
export function columnName(kind: RecordKind, field: string): string {
  return columnOf(kind, field)?.name ?? field;
}

/** Code of a field in the current template (XK_…, CF_…); undefined for fields that only the 2016 template has. */
export function upstreamCodeOf(kind: RecordKind, field: string): string | undefined {
  return templateOf(kind).columns.find((column) => column.field === field)?.code;
}

/**
 * Columns of the current template the public may see. A natural person's name is among them: whoever publishes it
 * masks it.
 */
export function publicColumns(kind: RecordKind, counterpartKind: CounterpartKind): readonly Column[] {
  return templateOf(kind).columns.filter(
    (column) =>
      column.disclosure === 'PUBLIC' &&
      (counterpartKind !== 'NATURAL_PERSON' || column.publicForPersons === true) &&
      column.require[counterpartKind] !== '-',
  );
}

/** `license`, `penalty`: last part of a feed's path. */
export function pathOfKind(kind: RecordKind): string {
  return kind.toLowerCase();
}

export function kindOfPath(path: string): RecordKind | undefined {
  return RECORD_KINDS.find((kind) => pathOfKind(kind) === path);
}
