import { isCivilDate } from './civil-date.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

export type PersonIdFault = 'PERSON_ID_SHAPE' | 'PERSON_ID_BIRTH_DATE' | 'PERSON_ID_CHECK';

function checkOf(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17[i]), 0);
  return CHECKS[sum % 11] as string;
}

/**
 * Verifies a citizen number 公民身份号码 (GB 11643-1999). Old numbers of 15 digits are converted. Region codes of
 * a birth place may be abolished, so they are not looked up.
 * @returns the 18-character number, or the first fault
 */
export function checkPersonId(
  text: string,
  today: string,
): { ok: true; id: string } | { ok: false; fault: PersonIdFault } {
  let id = text.trim().toUpperCase();
  if (/^\d{15}$/.test(id)) {
    const first17 = `${id.slice(0, 6)}19${id.slice(6)}`;
    id = first17 + checkOf(first17);
  }
  if (!/^[1-9]\d{16}[\dX]$/.test(id)) return { ok: false, fault: 'PERSON_ID_SHAPE' };
  const born = `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`;
  if (!isCivilDate(born) || born < '1850-01-01' || born > today)
    return { ok: false, fault: 'PERSON_ID_BIRTH_DATE' };
  if (checkOf(id.slice(0, 17)) !== id[17]) return { ok: false, fault: 'PERSON_ID_CHECK' };
  return { ok: true, id };
}
