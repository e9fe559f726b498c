import { addDays, civilDate, type CivilDate } from '../lib/civil-date.ts';
import { checkPersonId } from '../lib/person-id.ts';
import { isOrganizationCode, usccCheckCharacter } from '../lib/uscc.ts';
import type { Random } from './random.ts';

export type FirmKind = 'COMPANY' | 'INDIVIDUAL' | 'COOPERATIVE';

/**
 * Regions that GB/T 2260 does not assign: a code or a citizen number with one of them belongs to nobody. Configuration
 * cannot change them, so that no invented penalty can name a real party.
 */
export interface District {
  readonly code: string;
  readonly name: string;
}

export const DISTRICTS: readonly District[] = [
  { code: '629902', name: '东岭区' },
  { code: '629903', name: '西川区' },
  { code: '629904', name: '高新园区' },
  { code: '629921', name: '南河县' },
  { code: '629922', name: '北原县' },
];

const BODY = '0123456789ABCDEFGHJKLMNPQRTUWXY';
/** How many different bodies a code of one registry can have here: six characters behind `MA`. */
export const CODE_BODIES = BODY.length ** 6;
const CHECKS = [...'0123456789X'];
const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗'];
const GIVEN = [
  ...'安博辰诚达恩芳飞刚海涵浩红宏佳建杰静娟军凯兰乐丽林玲龙敏明宁鹏平琴青清荣瑞珊婷伟文霞翔欣秀雪雅燕阳怡颖勇玉宇云泽志忠',
];

/** A code that passes both checks; `body` from 0 to CODE_BODIES − 1 makes it distinct. */
export function usccOf(pair: string, region: string, body: number): string {
  let text = '';
  for (let i = 0, rest = body; i < 6; i += 1, rest = Math.floor(rest / BODY.length)) {
    text += BODY[rest % BODY.length] as string;
  }
  const inner = CHECKS.map((check) => `MA${text}${check}`).find(isOrganizationCode) as string;
  const first17 = `${pair}${region}${inner}`;
  return first17 + (usccCheckCharacter(first17) as string);
}

export function personName(random: Random): string {
  const given = random.chance(0.7) ? random.pick(GIVEN) + random.pick(GIVEN) : random.pick(GIVEN);
  return random.pick(SURNAMES) + given;
}

const EARLIEST_BIRTH = civilDate('1955-01-01');
const BIRTH_DAYS = 18_000;

/** A citizen number that passes every check, of a region that issues none. */
export function personIdOf(random: Random, today: CivilDate): string {
  const born = addDays(EARLIEST_BIRTH, random.below(BIRTH_DAYS)).replaceAll('-', '');
  const sequence = String(1 + random.below(999)).padStart(3, '0');
  const first17 = `${random.pick(DISTRICTS).code}${born}${sequence}`;
  return CHECKS.map((check) => first17 + check).find((id) => checkPersonId(id, today).ok) as string;
}
