import { maskNumber } from '../../../lib/mask.ts';
import { checkPersonId } from '../../../lib/person-id.ts';
import { checkUscc } from '../../../lib/uscc.ts';
import { halfWidth } from './clean-text.ts';

export type PersonalDataKind = '身份证号' | '手机号' | '银行卡号';

export interface PersonalData {
  readonly kind: PersonalDataKind;
  /** Enough to find the place, too little to know the number. */
  readonly masked: string;
}

const LONG_NUMBER = /\d[\d -]{9,}[\dXx]/;
const CITIZEN =
  /(?<![0-9A-Za-z])[1-8]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])/g;
const MOBILE = /(?<![0-9A-Za-z.])1[3-9]\d(?:\d{8}|([ -])\d{4}\1\d{4})(?![0-9A-Za-z])/;
const CARD =
  /(?<![0-9A-Za-z])(?:[3-6]\d{3}|9558)(?:\d{12,15}|([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?)(?![0-9A-Za-z])/g;

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

/**
 * Finds a number of a natural person in free text (R15): citizen number, mobile number, bank card. All-digit codes of
 * organisations are not taken for one.
 */
export function findPersonalData(text: string): PersonalData | undefined {
  const plain = halfWidth(text);
  if (!LONG_NUMBER.test(plain)) return undefined;
  const citizen = plain.match(CITIZEN)?.find((found) => isCitizen(found) || !checkUscc(found).ok);
  if (citizen !== undefined) return { kind: '身份证号', masked: maskNumber(citizen, 3, 2) };
  const mobile = MOBILE.exec(plain)?.[0];
  if (mobile !== undefined) return { kind: '手机号', masked: maskNumber(mobile, 3, 2) };
  const card = plain.match(CARD)?.find((found) => isCard(found.replace(/\D/g, '')));
  return card === undefined ? undefined : { kind: '银行卡号', masked: maskNumber(card, 4, 2) };
}

/** Of numbers that could be a code of an organisation too, those with the right check digit of a citizen number. */
function isCitizen(text: string): boolean {
  return checkPersonId(text, '9999-12-31').ok;
}

function isCard(digits: string): boolean {
  return passesLuhn(digits) && !checkUscc(digits).ok;
}
