import { hash } from 'node:crypto';

/**
 * Draws without replacement from what is told one by one: the ids with the lowest hash of seed and id. The same seed and
 * ids give the same sample, in whatever order they come; only the sample is in memory.
 */
export class Sample {
  readonly #seed: string;
  readonly #size: number;
  /** Lowest first. */
  #drawn: { readonly rank: string; readonly id: string }[] = [];
  population = 0;

  constructor(seed: string, size: number) {
    this.#seed = seed;
    this.#size = size;
  }

  add(id: string): void {
    this.population += 1;
    const rank = hash('sha256', `${this.#seed}|${id}`);
    const highest = this.#drawn.at(-1);
    if (this.#drawn.length === this.#size && highest && rank > highest.rank) return;
    const at = this.#drawn.findIndex((other) => other.rank > rank);
    this.#drawn.splice(at < 0 ? this.#drawn.length : at, 0, { rank, id });
    this.#drawn = this.#drawn.slice(0, this.#size);
  }

  ids(): string[] {
    return this.#drawn.map(({ id }) => id);
  }
}
