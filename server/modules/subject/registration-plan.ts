import { factsOf, folded, formerNamesWith, stateOf } from './registration-fold.ts';
import type { RegisterEntry } from './register-row.ts';
import type { RegistrationDoc } from './registration.model.ts';
import { subjectDocOf, type SubjectOutcome } from './subject-plan.ts';
import type { SubjectDoc, SubjectState } from './subject.model.ts';

export interface Receipt {
  readonly source: string;
  readonly now: Date;
}

/** What the store holds of one subject. */
export interface StoredSubject {
  readonly doc?: SubjectDoc;
  /** All that is registered, in the order of ids; left out where every new entry is of a later day. */
  readonly registrations?: readonly RegistrationDoc[];
}

export interface RegistrationPlan {
  readonly outcomes: Readonly<Record<SubjectOutcome, number>>;
  /** Entries of a day before one that is registered: they are history only. */
  readonly late: number;
  /** The subject as it will be; undefined when nothing changes. */
  readonly doc?: SubjectDoc;
  /** New ones, and the one without a day where it is another. */
  readonly registrations: readonly RegistrationDoc[];
}

/** Whether the registrations must be read: not for entries of days after all that is known. */
export function needsHistory(doc: SubjectDoc | undefined, entries: readonly RegisterEntry[]): boolean {
  const newest = doc?.registeredOn;
  return newest !== undefined && entries.some(({ day }) => day === undefined || day <= newest);
}

function undatedId(uscc: string): string {
  return `${uscc}-0`;
}

/** What exports without a day said before anything was registered day by day. */
function baseOf(doc: SubjectDoc): RegistrationDoc {
  const { formerNames, statusSince: _since, registeredOn: _on, ...facts } = stateOf(doc);
  return {
    _id: undatedId(doc._id),
    uscc: doc._id,
    facts,
    formerNames,
    contentHash: doc.contentHash,
    receivedAt: doc.updatedAt,
  };
}

class Registrations {
  readonly byId = new Map<string, RegistrationDoc>();
  readonly changed = new Map<string, RegistrationDoc>();

  constructor(stored: readonly RegistrationDoc[]) {
    for (const registration of stored) this.byId.set(registration._id, registration);
  }

  put(registration: RegistrationDoc): void {
    this.byId.set(registration._id, registration);
    this.changed.set(registration._id, registration);
  }

  /** @returns false when it is known */
  add(entry: RegisterEntry, { source, now }: Receipt): boolean {
    const { uscc, day, contentHash } = entry;
    const common = { uscc, contentHash, source, receivedAt: now };
    if (day === undefined) {
      const before = this.byId.get(undatedId(uscc));
      if (before?.contentHash === contentHash) return false;
      const facts = factsOf(entry);
      const former = { name: before?.facts.name ?? facts.name, formerNames: before?.formerNames ?? [] };
      this.put({ _id: undatedId(uscc), ...common, facts, formerNames: formerNamesWith(former, facts.name) });
      return true;
    }
    const sameDay = [...this.byId.values()].filter((registration) => registration.day === day);
    if (sameDay.some((registration) => registration.contentHash === contentHash)) return false;
    const number = String(sameDay.length + 1).padStart(3, '0');
    this.put({ _id: `${uscc}-${day}-${number}`, ...common, day, facts: factsOf(entry) });
    return true;
  }

  inOrder(): RegistrationDoc[] {
    return [...this.byId.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
  }
}

/**
 * Puts the entries of one subject, in the order of receipt, among what is registered of it. The day decides what holds;
 * of one day, what came last. Entries that are known by day and content change nothing.
 */
export function planRegistrations(
  entries: readonly [RegisterEntry, ...RegisterEntry[]],
  { doc, registrations: stored }: StoredSubject,
  receipt: Receipt,
): RegistrationPlan {
  const [{ uscc }] = entries;
  const outcomes = { inserted: 0, updated: 0, unchanged: 0 };
  const registrations = new Registrations(stored ?? []);
  const listed = doc?.origin === 'BASE';
  if (listed && doc.registeredOn === undefined) registrations.put(baseOf(doc));
  let newest = doc?.registeredOn ?? '';
  let late = 0;
  let there = doc !== undefined;
  for (const entry of entries) {
    if (!registrations.add(entry, receipt)) {
      outcomes.unchanged += 1;
      continue;
    }
    outcomes[there ? 'updated' : 'inserted'] += 1;
    there = true;
    const day = entry.day ?? '';
    if (day < newest) late += 1;
    else newest = day;
  }
  if (outcomes.inserted + outcomes.updated === 0) return { outcomes, late, registrations: [] };
  const before = listed && !stored && doc.registeredOn !== undefined ? stateOf(doc) : undefined;
  const state = folded(before, registrations.inOrder()) as SubjectState;
  const undated = registrations.byId.get(undatedId(uscc));
  const hash = undated?.contentHash ?? (before ? doc?.contentHash : undefined) ?? '';
  return {
    outcomes,
    late,
    doc: subjectDocOf(uscc, state, hash, receipt.now),
    registrations: [...registrations.changed.values()],
  };
}
