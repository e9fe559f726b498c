import type { CivilDate } from '../lib/civil-date.ts';
import { readRegister } from '../modules/subject/index.ts';
import type { FirmKind } from './identity.ts';
import { Weighted } from './random.ts';

/**
 * What a real register lends to invented firms: how often each district, day of foundation and type occurs. Never a
 * name or a code.
 */
export interface Borrowed {
  readonly regions?: Weighted<string>;
  readonly days?: Weighted<CivilDate>;
  readonly types: Readonly<Partial<Record<FirmKind, Weighted<string>>>>;
}

function count<T>(counts: Map<T, number>, value: T | undefined): void {
  if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
}

function weighted<T>(counts: ReadonlyMap<T, number>): Weighted<T> | undefined {
  return counts.size === 0 ? undefined : new Weighted(counts);
}

function kindOf(type: string): FirmKind {
  if (type.includes('个体')) return 'INDIVIDUAL';
  return type.includes('合作社') ? 'COOPERATIVE' : 'COMPANY';
}

/** @throws InputError when it is not a register export; rows that an import would refuse lend nothing */
export async function borrowFrom(path: string): Promise<Borrowed> {
  const regions = new Map<string, number>();
  const days = new Map<CivilDate, number>();
  const types: Record<FirmKind, Map<string, number>> = {
    COMPANY: new Map(),
    INDIVIDUAL: new Map(),
    COOPERATIVE: new Map(),
  };
  for await (const { region, foundedOn, type } of readRegister(path)) {
    count(regions, region);
    count(days, foundedOn);
    if (type !== undefined) count(types[kindOf(type)], type);
  }
  const ofKind = (kind: FirmKind) => {
    const found = weighted(types[kind]);
    return found && { [kind]: found };
  };
  const [regionWeights, dayWeights] = [weighted(regions), weighted(days)];
  return {
    ...(regionWeights && { regions: regionWeights }),
    ...(dayWeights && { days: dayWeights }),
    types: { ...ofKind('COMPANY'), ...ofKind('INDIVIDUAL'), ...ofKind('COOPERATIVE') },
  };
}
