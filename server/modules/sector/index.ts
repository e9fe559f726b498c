export { SectorService, agencyNameIn, type Sector, type SectorFeed } from './sector.service.ts';
