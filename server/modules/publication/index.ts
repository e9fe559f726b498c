export { PublicationService, type PublicationWindow, type PublicRecord } from './publication.service.ts';
