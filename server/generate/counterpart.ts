import type { CivilDate } from '../lib/civil-date.ts';
import type { CounterpartKind } from '../modules/template/index.ts';
import { personIdOf, personName } from './identity.ts';
import type { Random } from './random.ts';
import type { FirmSource } from './subjects.ts';

export interface Counterpart {
  readonly kind: CounterpartKind;
  readonly name: string;
  /** Absent for natural persons, who have a citizen number instead. */
  readonly uscc?: string;
  readonly representative?: string;
  readonly personId?: string;
}

const NATURAL_PERSONS = 0.03;

/** Where a feed stands that speaks of one firm after the other. */
export interface Turn {
  next: number;
}

/** The firm at an ordinal, or the next one of a kind that is allowed; a turn goes on behind it. */
function firmFrom(
  firms: FirmSource,
  ordinal: number,
  allowed: readonly CounterpartKind[],
  turn?: Turn,
): Counterpart {
  for (let at = ordinal; at < ordinal + firms.count; at += 1) {
    const firm = firms.identityAt(at % firms.count);
    const kind = firm.kind === 'INDIVIDUAL' ? 'INDIVIDUAL_BUSINESS' : 'LEGAL_PERSON';
    if (!allowed.includes(kind)) continue;
    if (turn) turn.next = at + 1;
    return { kind, name: firm.name, uscc: firm.uscc, representative: firm.representative };
  }
  throw new RangeError(`no firm is ${allowed.join(', ')}`);
}

/** Whom a row is about. Firms of a low ordinal meet the authorities more often, unless it goes by turns. */
export function counterpartOf(
  random: Random,
  firms: FirmSource,
  today: CivilDate,
  allowed: readonly CounterpartKind[],
  turn?: Turn,
): Counterpart {
  const person = random.chance(NATURAL_PERSONS) || allowed.length === 1;
  if (person && allowed.includes('NATURAL_PERSON'))
    return { kind: 'NATURAL_PERSON', name: personName(random), personId: personIdOf(random, today) };
  const skewed = random.next();
  const drawn = Math.floor(firms.count * skewed * (0.4 + 0.6 * skewed));
  return firmFrom(firms, turn?.next ?? drawn, allowed, turn);
}
