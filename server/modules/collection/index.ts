export { CollectionService } from './collection.service.ts';
export type { CollectionRun, CollectionSource } from './present.ts';
export type { Rehearsal } from './rehearse.ts';
export { SOURCE_KINDS } from './settings.ts';
export type { SourceInput } from './source.service.ts';
