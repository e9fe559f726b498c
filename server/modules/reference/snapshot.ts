import { addDays, type CivilDate } from '../../lib/civil-date.ts';
import type { CalendarYear } from '../../lib/working-day.ts';
import { findFeed, loadValueLists, type CatalogueItem, type ValueLists } from '../template/index.ts';
import { listsWith, type CodeChange } from './code-lists.ts';
import type { ReferenceEntryDoc } from './entry.model.ts';
import type { CodeValue, HolidayValue, ReferenceKind } from './reference.types.ts';

/** Kinds that the program works by. */
export const KINDS_AT_WORK: readonly ReferenceKind[] = ['CATALOGUE', 'CODE', 'HOLIDAY'];

type Version = Pick<
  ReferenceEntryDoc,
  '_id' | 'kind' | 'key' | 'version' | 'value' | 'effectiveFrom' | 'endedOn'
>;

/** Days of which the value lists are kept; a file of history has as many. */
const MOST_DAYS = 1000;

function daysOf({ off, work }: HolidayValue, year: number): CalendarYear {
  const days: CivilDate[] = [];
  for (const { from, to } of off) for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return { year, off: days, work };
}

/** The approved versions as they were at one moment, and what they say on a day. Never changes. */
export class ReferenceSnapshot {
  readonly version: number;
  readonly #byKey = new Map<ReferenceKind, Map<string, Version[]>>();
  readonly #lists = new Map<string, ValueLists>();
  readonly #listsOfDay = new Map<CivilDate, ValueLists>();

  constructor(version: number, approved: readonly Version[]) {
    this.version = version;
    for (const entry of [...approved].sort((a, b) => b.version - a.version)) {
      const keys = this.#byKey.get(entry.kind) ?? new Map<string, Version[]>();
      this.#byKey.set(entry.kind, keys.set(entry.key, [...(keys.get(entry.key) ?? []), entry]));
    }
  }

  #at(kind: ReferenceKind, day: CivilDate): Version[] {
    const keys = this.#byKey.get(kind) ?? new Map<string, Version[]>();
    return [...keys.values()].flatMap((versions) => versions.find((one) => one.effectiveFrom <= day) ?? []);
  }

  /** Entry of a feed; the file's where none was approved; undefined without one, or when it has ended. */
  catalogueOf(path: string, day: CivilDate): CatalogueItem | undefined {
    const versions = this.#byKey.get('CATALOGUE')?.get(path);
    const found = versions?.find(({ effectiveFrom }) => effectiveFrom <= day);
    if (!found) return findFeed(path)?.catalogue;
    if (found.endedOn !== undefined && found.endedOn <= day) return undefined;
    return found.value as CatalogueItem;
  }

  #codesOf(day: CivilDate): readonly (CodeChange & { readonly id: string })[] {
    return this.#at('CODE', day).map(({ _id, value, endedOn }) => ({
      id: _id.toHexString(),
      ...(value as CodeValue),
      ended: endedOn !== undefined && endedOn <= day,
    }));
  }

  /** What a new synonym may stand for: the lists without the synonyms that were entered. */
  meaningsOf(day: CivilDate): ValueLists {
    return listsWith(this.#codesOf(day).filter(({ ended, means }) => ended || !means));
  }

  /** The same object for all days on which the lists are the same. */
  listsOf(day: CivilDate): ValueLists {
    if (!this.#byKey.has('CODE')) return loadValueLists();
    let lists = this.#listsOfDay.get(day);
    if (!lists) {
      const changes = this.#codesOf(day);
      const which = changes.map(({ id, ended }) => `${id}${ended ? '-' : ''}`).join();
      lists = this.#lists.get(which) ?? listsWith(changes);
      this.#lists.set(which, lists);
      if (this.#listsOfDay.size >= MOST_DAYS) this.#listsOfDay.clear();
      this.#listsOfDay.set(day, lists);
    }
    return lists;
  }

  /** Years announced on screen that count on a day, with the id of the entry each is of. */
  yearsOf(day: CivilDate): readonly (CalendarYear & { readonly id: string })[] {
    return this.#at('HOLIDAY', day).map(({ _id, key, value }) => ({
      ...daysOf(value as HolidayValue, Number(key)),
      id: _id.toHexString(),
    }));
  }
}
