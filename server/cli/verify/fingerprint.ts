import { hash } from 'node:crypto';

/**
 * Tells whether two sets of pairs are the same without holding either: a count, and an exclusive or of hashes that does
 * not depend on the order.
 */
export class Fingerprint {
  count = 0;
  #low = 0;
  #high = 0;

  add(left: string, right: string): void {
    const digest = hash('sha1', `${left} ${right}`, 'buffer');
    this.count += 1;
    this.#low ^= digest.readInt32LE(0);
    this.#high ^= digest.readInt32LE(4);
  }

  equals(other: Fingerprint): boolean {
    return this.count === other.count && this.#low === other.#low && this.#high === other.#high;
  }
}
