export { OrganizationService, type Organization, type OrganizationInput } from './organization.service.ts';
export { ORGANIZATION_KINDS, type OrganizationKind } from './organization.model.ts';
