import { civilDateOf, type CivilDate } from '../lib/civil-date.ts';
import { heldText, SetHash } from '../lib/set-hash.ts';

/** A record the platform holds, as it was last taken with effect. */
export interface Held {
  readonly key: string;
  readonly contentHash: string;
  readonly itemId: string;
  readonly agency: string;
  readonly kind: string;
  /** Instant of the acceptance, ISO. */
  readonly acceptedAt: string;
}

export interface GroupSummary {
  readonly agency: string;
  readonly kind: string;
  readonly n: number;
  readonly hash: string;
}

interface Group {
  readonly agency: string;
  readonly kind: string;
  readonly keys: Set<string>;
  readonly hash: SetHash;
  /** In order; made when somebody reads the list, dropped when it changes. */
  sorted?: string[];
}

function dayOf({ acceptedAt }: Held): CivilDate {
  return civilDateOf(new Date(acceptedAt));
}

/** What the platform holds now, by key, and by day of acceptance, agency and kind. */
export class Holdings {
  readonly #byKey = new Map<string, Held>();
  readonly #days = new Map<string, Map<string, Group>>();

  get(key: string): Held | undefined {
    return this.#byKey.get(key);
  }

  /** Takes the place of what was held under the key. */
  put(held: Held): void {
    const before = this.#byKey.get(held.key);
    if (before) this.#leave(before);
    this.#byKey.set(held.key, held);
    const groups = this.#days.get(dayOf(held)) ?? new Map<string, Group>();
    this.#days.set(dayOf(held), groups);
    const { agency, kind } = held;
    const name = `${agency}\n${kind}`;
    const group = groups.get(name) ?? { agency, kind, keys: new Set(), hash: new SetHash() };
    groups.set(name, group);
    group.keys.add(held.key);
    group.hash.add(heldText(held));
    delete group.sorted;
  }

  #leave(held: Held): void {
    const groups = this.#days.get(dayOf(held));
    const name = `${held.agency}\n${held.kind}`;
    const group = groups?.get(name);
    if (!groups || !group) return;
    group.keys.delete(held.key);
    group.hash.remove(heldText(held));
    delete group.sorted;
    if (group.keys.size === 0) groups.delete(name);
    if (groups.size === 0) this.#days.delete(dayOf(held));
  }

  days(): { day: string; n: number }[] {
    return [...this.#days]
      .map(([day, groups]) => ({
        day,
        n: [...groups.values()].reduce((sum, { keys }) => sum + keys.size, 0),
      }))
      .sort((a, b) => (a.day < b.day ? -1 : 1));
  }

  summary(day: string): GroupSummary[] {
    return [...(this.#days.get(day)?.values() ?? [])].map(({ agency, kind, keys, hash }) => ({
      agency,
      kind,
      n: keys.size,
      hash: hash.hex(),
    }));
  }

  /** In the order of the keys, behind `after`. */
  list(day: string, agency: string, kind: string, after: string, limit: number): Held[] {
    const group = this.#days.get(day)?.get(`${agency}\n${kind}`);
    if (!group) return [];
    group.sorted ??= [...group.keys].sort();
    const from = firstBehind(group.sorted, after);
    return group.sorted.slice(from, from + limit).flatMap((key) => this.#byKey.get(key) ?? []);
  }
}

/** Place of the first text that comes after `after`. */
function firstBehind(sorted: readonly string[], after: string): number {
  let low = 0;
  for (let high = sorted.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
