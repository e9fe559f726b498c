import { contentHash } from '../../lib/content-hash.ts';
import { folded, stateOf } from './registration-fold.ts';
import type { RegistrationDoc } from './registration.model.ts';
import type { SubjectDoc, SubjectState } from './subject.model.ts';
import type { SubjectRepository } from './subject.repository.ts';

export interface RegistrationCheck {
  /** Registrations read. */
  readonly checked: number;
  /** Subjects that have registrations, and those that say so of themselves. */
  readonly subjects: number;
  readonly kept: number;
  /** Codes of subjects that are not what is registered of them, the first hundred. */
  readonly wrong: readonly string[];
}

const PAGE = 500;
const MOST_TOLD = 100;

function hashOf(state: SubjectState): string {
  const { capital, ...rest } = stateOf(state);
  return contentHash({ ...rest, capital: capital?.text });
}

/** Holds a page's subjects against what they were folded to. @returns the codes of those that differ */
async function different(
  repository: SubjectRepository,
  states: ReadonlyMap<string, SubjectState>,
): Promise<string[]> {
  const docs = await repository.byUsccs([...states.keys()]);
  const byCode = new Map(docs.map((doc: SubjectDoc) => [doc._id, doc]));
  return [...states].flatMap(([uscc, state]) => {
    const doc = byCode.get(uscc);
    return doc && hashOf(doc) === hashOf(state) ? [] : [uscc];
  });
}

/** Folds again all that is registered, subject by subject. */
export async function checkRegistrations(
  repository: SubjectRepository,
  onProgress: (done: number) => void,
): Promise<RegistrationCheck> {
  const wrong: string[] = [];
  let checked = 0;
  let subjects = 0;
  let states = new Map<string, SubjectState>();
  let last: RegistrationDoc | undefined;
  const settle = async (): Promise<void> => {
    subjects += states.size;
    const found = await different(repository, states);
    wrong.push(...found.slice(0, MOST_TOLD - wrong.length));
    states = new Map();
  };
  for (;;) {
    const page = await repository.registrationsAfter(last?._id ?? '', PAGE);
    for (const registration of page) {
      // A subject's registrations may go on in the next page.
      if (registration.uscc !== last?.uscc && states.size >= PAGE) await settle();
      const state = folded(states.get(registration.uscc), [registration]);
      if (state) states.set(registration.uscc, state);
      last = registration;
    }
    checked += page.length;
    onProgress(checked);
    if (page.length < PAGE) break;
  }
  await settle();
  const kept = await repository.countRegistered();
  return { checked, subjects, kept, wrong };
}
