/** Unified social credit code 统一社会信用代码, 18 characters, upper case, verified (GB 32100-2015). */
export type Uscc = string & { readonly __brand: 'Uscc' };

export type UsccFault = 'USCC_LENGTH' | 'USCC_CHARACTER' | 'USCC_REGION' | 'USCC_CHECK';
export type UsccWarning = 'USCC_PAIR_UNUSUAL' | 'USCC_ORGANIZATION_CODE_CHECK';
export type UsccResult =
  | { readonly ok: true; readonly code: Uscc; readonly warnings: readonly UsccWarning[] }
  | { readonly ok: false; readonly fault: UsccFault };

/** Filled in where a party has no code; fails the formula and is never an identity. */
export const USCC_PLACEHOLDER = '00000000000000000X';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const VALUE = new Map([...ALPHABET].map((char, index) => [char, index]));
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const PAIRS = new Set(
  '11 12 13 19 51 52 53 59 91 92 93 Y1 31 32 33 34 35 39 71 72 79 81 89 N1 N2 N3'.split(' '),
);

/** The check character for the first 17 characters; undefined when one is outside the alphabet. */
export function usccCheckCharacter(first17: string): string | undefined {
  let sum = 0;
  for (let i = 0; i < 17; i += 1) {
    const value = VALUE.get(first17[i] ?? '');
    if (value === undefined) return undefined;
    sum += value * (WEIGHTS[i] as number);
  }
  return ALPHABET[(31 - (sum % 31)) % 31];
}

const BODY_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/** GB 11714-1997: nine characters, the last one the check (10 is written X, 11 is written 0). */
export function isOrganizationCode(code: string): boolean {
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(code)) return false;
  const sum = BODY_WEIGHTS.reduce((total, weight, i) => total + weight * parseInt(code[i] as string, 36), 0);
  const check = 11 - (sum % 11);
  return code[8] === (check === 10 ? 'X' : check === 11 ? '0' : String(check));
}

/**
 * Upper-cases and verifies a code. The inner organisation code and an unlisted first pair are warnings only:
 * such codes were really issued. The region inside tells where a party was registered and may be abolished, so
 * it must be six digits and nothing more.
 */
export function checkUscc(text: string): UsccResult {
  const code = text.trim().toUpperCase();
  if (code.length !== 18) return { ok: false, fault: 'USCC_LENGTH' };
  for (const char of code) if (!VALUE.has(char)) return { ok: false, fault: 'USCC_CHARACTER' };
  if (!/^\d{6}$/.test(code.slice(2, 8))) return { ok: false, fault: 'USCC_REGION' };
  if (usccCheckCharacter(code.slice(0, 17)) !== code[17]) return { ok: false, fault: 'USCC_CHECK' };
  const warnings: UsccWarning[] = [];
  if (!PAIRS.has(code.slice(0, 2))) warnings.push('USCC_PAIR_UNUSUAL');
  if (!isOrganizationCode(code.slice(8, 17))) warnings.push('USCC_ORGANIZATION_CODE_CHECK');
  return { ok: true, code: code as Uscc, warnings };
}
