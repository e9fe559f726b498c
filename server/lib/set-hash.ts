import { createHash } from 'node:crypto';

const LANES = 8;

/**
 * Hash of a set of texts that does not depend on their order: eight sums, modulo 2³², of the words of each text's
 * SHA-256. Texts can be added and taken away again, so it is kept up to date without reading the set.
 */
export class SetHash {
  readonly #lanes = new Uint32Array(LANES);

  add(text: string): void {
    const digest = createHash('sha256').update(text).digest();
    for (let i = 0; i < LANES; i += 1) {
      this.#lanes[i] = (this.#lanes[i] as number) + digest.readUInt32BE(i * 4);
    }
  }

  /** Takes away a text that was added before. */
  remove(text: string): void {
    const digest = createHash('sha256').update(text).digest();
    for (let i = 0; i < LANES; i += 1) {
      this.#lanes[i] = (this.#lanes[i] as number) - digest.readUInt32BE(i * 4);
    }
  }

  /** 64 hexadecimal digits; all zeros for the empty set. */
  hex(): string {
    return Array.from(this.#lanes, (lane) => lane.toString(16).padStart(8, '0')).join('');
  }
}

/** What of a held record goes into the hash of its group. */
export function heldText({ key, contentHash }: { key: string; contentHash: string }): string {
  return `${key}\n${contentHash}`;
}
