import { createHash } from 'node:crypto';

function digestOf(seed: string, label: string): Buffer {
  return createHash('sha256').update(`${seed}\n${label}`).digest();
}

/** One reproducible stream of chance (sfc32): the same seed and label give the same numbers everywhere. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  static of(seed: string, label: string): Random {
    return new Random(digestOf(seed, label), 0);
  }

  /** Streams of one label told apart by a number, at less cost than a label for each. */
  static numbered(seed: string, label: string): (ordinal: number) => Random {
    const digest = digestOf(seed, label);
    return (ordinal) => new Random(digest, ordinal);
  }

  private constructor(digest: Buffer, ordinal: number) {
    this.#a = digest.readInt32LE(0) ^ ordinal;
    this.#b = digest.readInt32LE(4);
    this.#c = digest.readInt32LE(8);
    this.#counter = 1;
    for (let i = 0; i < 15; i += 1) this.next();
  }

  /** In [0, 1). */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 to n − 1. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** Near enough to the standard normal distribution, and the same on every machine: no logarithm, no cosine. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += this.next();
    return sum;
  }
}

/** Draws from a list by weight. */
export class Weighted<T> {
  readonly #values: readonly T[];
  readonly #ends: Float64Array;

  constructor(entries: Iterable<readonly [T, number]>) {
    const list = [...entries].filter(([, weight]) => weight > 0);
    this.#values = list.map(([value]) => value);
    this.#ends = new Float64Array(list.length);
    let end = 0;
    list.forEach(([, weight], i) => {
      end += weight;
      this.#ends[i] = end;
    });
    if (list.length === 0) throw new RangeError('nothing to draw from');
  }

  draw(random: Random): T {
    const ends = this.#ends;
    const at = random.next() * (ends[ends.length - 1] as number);
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] as number) > at) high = middle;
      else low = middle + 1;
    }
    return this.#values[low] as T;
  }
}

/** Shares `total` out by weight in whole numbers that add up: largest remainder. */
export function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => (total * weight) / sum);
  const shares = exact.map(Math.floor);
  const order = exact
    .map((value, i) => ({ i, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  let left = total - shares.reduce((a, b) => a + b, 0);
  for (const { i } of order) {
    if (left === 0) break;
    shares[i] = (shares[i] as number) + 1;
    left -= 1;
  }
  return shares;
}

/**
 * A keyed one-to-one shuffle of 0 … size − 1 without a table: `i` maps to `(a·i + b) mod size`.
 */
export function shuffle(random: Random, size: number): (i: number) => number {
  const gcd = (x: number, y: number): number => (y === 0 ? x : gcd(y, x % y));
  let step = 1 + random.below(size - 1);
  while (gcd(step, size) !== 1) step = (step % (size - 1)) + 1;
  const offset = random.below(size);
  return (i) => Number((BigInt(step) * BigInt(i) + BigInt(offset)) % BigInt(size));
}
