import { mongo } from 'mongoose';
import { gramsOf, normaliseName } from './subject-name.ts';
import type { RegisterEntry } from './register-row.ts';
import type { SubjectDoc } from './subject.model.ts';
import type { KnownSubject, SubjectWrite } from './subject.repository.ts';

export type SubjectOutcome = 'inserted' | 'updated' | 'unchanged';

/** State in the register 登记状态 of an entry of the base library; its exports hold the living ones. */
const LISTED = '存续';
/** Nothing is known of a subject that only a record named. */
const UNKNOWN = '未知';
const MOST_FORMER_NAMES = 20;

export interface ChunkPlan {
  readonly writes: readonly SubjectWrite[];
  readonly outcomes: Readonly<Record<SubjectOutcome, number>>;
  /** The subjects that differ from what the store holds, as they will be. */
  readonly after: readonly KnownSubject[];
}

function gramsOfName(name: string): string[] {
  return gramsOf(normaliseName(name));
}

/** The write that makes a subject which the base library does not hold, unless it is there. */
export function provisionalWrite(uscc: string, name: string, now: Date): SubjectWrite {
  const fields: Omit<SubjectDoc, '_id'> = {
    name,
    grams: gramsOfName(name),
    status: UNKNOWN,
    origin: 'PROVISIONAL',
    formerNames: [],
    contentHash: '',
    updatedAt: now,
  };
  return { updateOne: { filter: { _id: uscc }, update: { $setOnInsert: fields }, upsert: true } };
}

/** A name that was registered stays known; the one that a record gave a provisional subject does not. */
function formerNames(before: KnownSubject, name: string): string[] {
  if (before.origin !== 'BASE' || before.name === name) return before.formerNames;
  return [
    ...before.formerNames.filter((former) => former !== name && former !== before.name),
    before.name,
  ].slice(-MOST_FORMER_NAMES);
}

function documentOf(entry: RegisterEntry, before: KnownSubject | undefined, now: Date): SubjectDoc {
  const { uscc, capital, ...rest } = entry;
  return {
    _id: uscc,
    ...rest,
    ...(capital && {
      capital: {
        text: capital.text,
        ...(capital.amount !== undefined && { fen: mongo.Long.fromBigInt(capital.amount) }),
        ...(capital.currency && { currency: capital.currency }),
        ...(capital.warning && { warning: capital.warning }),
      },
    }),
    grams: gramsOfName(entry.name),
    status: LISTED,
    origin: 'BASE',
    formerNames: before ? formerNames(before, entry.name) : [],
    updatedAt: now,
  };
}

/**
 * Compares a chunk of the register with what the store holds. The last row of a code wins; an earlier one of the same
 * chunk is only counted.
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
  const writes = [...docs.values()].map((doc): SubjectWrite =>
    known.has(doc._id)
      ? { replaceOne: { filter: { _id: doc._id }, replacement: doc } }
      : { insertOne: { document: doc } },
  );
  return { writes, outcomes, after: [...docs.values()] };
}
