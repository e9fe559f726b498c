export {
  PublicationService,
  type PublicationWindow,
  type PublicRecord,
  type PublishedChange,
} from './publication.service.ts';
export { displayOf, loadDisplayRules, type Display, type DisplayRules } from './display-rules.ts';
export type { PublicationFilter } from './publication.repository.ts';
