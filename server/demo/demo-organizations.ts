import type { OrganizationInput } from '../modules/organization/index.ts';

/** A bank and a firm that exist only as demo accounts; invented codes of a region that is not assigned. */
export const DEMO_BANK = (cityName: string): OrganizationInput => ({
  kind: 'BANK',
  name: `${cityName}演示银行股份有限公司`,
  uscc: '91629900MADEM0011G',
});

export const DEMO_FIRM = (cityName: string): OrganizationInput => ({
  kind: 'ENTERPRISE',
  name: `${cityName}演示商贸有限公司`,
  uscc: '91629900MADEM002X8',
});
