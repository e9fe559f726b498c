import { readFeedFile, templateOf } from './load.ts';
import { getFeed } from './sector-files.ts';
import type { CounterpartKind } from './template.types.ts';

type Texts = Readonly<Record<string, string>>;

interface SampleFile {
  readonly parties: Readonly<Record<CounterpartKind, Texts>>;
  /** By kind, of the national templates. */
  readonly decisions: Readonly<Record<string, Texts>>;
}

let loaded: SampleFile | undefined;

const TOKENS: Readonly<Record<string, string>> = {
  '{year}': '2024',
  '{date}': '20240202',
  '{serial}': '000001',
  '{region}': '629900',
};

/** Examples may leave year, day, serial number and region open. */
function filled(text: string): string {
  return Object.entries(TOKENS).reduce((made, [token, value]) => made.replaceAll(token, value), text);
}

/** A made-up row of the current template that passes every check: texts by field, as a clerk would type them. */
export function sampleRow(feed: string, counterpartKind: CounterpartKind): Texts {
  loaded ??= readFeedFile<SampleFile>('samples.json');
  const { kind, examples = {}, sector } = getFeed(feed);
  const texts: Record<string, string> = { ...loaded.parties[counterpartKind], ...loaded.decisions[kind] };
  for (const column of templateOf(feed).columns) {
    const { field, options, require, agencyDefault, requiredWhen } = column;
    // Columns under a condition are left out unless the row meets it.
    const met = Object.entries(requiredWhen ?? {}).some(([other, values]) =>
      values.includes(texts[other] ?? ''),
    );
    if (requiredWhen && !met) continue;
    const wanted = require[counterpartKind] === 'R';
    const own = examples[field]?.[0] ?? (wanted ? options?.[0] : undefined);
    const agency = agencyDefault && { NAME: sector.agencyName, CODE: sector.agencyUscc }[agencyDefault];
    const text = own ?? (wanted ? agency : undefined);
    if (text !== undefined) texts[field] = filled(text);
  }
  const fields = new Set(templateOf(feed).columns.map(({ field }) => field));
  return Object.fromEntries(Object.entries(texts).filter(([field]) => fields.has(field)));
}
