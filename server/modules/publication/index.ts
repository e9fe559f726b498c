export { PublicationService, type PublicationWindow, type PublicRecord } from './publication.service.ts';
export type { PublicationDoc } from './publication.model.ts';
