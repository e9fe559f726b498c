import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { WorkingCalendar } from '../../lib/working-day.ts';
import type { CatalogueItem, ValueLists } from '../template/index.ts';
import type { ReferenceRepository } from './reference.repository.ts';
import { KINDS_AT_WORK, ReferenceSnapshot } from './snapshot.ts';

interface EffectiveDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly calendar: WorkingCalendar;
  readonly repository: ReferenceRepository;
}

export interface CalendarChange {
  /** Years whose days off are others than the deadlines were computed with. */
  readonly years: readonly number[];
  /** Notes that the deadlines of these years have been computed again. */
  done(): Promise<void>;
}

const POLL_MS = 60_000;

/**
 * What of the reference data counts, kept in the memory of this process and read again when the version in the store has
 * moved: at every receipt of a file, at the start of every batch, and once a minute.
 */
export class EffectiveReference {
  readonly #deps: EffectiveDeps;
  #snapshot = new ReferenceSnapshot(0, []);
  #calendar = '';
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(deps: EffectiveDeps) {
    this.#deps = deps;
  }

  /** Brings this process to what is approved now and counts today. */
  async refresh(): Promise<void> {
    const { repository } = this.#deps;
    const version = await repository.version();
    // Entries are read after the version: of a later one at most, which is then read once more.
    if (version !== this.#snapshot.version)
      this.#snapshot = new ReferenceSnapshot(version, await repository.approved(KINDS_AT_WORK));
    this.#announce();
  }

  /** Keeps looking until `stop`. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#looking = this.refresh().catch((error: unknown) =>
        this.#deps.log.warn({ err: error }, 'reference.refresh'),
      );
    }, POLL_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  #today(): CivilDate {
    return civilDateOf(this.#deps.clock.now());
  }

  #announce(): void {
    const years = this.#snapshot.yearsOf(this.#today());
    const which = years.map(({ id }) => id).join();
    if (which === this.#calendar) return;
    this.#calendar = which;
    this.#deps.calendar.announce(years);
  }

  /** Catalogue entry of a feed on a day; undefined when it has none or it has ended. */
  catalogueOf(path: string, day: CivilDate = this.#today()): CatalogueItem | undefined {
    return this.#snapshot.catalogueOf(path, day);
  }

  /** Value lists for rows received on a day; the same object while they are the same. */
  listsOf(day: CivilDate): ValueLists {
    return this.#snapshot.listsOf(day);
  }

  /** What a new synonym may stand for from a day on. */
  meaningsOf(day: CivilDate): ValueLists {
    return this.#snapshot.meaningsOf(day);
  }

  /** After `refresh`: what deadlines have to be computed again for; undefined for nothing. */
  async calendarChange(): Promise<CalendarChange | undefined> {
    const { repository } = this.#deps;
    const applied = await repository.appliedCalendar();
    const current = Object.fromEntries(
      this.#snapshot.yearsOf(this.#today()).map(({ year, id }) => [String(year), id]),
    );
    const years = [...new Set([...Object.keys(applied), ...Object.keys(current)])]
      .filter((year) => applied[year] !== current[year])
      .map(Number)
      .sort();
    if (years.length === 0) return undefined;
    return { years, done: () => repository.noteCalendar(current) };
  }
}
