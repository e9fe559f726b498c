import type { ClientSession } from 'mongoose';
import type { RegisterEntry } from './register-row.ts';
import type { RegistrationDoc } from './registration.model.ts';
import { needsHistory, planRegistrations, type Receipt } from './registration-plan.ts';
import { planChunk, subjectWrite, type SubjectOutcome } from './subject-plan.ts';
import type { KnownSubject, SubjectRepository, SubjectWrite } from './subject.repository.ts';

/** What planning reads of the store. */
export type SubjectReader = Pick<SubjectRepository, 'known' | 'byUsccs' | 'registrations'>;

export interface EntriesPlan {
  readonly writes: readonly SubjectWrite[];
  readonly registrations: readonly RegistrationDoc[];
  readonly outcomes: Readonly<Record<SubjectOutcome, number>>;
  readonly late: number;
  readonly after: readonly KnownSubject[];
}

/** Entries by code, each code's in the order of the file. */
function byCode(entries: readonly RegisterEntry[]): Map<string, [RegisterEntry, ...RegisterEntry[]]> {
  const codes = new Map<string, [RegisterEntry, ...RegisterEntry[]]>();
  for (const entry of entries) {
    const list = codes.get(entry.uscc);
    if (list) list.push(entry);
    else codes.set(entry.uscc, [entry]);
  }
  return codes;
}

/** An export of a million firms reads no history: only what has a day, or differs from what had none before. */
function isPlain(entries: readonly RegisterEntry[], known: KnownSubject | undefined): boolean {
  if (entries.some(({ day }) => day !== undefined)) return false;
  return (
    known?.registeredOn === undefined || entries.every(({ contentHash }) => contentHash === known.contentHash)
  );
}

/** Works out what a chunk of a file changes. */
export async function planEntries(
  entries: readonly RegisterEntry[],
  reader: SubjectReader,
  receipt: Receipt,
  tx?: ClientSession,
): Promise<EntriesPlan> {
  const codes = byCode(entries);
  const known = new Map((await reader.known([...codes.keys()], tx)).map((subject) => [subject._id, subject]));
  const dated = [...codes].filter(([uscc, list]) => !isPlain(list, known.get(uscc)));
  const datedCodes = new Set(dated.map(([uscc]) => uscc));
  const plain = planChunk(
    entries.filter(({ uscc }) => !datedCodes.has(uscc)),
    [...known.values()],
    receipt.now,
  );
  if (dated.length === 0) return { ...plain, registrations: [], late: 0 };

  const docs = new Map((await reader.byUsccs([...datedCodes], tx)).map((doc) => [doc._id, doc]));
  const whole = dated.filter(([uscc, list]) => needsHistory(docs.get(uscc), list)).map(([uscc]) => uscc);
  const histories = new Map<string, RegistrationDoc[]>(whole.map((uscc) => [uscc, []]));
  const stored = whole.length === 0 ? [] : await reader.registrations(whole, tx);
  for (const registration of stored) histories.get(registration.uscc)?.push(registration);

  const writes = [...plain.writes];
  const registrations: RegistrationDoc[] = [];
  const outcomes = { ...plain.outcomes };
  const after = [...plain.after];
  let late = 0;
  for (const [uscc, list] of dated) {
    const doc = docs.get(uscc);
    const history = histories.get(uscc);
    const plan = planRegistrations(
      list,
      { ...(doc && { doc }), ...(history && { registrations: history }) },
      receipt,
    );
    for (const outcome of ['inserted', 'updated', 'unchanged'] as const)
      outcomes[outcome] += plan.outcomes[outcome];
    late += plan.late;
    if (!plan.doc) continue;
    writes.push(subjectWrite(plan.doc, doc !== undefined));
    registrations.push(...plan.registrations);
    after.push(plan.doc);
  }
  return { writes, registrations, outcomes, late, after };
}
