import type { EntriesPlan, SubjectReader } from './plan-entries.ts';
import type { RegistrationDoc } from './registration.model.ts';
import type { SubjectDoc } from './subject.model.ts';
import type { KnownSubject } from './subject.repository.ts';

/** What a dry run would have written so far: of each subject only what tells the outcome of later rows. */
export class MetSubjects {
  readonly #subjects = new Map<string, KnownSubject>();
  readonly #registrations = new Map<string, RegistrationDoc[]>();

  note({ after, registrations }: EntriesPlan): void {
    for (const subject of after) {
      const { _id, name, formerNames, origin, contentHash, status, registeredOn } = subject;
      const slim = { _id, name, formerNames, origin, contentHash, status };
      this.#subjects.set(_id, { ...slim, ...(registeredOn && { registeredOn }) });
    }
    for (const { facts, formerNames: _names, ...registration } of registrations) {
      const met = this.#registrations.get(registration.uscc) ?? [];
      const others = met.filter(({ _id }) => _id !== registration._id);
      this.#registrations.set(registration.uscc, [
        ...others,
        { ...registration, facts: { name: facts.name } },
      ]);
    }
  }

  /** The store as it would be. */
  over(store: SubjectReader): SubjectReader {
    const known = async (usccs: readonly string[]): Promise<KnownSubject[]> => {
      const stored = await store.known(usccs.filter((uscc) => !this.#subjects.has(uscc)));
      return [...stored, ...usccs.flatMap((uscc) => this.#subjects.get(uscc) ?? [])];
    };
    return {
      known,
      byUsccs: async (usccs) => {
        const stored = await store.byUsccs(usccs.filter((uscc) => !this.#subjects.has(uscc)));
        const met = usccs.flatMap((uscc) => this.#subjects.get(uscc) ?? []);
        const now = new Date(0);
        return [...stored, ...met.map((subject): SubjectDoc => ({ ...subject, grams: [], updatedAt: now }))];
      },
      registrations: async (usccs) => {
        const met = usccs.flatMap((uscc) => this.#registrations.get(uscc) ?? []);
        const ids = new Set(met.map(({ _id }) => _id));
        return [...(await store.registrations(usccs)).filter(({ _id }) => !ids.has(_id)), ...met];
      },
    };
  }
}
