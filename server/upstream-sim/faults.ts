/** Faults that are drawn per item. */
const ITEM_FAULTS = ['refuse', 'timeout-after-accept', 'duplicate-answer', 'late', 'lose-receipt'] as const;
/** Faults that are drawn per request. */
const REQUEST_FAULTS = ['http-500', 'slow'] as const;

export type ItemFault = (typeof ITEM_FAULTS)[number];
export type RequestFault = (typeof REQUEST_FAULTS)[number];

export interface Faults {
  readonly rates: Readonly<Partial<Record<ItemFault | RequestFault, number>>>;
  /** Away for `forMs` out of every `everyMs`, first when `everyMs` have passed since the start. */
  readonly down?: { readonly forMs: number; readonly everyMs: number };
}

export const NO_FAULTS: Faults = { rates: {} };

/** The specification of the faults cannot be read; the message says which part. */
export class FaultSpecError extends Error {
  override readonly name = 'FaultSpecError';
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

function durationOf(text: string): number | undefined {
  const found = /^(\d{1,6})(ms|s|m)$/.exec(text);
  return found ? Number(found[1]) * (UNITS[found[2] ?? ''] ?? 1) : undefined;
}

function downOf(value: string, part: string): NonNullable<Faults['down']> {
  const [length = '', every = '', ...rest] = value.split('@');
  const forMs = durationOf(length);
  const everyMs = durationOf(every);
  if (rest.length > 0 || !forMs || !everyMs || forMs >= everyMs)
    throw new FaultSpecError(`故障写法有误：${part}`);
  return { forMs, everyMs };
}

/**
 * Reads `refuse=0.01,late=0.02,down=30s@120s`.
 * @throws FaultSpecError on an unknown name, a rate outside 0 … 1, a duration that is none
 */
export function parseFaults(spec: string): Faults {
  const rates: Partial<Record<string, number>> = {};
  let down: Faults['down'];
  for (const part of spec.split(',').map((text) => text.trim())) {
    if (part === '') continue;
    const [name = '', value = ''] = part.split('=', 2);
    if (name === 'down') {
      down = downOf(value, part);
      continue;
    }
    const known = [...ITEM_FAULTS, ...REQUEST_FAULTS].some((fault) => fault === name);
    const rate = /^(0|1|0?\.\d+|1\.0+)$/.test(value) ? Number(value) : NaN;
    if (!known || Number.isNaN(rate)) throw new FaultSpecError(`故障写法有误：${part}`);
    rates[name] = rate;
  }
  return { rates, ...(down ? { down } : {}) };
}

/** A number in 0 … 1 that depends on the text alone (FNV-1a, then mixed so that near texts lie apart). */
function fractionOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** Draws by the seed and what is drawn for, so that a run can be repeated and a refusal stays one. */
export class FaultDraw {
  readonly #faults: Faults;
  readonly #seed: string;

  constructor(faults: Faults, seed: string) {
    this.#faults = faults;
    this.#seed = seed;
  }

  happens(fault: ItemFault | RequestFault, what: string): boolean {
    const rate = this.#faults.rates[fault] ?? 0;
    return rate > 0 && fractionOf(`${this.#seed}/${fault}/${what}`) < rate;
  }

  /** @param elapsedMs since the start */
  isDown(elapsedMs: number): boolean {
    const { down } = this.#faults;
    return down !== undefined && elapsedMs >= down.everyMs && elapsedMs % down.everyMs < down.forMs;
  }
}
