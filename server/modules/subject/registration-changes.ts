import type { CivilDate } from '../../lib/civil-date.ts';
import { applied } from './registration-fold.ts';
import type { RegistrationDoc } from './registration.model.ts';
import { sameName } from './subject-name.ts';
import type { SubjectState } from './subject.model.ts';

/** What of a subject may change in the register. */
export const SUBJECT_CHANGE_KINDS = [
  'NAME',
  'STATUS',
  'REPRESENTATIVE',
  'TYPE',
  'CAPITAL',
  'ADDRESS',
  'SCOPE',
] as const;
export type SubjectChangeKind = (typeof SUBJECT_CHANGE_KINDS)[number];

/** 变更: one fact that differs from one registration to the next. */
export interface SubjectChange {
  /** Of the registration that brought it. */
  readonly registration: string;
  readonly kind: SubjectChangeKind;
  readonly day: CivilDate;
  readonly before: string;
  readonly after: string;
}

const FACTS: Readonly<Record<SubjectChangeKind, (state: SubjectState) => string | undefined>> = {
  NAME: ({ name }) => name,
  STATUS: ({ status }) => status,
  REPRESENTATIVE: ({ legalRepresentative }) => legalRepresentative,
  TYPE: ({ type }) => type,
  CAPITAL: ({ capital }) => capital?.text,
  ADDRESS: ({ address }) => address,
  SCOPE: ({ scope }) => scope,
};

/** How amounts, names and words of exports are written differs from file to file; that alone changes nothing. */
function same(kind: SubjectChangeKind, before: SubjectState, after: SubjectState): boolean {
  const [one, other] = [FACTS[kind](before), FACTS[kind](after)];
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  const [a, b] = [before.capital, after.capital];
  if (kind === 'CAPITAL' && a?.fen !== undefined && b?.fen !== undefined)
    return String(a.fen) === String(b.fen) && a.currency === b.currency;
  return sameName(one, other);
}

/** Reads what is registered of one subject, in its order, and tells what changed. */
export class ChangeReader {
  #state: SubjectState | undefined;

  /** A fact that is told for the first time by what came later is no change. */
  next(registration: RegistrationDoc): SubjectChange[] {
    const before = this.#state;
    const after = applied(before, registration);
    this.#state = after;
    const { day, _id } = registration;
    if (!before || !day) return [];
    return SUBJECT_CHANGE_KINDS.flatMap((kind): SubjectChange[] => {
      const from = FACTS[kind](before);
      const to = FACTS[kind](after);
      if (from === undefined || to === undefined || same(kind, before, after)) return [];
      return [{ registration: _id, kind, day, before: from, after: to }];
    });
  }
}
