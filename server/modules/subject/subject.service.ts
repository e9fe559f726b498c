import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { ClientSession } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import { readCounters } from '../../db/counters.ts';
import type { Db } from '../../db/connect.ts';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { ForbiddenError, InputError, LimitError } from '../../lib/errors.ts';
import type { Fen } from '../../lib/money.ts';
import { decodeCursor, encodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { AuditService } from '../audit/index.ts';
import { checkRegistrations, type RegistrationCheck } from './registration-check.ts';
import {
  ChangeReader,
  SUBJECT_CHANGE_KINDS,
  type SubjectChange,
  type SubjectChangeKind,
} from './registration-changes.ts';
import { openRegister, type RegisterSource } from './register-file.ts';
import { registrySector } from './register-layout.ts';
import { hasEnded } from './registration-states.ts';
import { SubjectImport, type ImportOptions, type ImportResult } from './subject-import.ts';
import { normaliseName } from './subject-name.ts';
import { provisionalWrite } from './subject-plan.ts';
import { searchNames } from './subject-search.ts';
import type { FormerName, SubjectCapital, SubjectDoc, SubjectOrigin } from './subject.model.ts';
import { SUBJECTS_TOTAL, SubjectRepository, type KnownSubject } from './subject.repository.ts';

/** 信用主体: a firm, individual business or organisation known by its code. */
export interface Subject {
  readonly uscc: string;
  readonly name: string;
  readonly type?: string;
  readonly status: string;
  readonly statusSince?: CivilDate;
  readonly legalRepresentative?: string;
  readonly origin: SubjectOrigin;
  /** Newest first. */
  readonly formerNames: readonly Readonly<FormerName>[];
  readonly foundedOn?: CivilDate;
  /** `fen` counts hundredths of `currency`. */
  readonly capital?: Readonly<Omit<SubjectCapital, 'fen'> & { fen?: Fen }>;
  readonly scope?: string;
  readonly province?: string;
  readonly region?: string;
  readonly address?: string;
  readonly updatedAt: Date;
}

/** What a feed needs to know to check a code against a name. */
export type SubjectIdentity = Pick<Subject, 'uscc' | 'name' | 'formerNames' | 'origin' | 'status'> & {
  /** Day from which it is no more: 注销, 撤销. */
  readonly endedOn?: CivilDate;
};

/** The beginning of a code: two characters, then digits of the region, then anything of its alphabet. */
const CODE = /^[0-9A-HJ-NPQRTUWXY]{2}\d{4}[0-9A-HJ-NPQRTUWXY]{0,12}$/;
const LONGEST_SEARCH = 100;
const LONGEST_FILE_NAME = 200;
const PUBLIC_CHANGES: readonly SubjectChangeKind[] = ['NAME', 'STATUS', 'REPRESENTATIVE'];

function present(doc: SubjectDoc): Subject {
  const { _id, capital, contentHash: _hash, grams: _grams, registeredOn: _on, ...rest } = doc;
  if (!capital) return { uscc: _id, ...rest };
  const { fen, ...read } = capital;
  return {
    uscc: _id,
    ...rest,
    capital: { ...read, ...(fen !== undefined && { fen: BigInt(String(fen)) as Fen }) },
  };
}

function identityOf(subject: KnownSubject): SubjectIdentity {
  const { _id, name, formerNames, origin, status, statusSince } = subject;
  const endedOn = hasEnded(status) ? statusSince : undefined;
  return { uscc: _id, name, formerNames, origin, status, ...(endedOn && { endedOn }) };
}

export class SubjectService {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #audit: AuditService;
  readonly #repository: SubjectRepository;

  constructor(deps: { db: Db; clock: Clock; audit: AuditService }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
    this.#audit = deps.audit;
    this.#repository = new SubjectRepository(deps.db);
  }

  /** One indexed read; codes that nobody knows are not in the answer. */
  async findByUsccs(usccs: Iterable<string>, tx?: ClientSession): Promise<Map<string, SubjectIdentity>> {
    const wanted = [...new Set(usccs)];
    if (wanted.length === 0) return new Map();
    const found = await this.#repository.known(wanted, tx);
    return new Map(found.map((subject) => [subject._id, identityOf(subject)]));
  }

  /**
   * Makes a provisional subject of every code that is not there yet, in the transaction of the records that name
   * them. The codes must have been verified. @returns how many were made
   */
  async ensureProvisional(
    subjects: Iterable<{ readonly uscc: string; readonly name: string }>,
    tx: ClientSession,
  ): Promise<number> {
    const names = new Map<string, string>();
    for (const { uscc, name } of subjects) if (!names.has(uscc)) names.set(uscc, name);
    const now = this.#clock.now();
    return this.#repository.write(
      [...names].map(([uscc, name]) => provisionalWrite(uscc, name, now)),
      tx,
    );
  }

  /** @throws UnauthenticatedError, ForbiddenError without `subject:search` */
  async get(viewer: Viewer, uscc: string): Promise<Subject | undefined> {
    requirePermission(viewer, 'subject:search');
    const found = await this.#repository.get(uscc.trim().toUpperCase());
    return found && present(found);
  }

  /**
   * What changed in the register, newest first: names, states and representatives; for whoever imports the register
   * everything.
   * @throws InputError CURSOR_INVALID, PAGE_SIZE_INVALID; UnauthenticatedError, ForbiddenError without `subject:search`
   */
  async changes(viewer: Viewer, uscc: string, page: PageArgs): Promise<Page<SubjectChange>> {
    requirePermission(viewer, 'subject:search');
    const first = pageSize(page);
    const after = page.after === undefined ? undefined : decodeCursor(page.after, 2);
    const reader = new ChangeReader();
    const kinds = viewer.can('subject:import') ? SUBJECT_CHANGE_KINDS : PUBLIC_CHANGES;
    const found: SubjectChange[] = [];
    for await (const registration of this.#repository.registrationsOf(uscc))
      found.unshift(...reader.next(registration).filter(({ kind }) => kinds.includes(kind)));
    const place = ({ registration, kind }: SubjectChange): string => `${registration} ${kind}`;
    const last = after?.join(' ');
    const from = last === undefined ? 0 : found.findIndex((change) => place(change) === last) + 1;
    if (last !== undefined && from === 0) throw new InputError(['after'], 'CURSOR_INVALID');
    return pageOf(
      found.slice(from),
      first,
      ({ registration, kind }) => [registration, kind],
      (change) => change,
    );
  }

  /** For loaders, behind a use case that checked its viewer. */
  async byUsccs(usccs: readonly string[]): Promise<Map<string, Subject>> {
    const found = await this.#repository.byUsccs(usccs);
    return new Map(found.map((doc) => [doc._id, present(doc)]));
  }

  /** How many subjects there are, provisional ones included. */
  async total(): Promise<number> {
    return (await readCounters(this.#db, SUBJECTS_TOTAL)).get(SUBJECTS_TOTAL) ?? 0;
  }

  /** Compares every subject with what is registered of it. */
  checkRegistrations(onProgress: (done: number) => void): Promise<RegistrationCheck> {
    return checkRegistrations(this.#repository, onProgress);
  }

  /**
   * By code (whole, or its first six characters and more) or by any part of a name, former ones included, from two characters on, in the
   * order of the codes. Reading is bounded: a page may come short with more to follow, its last cursor tells from where.
   * @throws InputError SUBJECT_SEARCH_TOO_SHORT, SUBJECT_SEARCH_TOO_LONG, CURSOR_INVALID, PAGE_SIZE_INVALID;
   *   LimitError SUBJECT_SEARCH_TOO_BROAD when all its pairs of characters are frequent and no name was met in time;
   *   UnauthenticatedError, ForbiddenError without `subject:search`
   */
  async search(viewer: Viewer, text: string, page: PageArgs): Promise<Page<Subject>> {
    requirePermission(viewer, 'subject:search');
    const first = pageSize(page);
    const after = page.after === undefined ? '' : String(decodeCursor(page.after, 1)[0]);
    if (text.length > LONGEST_SEARCH) {
      throw new InputError(['text'], 'SUBJECT_SEARCH_TOO_LONG', { max: LONGEST_SEARCH });
    }
    const wanted = normaliseName(text);
    if (CODE.test(wanted)) {
      const found = await this.#repository.byPrefix(wanted, after, first + 1);
      return pageOf(found, first, ({ _id }) => [_id], present);
    }
    if ([...wanted].length < 2) throw new InputError(['text'], 'SUBJECT_SEARCH_TOO_SHORT');
    return this.#searchName(wanted, after, first);
  }

  async #searchName(fragment: string, after: string, first: number): Promise<Page<Subject>> {
    const hits = await searchNames(
      (gram, from, limit) => this.#repository.withGram(gram, from, limit),
      fragment,
      after,
      first + 1,
    );
    if (hits.usccs.length === 0 && !hits.ended) throw new LimitError('SUBJECT_SEARCH_TOO_BROAD');
    const shown = hits.usccs.slice(0, first);
    const subjects = await this.byUsccs(shown);
    const cursors = shown.map((uscc) => encodeCursor([uscc]));
    if (!hits.ended && hits.usccs.length <= first)
      cursors[cursors.length - 1] = encodeCursor([hits.position]);
    return {
      nodes: shown.map((uscc) => subjects.get(uscc) as Subject),
      cursors,
      hasNext: !hits.ended,
    };
  }

  /**
   * Brings a register file into the base library: csv in UTF-8 or GB18030, an export with the columns of
   * REGISTER_COLUMNS or the registry's daily table of `schema/subject/daily-table.json`. A row with a day counts from
   * that day, whenever it comes; what is registered of a later day outdoes it. A row that says what is stored changes
   * nothing, so a run may be killed anywhere and repeated.
   * @throws InputError SUBJECT_FILE_HEADER, SUBJECT_FILE_MALFORMED, SUBJECT_DAY_TO_COME; the reason of `signal` when it was aborted;
   *   ForbiddenError without `subject:import`; the error of the file system when it cannot be read
   */
  async importFile(viewer: Viewer, path: string, options: ImportOptions = {}): Promise<ImportResult> {
    requirePermission(viewer, 'subject:import');
    const source = openRegister(path);
    try {
      return await this.#import(viewer, basename(path), { source }, options);
    } finally {
      source.destroy();
    }
  }

  /**
   * @throws ForbiddenError for who may neither import the register nor report for the registry's agency;
   *   UnauthenticatedError
   */
  requireImport(viewer: Viewer): void {
    if (viewer.can('subject:import')) return;
    requirePermission(viewer, 'feed:upload');
    if (!viewer.sectors.includes(registrySector()))
      throw new ForbiddenError('FORBIDDEN', { permission: 'subject:import' });
  }

  /**
   * The same of a file that is being received. From the registry's agency it takes the daily table only.
   * @throws what `importFile` and `requireImport` throw
   */
  async importUpload(
    viewer: Viewer,
    upload: { readonly fileName: string; readonly source: Readable },
    options: ImportOptions = {},
  ): Promise<ImportResult> {
    this.requireImport(viewer);
    const dailyOnly = !viewer.can('subject:import');
    return this.#import(
      viewer,
      upload.fileName.slice(0, LONGEST_FILE_NAME),
      { source: upload.source, dailyOnly },
      options,
    );
  }

  async #import(
    viewer: Viewer,
    fileName: string,
    register: RegisterSource,
    options: ImportOptions,
  ): Promise<ImportResult> {
    if (options.day !== undefined && options.day > civilDateOf(this.#clock.now()))
      throw new InputError(['day'], 'SUBJECT_DAY_TO_COME');
    const run = new SubjectImport(
      { db: this.#db, clock: this.#clock, repository: this.#repository },
      options,
    );
    const result = await run.run(fileName, register);
    if (options.dryRun !== true) {
      await this.#audit.record(viewer, {
        action: 'subject:import',
        object: 'subjects:base',
        result: 'OK',
        detail: { ...result.rows, file: fileName, ...(options.day && { day: options.day }) },
      });
    }
    return result;
  }
}
