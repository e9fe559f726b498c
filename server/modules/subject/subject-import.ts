import type { ClientSession } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { inChunks } from '../../lib/in-chunks.ts';
import { MetSubjects } from './met-subjects.ts';
import { readRegisterFile, type RegisterSource } from './register-file.ts';
import { readRegisterRow, type RegisterEntry, type RegisterFault } from './register-row.ts';
import { planEntries, type EntriesPlan } from './plan-entries.ts';
import type { SubjectOutcome } from './subject-plan.ts';
import type { SubjectRepository } from './subject.repository.ts';

export interface ImportOptions {
  /** Says what would happen and changes nothing; remembers every new code it met. */
  readonly dryRun?: boolean;
  /** Day from which rows count that have no day of approval. */
  readonly day?: CivilDate;
  readonly signal?: AbortSignal;
  /** Called before every chunk with what was read so far. */
  readonly onProgress?: (progress: { readonly rows: number; readonly bytes: number }) => void;
}

export interface ImportProblem extends RegisterFault {
  readonly row: number;
}

/** Every row read has one outcome; `conflict` is always 0 here. */
export interface ImportRows extends Record<SubjectOutcome, number> {
  read: number;
  conflict: number;
  refused: number;
}

export interface ImportResult {
  readonly rows: Readonly<ImportRows>;
  /** Faults of refused rows, the first ten thousand. */
  readonly problems: readonly ImportProblem[];
  readonly problemsLeftOut: number;
  /** How often each warning was met on rows that were taken. */
  readonly warnings: Readonly<Record<string, number>>;
}

interface ImportDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repository: SubjectRepository;
}

/**
 * Grams of names lie all over their index: larger transactions write each of its pages less often. The characters keep
 * subjects and what is registered of them below 16 MB, the most a transaction takes.
 */
const CHUNK = { rows: 4000, chars: 1_500_000 } as const;
const MOST_PROBLEMS = 10_000;

/** One run over one file. Every chunk is a transaction of its own, so a run may stop anywhere and be repeated. */
export class SubjectImport {
  readonly #deps: ImportDeps;
  readonly #options: ImportOptions;
  readonly #rows: ImportRows = { read: 0, inserted: 0, updated: 0, unchanged: 0, conflict: 0, refused: 0 };
  readonly #problems: ImportProblem[] = [];
  readonly #warnings: Record<string, number> = {};
  readonly #met = new MetSubjects();
  #source = '';
  #leftOut = 0;
  #bytes = 0;

  constructor(deps: ImportDeps, options: ImportOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** @param fileName as people know it */
  async run(fileName: string, register: RegisterSource): Promise<ImportResult> {
    this.#source = fileName;
    // The next chunk is parsed while the store works on this one.
    let writing: Promise<void> = Promise.resolve();
    try {
      for await (const chunk of inChunks(this.#entries(register), CHUNK, Object.values)) {
        await writing;
        this.#step();
        writing = this.#store(chunk);
        writing.catch(() => undefined);
      }
      await writing;
      this.#step();
    } finally {
      await writing;
    }
    return {
      rows: this.#rows,
      problems: this.#problems,
      problemsLeftOut: this.#leftOut,
      warnings: this.#warnings,
    };
  }

  #step(): void {
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.({ rows: this.#rows.read, bytes: this.#bytes });
  }

  async *#entries(register: RegisterSource): AsyncGenerator<RegisterEntry> {
    const { day } = this.#options;
    const reading = { ...(day && { day }), today: civilDateOf(this.#deps.clock.now()) };
    for await (const { row, layout, cells, bytes } of readRegisterFile(register)) {
      this.#rows.read += 1;
      this.#bytes = bytes;
      const result = readRegisterRow(cells, { layout, ...reading });
      if ('faults' in result) this.#refuse(row, result.faults);
      else {
        for (const warning of result.warnings) this.#warn(warning, 1);
        yield result.entry;
      }
    }
  }

  #warn(code: string, times: number): void {
    this.#warnings[code] = (this.#warnings[code] ?? 0) + times;
  }

  #refuse(row: number, faults: readonly RegisterFault[]): void {
    this.#rows.refused += 1;
    for (const fault of faults) {
      if (this.#problems.length < MOST_PROBLEMS) this.#problems.push({ row, ...fault });
      else this.#leftOut += 1;
    }
  }

  async #store(entries: readonly RegisterEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { db, clock, repository } = this.#deps;
    const receipt = { source: this.#source, now: clock.now() };
    let plan: EntriesPlan;
    if (this.#options.dryRun === true) {
      plan = await planEntries(entries, this.#met.over(repository), receipt);
      this.#met.note(plan);
    } else {
      plan = await db.inTransaction(async (tx: ClientSession) => {
        const made = await planEntries(entries, repository, receipt, tx);
        await repository.write(made.writes, tx);
        await repository.writeRegistrations(made.registrations, tx);
        return made;
      });
    }
    for (const [outcome, count] of Object.entries(plan.outcomes)) {
      this.#rows[outcome as SubjectOutcome] += count;
    }
    if (plan.late > 0) this.#warn('SUBJECT_REGISTRATION_LATE', plan.late);
  }
}
