import { readFeedFile } from './load.ts';
import type { CounterpartKind, RecordKind } from './template.types.ts';

type Texts = Readonly<Record<string, string>>;

interface SampleFile {
  readonly parties: Readonly<Record<CounterpartKind, Texts>>;
  readonly decisions: Readonly<Record<RecordKind, Texts>>;
}

let loaded: SampleFile | undefined;

/** A made-up row of the current template that passes every check: texts by field, as a clerk would type them. */
export function sampleRow(kind: RecordKind, counterpartKind: CounterpartKind): Texts {
  loaded ??= readFeedFile<SampleFile>('samples.json');
  const { parties, decisions } = loaded;
  return { ...parties[counterpartKind], ...decisions[kind] };
}
