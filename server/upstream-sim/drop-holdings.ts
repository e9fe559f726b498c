import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { placeFile } from '../lib/place-file.ts';
import type { Holdings } from './holdings.ts';

/** Writes what is held as `holdings/<day>.jsonl`, the days that have changed since the last time. */
export class DropHoldings {
  readonly #folder: string;
  readonly #written = new Map<string, string>();

  constructor(directory: string) {
    this.#folder = join(directory, 'holdings');
  }

  async write(holdings: Holdings, now: Date): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const days = new Map(holdings.days().map(({ day, n }) => [day, n]));
    for (const [day, n] of days) {
      const groups = holdings.summary(day);
      const state = JSON.stringify(groups);
      if (this.#written.get(day) === state) continue;
      const items = groups
        .flatMap(({ agency, kind }) => holdings.list(day, agency, kind, '', n))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const lines = [{ day, takenAt: now.toISOString(), n: items.length }, ...items];
      await placeFile(
        this.#folder,
        `${day}.jsonl`,
        lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      );
      this.#written.set(day, state);
    }
    for (const day of this.#written.keys()) {
      if (days.has(day)) continue;
      await rm(join(this.#folder, `${day}.jsonl`), { force: true });
      this.#written.delete(day);
    }
  }
}
