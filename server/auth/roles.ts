export const ROLES = [
  'ENTERPRISE_USER',
  'BANK_MAKER',
  'BANK_CHECKER',
  'BANK_REPORTER',
  'BANK_AUDITOR',
  'AGENCY_MAKER',
  'AGENCY_CHECKER',
  'GUARANTOR',
  'WORKING_GROUP',
  'DISTRICT_CENTER',
  'REGULATOR',
  'CENTER_OPERATOR',
  'CENTER_CHECKER',
  'SYSTEM_ADMIN',
  'SECURITY_ADMIN',
  'AUDIT_ADMIN',
  'SYSTEM',
] as const;

export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'publication:read',
  'subject:read',
  'subject:search',
  'subject:import',
  'record:read',
  'record:withdraw',
  'record:decide-conflict',
  'feed:upload',
  'feed:upload-any',
  'feed:read',
  'feed:import-history',
  'outbox:read',
  'outbox:replay',
  'outbox:push',
  'platform:read',
  'platform:manage',
  'reconciliation:read',
  'reconciliation:run',
  'collection:read',
  'collection:run',
  'collection:manage',
  'quality:read',
  'quality:read-all',
  'quality:report',
  'quality:manage',
  'reference:read',
  'reference:propose',
  'reference:propose-own',
  'reference:approve',
  'job:read',
  'job:run',
  'organization:read',
  'organization:manage',
  'account:read',
  'account:manage',
  'account:grant',
  'client:manage',
  'audit:read',
  'consent:grant',
  'consent:read',
  'consent:use',
  'product:read',
  'product:write',
  'product:approve',
  'demand:read',
  'demand:submit',
  'demand:review',
  'demand:claim',
  'claim:advance',
  'credit-line:report',
  'credit-line:approve',
  'loan:report',
  'loan:read',
  'approval:decide',
  'statistics:read',
] as const;

/** `<subject>:<action>` */
export type Permission = (typeof PERMISSIONS)[number];

const PUBLIC: readonly Permission[] = ['publication:read', 'product:read'];
const KNOWN: readonly Permission[] = [...PUBLIC, 'subject:search'];

/**
 * What each role may ask for at all; whether it may have this record is the policy of the module. Kept apart on
 * purpose: maker from checker; and the three administrators, so that nobody runs the system, grants rights and reads
 * the audit trail at once.
 */
const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  ENTERPRISE_USER: [
    ...KNOWN,
    'subject:read',
    'record:read',
    'consent:grant',
    'consent:read',
    'demand:read',
    'demand:submit',
    'loan:read',
  ],
  BANK_MAKER: [
    ...KNOWN,
    'subject:read',
    'consent:read',
    'consent:use',
    'product:write',
    'demand:read',
    'demand:claim',
    'claim:advance',
    'credit-line:report',
    'loan:read',
  ],
  BANK_CHECKER: [
    ...KNOWN,
    'subject:read',
    'consent:read',
    'product:approve',
    'demand:read',
    'credit-line:approve',
    'approval:decide',
    'loan:read',
  ],
  BANK_REPORTER: [...KNOWN, 'loan:report', 'loan:read', 'credit-line:report'],
  BANK_AUDITOR: [...KNOWN, 'consent:read', 'demand:read', 'loan:read', 'statistics:read'],
  AGENCY_MAKER: [
    ...KNOWN,
    'subject:read',
    'record:read',
    'feed:upload',
    'feed:read',
    'quality:read',
    'quality:report',
    'reference:read',
    'reference:propose-own',
  ],
  AGENCY_CHECKER: [
    ...KNOWN,
    'subject:read',
    'record:read',
    'feed:read',
    'quality:read',
    'record:withdraw',
    'approval:decide',
    'reference:read',
  ],
  GUARANTOR: [...KNOWN, 'consent:read', 'consent:use', 'demand:read', 'loan:read'],
  WORKING_GROUP: [...KNOWN, 'demand:read', 'demand:review', 'statistics:read'],
  DISTRICT_CENTER: [...KNOWN, 'subject:read', 'record:read', 'feed:read', 'demand:read', 'statistics:read'],
  REGULATOR: [...KNOWN, 'quality:read', 'quality:read-all', 'statistics:read', 'loan:read'],
  CENTER_OPERATOR: [
    ...KNOWN,
    'subject:read',
    'subject:import',
    'record:read',
    'record:withdraw',
    'record:decide-conflict',
    'feed:upload',
    'feed:upload-any',
    'feed:read',
    'feed:import-history',
    'outbox:read',
    'outbox:replay',
    'outbox:push',
    'platform:read',
    'platform:manage',
    'reconciliation:read',
    'reconciliation:run',
    'collection:read',
    'collection:run',
    'collection:manage',
    'quality:read',
    'quality:read-all',
    'quality:manage',
    'reference:read',
    'reference:propose',
    'job:read',
    'job:run',
    'organization:read',
    'demand:read',
    'demand:review',
    'loan:read',
    'statistics:read',
  ],
  CENTER_CHECKER: [...KNOWN, 'reference:read', 'reference:approve', 'organization:read'],
  SYSTEM_ADMIN: [
    ...PUBLIC,
    'organization:read',
    'organization:manage',
    'account:read',
    'account:manage',
    'job:read',
    'job:run',
    'platform:read',
  ],
  SECURITY_ADMIN: [...PUBLIC, 'organization:read', 'account:read', 'account:grant', 'client:manage'],
  AUDIT_ADMIN: [
    ...PUBLIC,
    'organization:read',
    'account:read',
    'audit:read',
    'reconciliation:read',
    'collection:read',
  ],
  SYSTEM: PERMISSIONS,
};

const EXCLUSIVE: readonly (readonly Role[])[] = [
  ['SYSTEM_ADMIN', 'SECURITY_ADMIN'],
  ['SYSTEM_ADMIN', 'AUDIT_ADMIN'],
  ['SECURITY_ADMIN', 'AUDIT_ADMIN'],
  ['BANK_MAKER', 'BANK_CHECKER'],
  ['AGENCY_MAKER', 'AGENCY_CHECKER'],
  ['CENTER_OPERATOR', 'CENTER_CHECKER'],
];

/** The first pair that one account must not hold together. */
export function conflictingRoles(roles: readonly Role[]): readonly Role[] | undefined {
  return EXCLUSIVE.find((pair) => pair.every((role) => roles.includes(role)));
}

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** What somebody who is not logged in may do. */
export const ANONYMOUS_PERMISSIONS: ReadonlySet<Permission> = new Set(PUBLIC.concat('subject:search'));

export function permissionsOf(roles: readonly Role[]): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role) => GRANTS[role]));
}
