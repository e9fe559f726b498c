export * from './template.types.ts';
export { matchHeaderOf } from './header.ts';
export { allKinds, kindOf, pathOfKind, type Kind } from './kinds.ts';
export { columnName, generationsOf, keyFieldsOf, publicColumns, templateOf, upstreamCodeOf } from './load.ts';
export {
  addSectorFolder,
  feedPathOf,
  findFeed,
  getFeed,
  listFeeds,
  listSectors,
  type FeedDefinition,
  type SectorFile,
} from './sector-files.ts';
export { loadValueLists, valueKey } from './value-lists.ts';
export { sampleRow } from './sample.ts';
