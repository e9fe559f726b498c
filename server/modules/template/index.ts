export * from './template.types.ts';
export { matchHeaderOf } from './header.ts';
export { allKinds, kindOf, pathOfKind } from './kinds.ts';
export { columnName, generationsOf, keyFieldsOf, publicColumns, templateOf, upstreamCodeOf } from './load.ts';
export {
  addSectorFolder,
  feedsOfKind,
  feedPathOf,
  findFeed,
  getFeed,
  listFeeds,
  listSectors,
  originOf,
  type FeedDefinition,
  type SectorFile,
} from './sector-files.ts';
export { loadValueLists, valueKey, type ValueLists } from './value-lists.ts';
export { sampleRow } from './sample.ts';
