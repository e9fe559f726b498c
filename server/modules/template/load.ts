import { readFileSync } from 'node:fs';
import { completed, envelope, kindOf, layered, type Kind, type PartialColumn } from './kinds.ts';
import { getFeed, type FeedDefinition } from './sector-files.ts';
import type { Column, CounterpartKind, Generation, Template } from './template.types.ts';

const FOLDER = new URL('../../../schema/feed/', import.meta.url);

/** Reads a file of `schema/feed`; its shape is held by the schemas beside it and their contract test. */
export function readFeedFile<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T;
}

type NationalFile = Omit<Template, 'columns'> & { readonly columns: readonly PartialColumn[] };

const templates = new Map<string, Template>();

/** A template of `schema/feed`; of an older edition, a column says only what differs from g3. */
function nationalTemplate(kind: Kind, generation: Generation): Template {
  const path = `${generation}/${kind.kind.toLowerCase()}.json`;
  const known = templates.get(path);
  if (known) return known;
  const file = readFeedFile<NationalFile>(path);
  const current = generation === 'g3' ? undefined : nationalTemplate(kind, 'g3');
  const columns = file.columns.map((column) => ({
    ...current?.columns.find(({ field }) => field === column.field),
    ...column,
  }));
  const template = { ...file, columns: completed(columns, path) };
  templates.set(path, template);
  return template;
}

function templateOfFeed(feed: FeedDefinition, generation: Generation): Template {
  const kind = kindOf(feed.kind);
  const { columns = [], without = [], path, name } = feed;
  if (kind.generations) {
    const base = nationalTemplate(kind, generation);
    if (columns.length === 0 && without.length === 0) return base;
    return { ...base, columns: completed(layered(base.columns, columns, without), path) };
  }
  const shape = layered(layered(envelope(), kind.columns, kind.without), columns, without);
  return { kind: feed.kind, generation: 'g3', name, columns: completed(shape, path) };
}

/** Editions in which a feed may come, oldest first; all but 行政许可 and 行政处罚 have one. */
export function generationsOf(feed: string): readonly Generation[] {
  return kindOf(getFeed(feed).kind).generations ?? ['g3'];
}

/**
 * The template of a feed `<sector>/<feed>`; the current edition unless one is named.
 * @throws RangeError when there is no such feed, or its file leaves a column incomplete
 */
export function templateOf(feed: string, generation: Generation = 'g3'): Template {
  const key = `${feed}/${generation}`;
  let template = templates.get(key);
  if (!template) {
    template = templateOfFeed(getFeed(feed), generation);
    templates.set(key, template);
  }
  return template;
}

function columnOf(feed: string, field: string): Column | undefined {
  for (const generation of [...generationsOf(feed)].reverse()) {
    const column = templateOf(feed, generation).columns.find((one) => one.field === field);
    if (column) return column;
  }
  return undefined;
}

/** Chinese name of a field; the field itself when no edition of the template has it. */
export function columnName(feed: string, field: string): string {
  return columnOf(feed, field)?.name ?? field;
}

/** Code of a field in the current template (XK_…, CF_…); undefined for fields that only older editions have. */
export function upstreamCodeOf(feed: string, field: string): string | undefined {
  return templateOf(feed).columns.find((column) => column.field === field)?.code;
}

/**
 * Columns of the current template the public may see. A natural person's name is among them: whoever publishes it
 * masks it.
 */
export function publicColumns(feed: string, counterpartKind: CounterpartKind): readonly Column[] {
  return templateOf(feed).columns.filter(
    (column) =>
      column.disclosure === 'PUBLIC' &&
      (counterpartKind !== 'NATURAL_PERSON' || column.publicForPersons === true) &&
      column.require[counterpartKind] !== '-',
  );
}

/** Fields that with counterpart and authority tell one record of a feed from another. */
export function keyFieldsOf(feed: string): readonly string[] {
  const { key, kind } = getFeed(feed);
  return key ?? kindOf(kind).key;
}

/** Fields a header needs to be taken for this feed; undefined for the national templates, which have marks of their own. */
export function marksOf(feed: string): readonly string[] | undefined {
  const { marks, kind } = getFeed(feed);
  return marks ?? kindOf(kind).marks;
}
