import { conflictingRoles, type Role } from '../../auth/roles.ts';
import { InputError } from '../../lib/errors.ts';
import type { OrganizationKind } from '../organization/index.ts';

/** Kinds of organization whose people may hold a role; SYSTEM is nobody's. */
const KINDS: Readonly<Record<Role, readonly OrganizationKind[]>> = {
  ENTERPRISE_USER: ['ENTERPRISE'],
  BANK_MAKER: ['BANK'],
  BANK_CHECKER: ['BANK'],
  BANK_REPORTER: ['BANK'],
  BANK_AUDITOR: ['BANK'],
  AGENCY_MAKER: ['AGENCY'],
  AGENCY_CHECKER: ['AGENCY'],
  // A guarantor is registered as the firm or the bank it is.
  GUARANTOR: ['BANK', 'ENTERPRISE'],
  WORKING_GROUP: ['AGENCY', 'CENTER'],
  DISTRICT_CENTER: ['CENTER'],
  REGULATOR: ['AGENCY', 'CENTER'],
  CENTER_OPERATOR: ['CENTER'],
  CENTER_CHECKER: ['CENTER'],
  SYSTEM_ADMIN: ['CENTER'],
  SECURITY_ADMIN: ['CENTER'],
  AUDIT_ADMIN: ['CENTER'],
  SYSTEM: [],
};

export const ADMINISTRATORS: readonly Role[] = ['SYSTEM_ADMIN', 'SECURITY_ADMIN', 'AUDIT_ADMIN'];

/**
 * Whether these roles may stand together on one account of such an organization.
 * @throws InputError on `roles`: ACCOUNT_ROLE_UNFIT, ACCOUNT_ROLES_CONFLICT
 */
export function checkRoles(roles: readonly Role[], kind: OrganizationKind, mayConflict = false): void {
  const unfit = roles.find((role) => !KINDS[role].includes(kind));
  if (unfit) throw new InputError(['roles'], 'ACCOUNT_ROLE_UNFIT', { role: unfit });
  const pair = mayConflict ? undefined : conflictingRoles(roles);
  if (pair) throw new InputError(['roles'], 'ACCOUNT_ROLES_CONFLICT', { roles: pair.join(', ') });
}

/**
 * Machines act for an organization in its daily work and never administer.
 * @throws InputError on `roles`: CLIENT_WITHOUT_ROLES, CLIENT_ROLE_FORBIDDEN, and as checkRoles
 */
export function checkClientRoles(roles: readonly Role[], kind: OrganizationKind): void {
  if (roles.length === 0) throw new InputError(['roles'], 'CLIENT_WITHOUT_ROLES');
  const forbidden = roles.find((role) => ADMINISTRATORS.includes(role));
  if (forbidden) throw new InputError(['roles'], 'CLIENT_ROLE_FORBIDDEN', { role: forbidden });
  checkRoles(roles, kind);
}

/** Staff are all who hold a role in an office; in production they need a second factor. */
export function isStaff(roles: readonly Role[]): boolean {
  return roles.some((role) => role !== 'ENTERPRISE_USER');
}
