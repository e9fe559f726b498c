export * from './template.types.ts';
export { matchHeaderOf } from './header.ts';
export { columnName, kindOfPath, pathOfKind, publicColumns, templateOf, upstreamCodeOf } from './load.ts';
export { loadValueLists, valueKey } from './value-lists.ts';
export { sampleRow } from './sample.ts';
