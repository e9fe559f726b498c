export { openFeedFile, type FeedFile } from './open-feed-file.ts';
export type { FeedLimits } from './limits.ts';
