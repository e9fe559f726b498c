import { gramsOf, normaliseName } from './subject-name.ts';
import { applied, factsOf, formerNamesWith } from './registration-fold.ts';
import type { RegisterEntry } from './register-row.ts';
import type { SubjectDoc, SubjectState } from './subject.model.ts';
import type { KnownSubject, SubjectWrite } from './subject.repository.ts';

export type SubjectOutcome = 'inserted' | 'updated' | 'unchanged';

/** Nothing is known of a subject that only a record named. */
const UNKNOWN = '未知';

export interface ChunkPlan {
  readonly writes: readonly SubjectWrite[];
  readonly outcomes: Readonly<Record<SubjectOutcome, number>>;
  /** The subjects that differ from what the store holds, as they will be. */
  readonly after: readonly KnownSubject[];
}

/** Pairs of characters by which any of the names is found. */
export function gramsOfNames({ name, formerNames }: Pick<SubjectState, 'name' | 'formerNames'>): string[] {
  const names = [name, ...formerNames.map((former) => former.name)];
  return [...new Set(names.flatMap((each) => gramsOf(normaliseName(each))))];
}

/** The write that makes a subject which the base library does not hold, unless it is there. */
export function provisionalWrite(uscc: string, name: string, now: Date): SubjectWrite {
  const fields: Omit<SubjectDoc, '_id'> = {
    name,
    grams: gramsOfNames({ name, formerNames: [] }),
    status: UNKNOWN,
    origin: 'PROVISIONAL',
    formerNames: [],
    contentHash: '',
    updatedAt: now,
  };
  return { updateOne: { filter: { _id: uscc }, update: { $setOnInsert: fields }, upsert: true } };
}

export function subjectDocOf(uscc: string, state: SubjectState, contentHash: string, now: Date): SubjectDoc {
  return { ...state, _id: uscc, grams: gramsOfNames(state), origin: 'BASE', contentHash, updatedAt: now };
}

/** An entry without a day stands for the whole; only the names before it stay known. */
function documentOf(entry: RegisterEntry, before: KnownSubject | undefined, now: Date): SubjectDoc {
  const formerNames = before?.origin === 'BASE' ? formerNamesWith(before, entry.name) : [];
  const state = applied(undefined, { facts: factsOf(entry), formerNames });
  return subjectDocOf(entry.uscc, state, entry.contentHash, now);
}

export function subjectWrite(doc: SubjectDoc, stored: boolean): SubjectWrite {
  return stored
    ? { replaceOne: { filter: { _id: doc._id }, replacement: doc } }
    : { insertOne: { document: doc } };
}

/**
 * Compares a chunk of an export without a day with what the store holds of subjects of which nothing is registered day
 * by day. The last row of a code wins; an earlier one of the same chunk is only counted.
 */
export function planChunk(
  entries: readonly RegisterEntry[],
  stored: readonly KnownSubject[],
  now: Date,
): ChunkPlan {
  const known = new Map(stored.map((doc) => [doc._id, doc]));
  const outcomes = { inserted: 0, updated: 0, unchanged: 0 };
  const docs = new Map<string, SubjectDoc>();
  for (const entry of entries) {
    const before = docs.get(entry.uscc) ?? known.get(entry.uscc);
    if (before?.origin === 'BASE' && before.contentHash === entry.contentHash) {
      outcomes.unchanged += 1;
      continue;
    }
    outcomes[before ? 'updated' : 'inserted'] += 1;
    docs.set(entry.uscc, documentOf(entry, before, now));
  }
  const writes = [...docs.values()].map((doc) => subjectWrite(doc, known.has(doc._id)));
  return { writes, outcomes, after: [...docs.values()] };
}
