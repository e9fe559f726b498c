export * from './template.types.ts';
export { matchHeaderOf } from './header.ts';
export {
  columnName,
  kindOfPath,
  loadTemplates,
  pathOfKind,
  publicColumns,
  templateOf,
  upstreamCodeOf,
  type Templates,
} from './load.ts';
export { loadValueLists, valueKey, type IdType, type ValueLists } from './value-lists.ts';
export { sampleRow } from './sample.ts';
