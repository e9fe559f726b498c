import { expect } from 'chai';
import { ROLES } from '../../../../../server/auth/roles.ts';
import {
  checkClientRoles,
  checkRoles,
  isStaff,
} from '../../../../../server/modules/account/account.policy.ts';
import { ORGANIZATION_KINDS } from '../../../../../server/modules/organization/index.ts';

const FIT: Record<string, string[]> = {
  AGENCY: ['AGENCY_MAKER', 'AGENCY_CHECKER', 'WORKING_GROUP', 'REGULATOR'],
  CENTER: [
    'WORKING_GROUP',
    'DISTRICT_CENTER',
    'REGULATOR',
    'CENTER_OPERATOR',
    'CENTER_CHECKER',
    'SYSTEM_ADMIN',
    'SECURITY_ADMIN',
    'AUDIT_ADMIN',
  ],
  BANK: ['BANK_MAKER', 'BANK_CHECKER', 'BANK_REPORTER', 'BANK_AUDITOR', 'GUARANTOR'],
  ENTERPRISE: ['ENTERPRISE_USER', 'GUARANTOR'],
};

function codeOf(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('roles of an account', () => {
  for (const kind of ORGANIZATION_KINDS) {
    it(`of ${kind} are those of its trade`, () => {
      const fit = ROLES.filter((role) => codeOf(() => checkRoles([role], kind)) === undefined);
      expect(fit).to.have.members(FIT[kind] ?? []);
    });
  }

  for (const [roles, kind, code] of [
    [['BANK_MAKER', 'BANK_CHECKER'], 'BANK', 'ACCOUNT_ROLES_CONFLICT'],
    [['AGENCY_MAKER', 'AGENCY_CHECKER'], 'AGENCY', 'ACCOUNT_ROLES_CONFLICT'],
    [['CENTER_OPERATOR', 'CENTER_CHECKER'], 'CENTER', 'ACCOUNT_ROLES_CONFLICT'],
    [['SYSTEM_ADMIN', 'SECURITY_ADMIN'], 'CENTER', 'ACCOUNT_ROLES_CONFLICT'],
    [['SYSTEM_ADMIN', 'AUDIT_ADMIN'], 'CENTER', 'ACCOUNT_ROLES_CONFLICT'],
    [['SECURITY_ADMIN', 'AUDIT_ADMIN'], 'CENTER', 'ACCOUNT_ROLES_CONFLICT'],
    [['BANK_MAKER', 'BANK_REPORTER'], 'BANK', undefined],
  ] as const) {
    it(`${roles.join(' with ')} answers ${code ?? 'nothing'}`, () => {
      expect(codeOf(() => checkRoles(roles, kind))).to.equal(code);
    });
  }

  it('of a machine are never an administrator and at least one', () => {
    expect(codeOf(() => checkClientRoles([], 'AGENCY'))).to.equal('CLIENT_WITHOUT_ROLES');
    expect(codeOf(() => checkClientRoles(['AUDIT_ADMIN'], 'CENTER'))).to.equal('CLIENT_ROLE_FORBIDDEN');
    expect(codeOf(() => checkClientRoles(['SYSTEM'], 'CENTER'))).to.equal('ACCOUNT_ROLE_UNFIT');
    expect(codeOf(() => checkClientRoles(['AGENCY_MAKER'], 'AGENCY'))).to.equal(undefined);
  });

  it('make staff of all but firms', () => {
    expect(isStaff([])).to.equal(false);
    expect(isStaff(['ENTERPRISE_USER'])).to.equal(false);
    expect(isStaff(['BANK_MAKER'])).to.equal(true);
  });
});
