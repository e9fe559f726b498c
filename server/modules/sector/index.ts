export {
  SectorService,
  agencyNameIn,
  feedPath,
  type FeedKind,
  type Sector,
  type SectorFeed,
} from './sector.service.ts';
