import type { Types, ClientSession } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { addDays, civilDate, civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import { Tally, type CountedDecision } from '../quality-counters/index.ts';
import type { CreditRecordRepository } from './credit-record.repository.ts';
import { countedDecision, type Deadlines } from './upsert.ts';

/** A stored record as the quality figures have it. */
export interface CountedRecord {
  readonly id: string;
  readonly counted: CountedDecision;
  /** Whether deadline and lateness are what decision, receipt and calendar say. */
  readonly deadlineRight: boolean;
}

const PAGE = 500;
/** Days that a deadline of at most twenty working days may lie behind the decision, holidays included. */
const LONGEST_DEADLINE_DAYS = 60;

/** The deadlines of stored records: kept right when a calendar comes or changes, and told for `credit verify`. */
export class RecordDeadlines {
  readonly #db: Db;
  readonly #repository: CreditRecordRepository;
  readonly #deadlines: Deadlines;

  constructor(db: Db, repository: CreditRecordRepository, deadlines: Deadlines) {
    this.#db = db;
    this.#repository = repository;
    this.#deadlines = deadlines;
  }

  /**
   * Works out deadlines again that crossed a year without a calendar, or with `year` all those that its days off touch.
   * @returns how many changed
   */
  async recompute(year?: number): Promise<number> {
    if (year === undefined) return this.#recomputeAll();
    let changed = 0;
    const last = civilDate(`${String(year)}-12-31`);
    for (let day = addDays(last, -365 - LONGEST_DEADLINE_DAYS); day <= last; day = addDays(day, 1))
      changed += await this.#recomputeAll(day);
    return changed;
  }

  async #recomputeAll(decidedOn?: CivilDate): Promise<number> {
    let changed = 0;
    for (let last: Types.ObjectId | undefined; ;) {
      const done = await this.#db.inTransaction((tx) => this.#recomputePage(decidedOn, last, tx));
      if (!done.last) return changed;
      last = done.last;
      changed += done.changed;
    }
  }

  async #recomputePage(
    decidedOn: CivilDate | undefined,
    after: Types.ObjectId | undefined,
    tx: ClientSession,
  ) {
    const found = await this.#repository.toRecompute(decidedOn, after, PAGE, tx);
    const tally = new Tally();
    const changes = found.flatMap((record) => {
      const { date: dueOn, provisional } = this.#deadlines.of(record.kind, record.decidedOn);
      if (dueOn === record.dueOn && provisional === (record.dueProvisional ?? false)) return [];
      const late = civilDateOf(record.receivedAt) > dueOn;
      if (late !== record.late) {
        tally.decision(countedDecision(record, -1));
        tally.decision(countedDecision({ ...record, late }, 1));
      }
      return [{ record, dueOn, provisional, late }];
    });
    await this.#repository.setDeadlines(changes, tx);
    await tally.write(this.#db, tx);
    return { last: found.at(-1)?._id, changed: changes.length };
  }

  /**
   * How stored records are counted, by id behind `afterId`, with the deadline as it is and as the calendar gives it:
   * for `credit verify`.
   */
  async countedAfter(afterId: string | undefined, limit: number): Promise<CountedRecord[]> {
    const found = await this.#repository.timingsAfter(afterId, limit);
    return found.map((record) => {
      const { date, provisional } = this.#deadlines.of(record.kind, record.decidedOn);
      const right =
        record.dueOn === date &&
        (record.dueProvisional ?? false) === provisional &&
        record.late === civilDateOf(record.receivedAt) > date;
      return { id: record._id.toHexString(), counted: countedDecision(record, 1), deadlineRight: right };
    });
  }
}
