import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import { readRegisterFile } from './register-file.ts';
import { readRegisterRow, type RegisterEntry, type RegisterFault } from './register-row.ts';
import { planChunk, type ChunkPlan, type SubjectOutcome } from './subject-plan.ts';
import type { KnownSubject, SubjectRepository } from './subject.repository.ts';

export interface ImportOptions {
  /** Says what would happen and changes nothing; remembers every new code it met. */
  readonly dryRun?: boolean;
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

const CHUNK = 1000;
const MOST_PROBLEMS = 10_000;

/** One run over one file. Every chunk is a transaction of its own, so a run may stop anywhere and be repeated. */
export class SubjectImport {
  readonly #deps: { readonly db: Db; readonly clock: Clock; readonly repository: SubjectRepository };
  readonly #options: ImportOptions;
  readonly #rows: ImportRows = { read: 0, inserted: 0, updated: 0, unchanged: 0, conflict: 0, refused: 0 };
  readonly #problems: ImportProblem[] = [];
  readonly #warnings: Record<string, number> = {};
  readonly #met = new Map<string, KnownSubject>();
  #leftOut = 0;

  constructor(
    deps: { readonly db: Db; readonly clock: Clock; readonly repository: SubjectRepository },
    options: ImportOptions,
  ) {
    this.#deps = deps;
    this.#options = options;
  }

  async run(path: string): Promise<ImportResult> {
    let chunk: RegisterEntry[] = [];
    let bytes = 0;
    // The next chunk is parsed while the store works on this one.
    let writing: Promise<void> = Promise.resolve();
    const flush = async (): Promise<void> => {
      await writing;
      this.#options.signal?.throwIfAborted();
      this.#options.onProgress?.({ rows: this.#rows.read, bytes });
      writing = this.#store(chunk);
      writing.catch(() => undefined);
      chunk = [];
    };
    try {
      for await (const { row, cells, bytes: read } of readRegisterFile(path)) {
        this.#rows.read += 1;
        bytes = read;
        const result = readRegisterRow(cells);
        if ('faults' in result) this.#refuse(row, result.faults);
        else {
          for (const warning of result.warnings) this.#warnings[warning] = (this.#warnings[warning] ?? 0) + 1;
          chunk.push(result.entry);
        }
        if (chunk.length === CHUNK) await flush();
      }
      await flush();
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
    const usccs = [...new Set(entries.map(({ uscc }) => uscc))];
    let plan: ChunkPlan;
    if (this.#options.dryRun === true) {
      const met = usccs.flatMap((uscc) => this.#met.get(uscc) ?? []);
      plan = planChunk(entries, [...(await repository.known(usccs)), ...met], clock.now());
      for (const { _id, name, formerNames, origin, contentHash } of plan.after) {
        this.#met.set(_id, { _id, name, formerNames, origin, contentHash });
      }
    } else {
      plan = await db.inTransaction(async (tx) => {
        const made = planChunk(entries, await repository.known(usccs, tx), clock.now());
        await repository.write(made.writes, tx);
        return made;
      });
    }
    for (const [outcome, count] of Object.entries(plan.outcomes)) {
      this.#rows[outcome as SubjectOutcome] += count;
    }
  }
}
