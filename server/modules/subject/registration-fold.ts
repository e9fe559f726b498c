import { mongo } from 'mongoose';
import type { CivilDate } from '../../lib/civil-date.ts';
import type { RegisteredCapital } from '../../lib/registered-capital.ts';
import { LISTED } from './registration-states.ts';
import type { RegisterEntry } from './register-row.ts';
import type { RegistrationDoc } from './registration.model.ts';
import { sameName } from './subject-name.ts';
import type { FormerName, RegisteredFacts, SubjectCapital, SubjectState } from './subject.model.ts';

const MOST_FORMER_NAMES = 20;

function capitalOf(capital: RegisteredCapital): SubjectCapital {
  return {
    text: capital.text,
    ...(capital.amount !== undefined && { fen: mongo.Long.fromBigInt(capital.amount) }),
    ...(capital.currency && { currency: capital.currency }),
    ...(capital.warning && { warning: capital.warning }),
  };
}

export function factsOf(entry: RegisterEntry): RegisteredFacts {
  const { uscc: _uscc, day: _day, contentHash: _hash, capital, ...facts } = entry;
  return { ...facts, ...(capital && { capital: capitalOf(capital) }) };
}

/** The former names once the subject is called `name`; the ones kept are bounded, newest first. */
export function formerNamesWith(
  before: { readonly name: string; readonly formerNames: FormerName[] },
  name: string,
  until?: CivilDate,
): FormerName[] {
  if (sameName(before.name, name)) return before.formerNames;
  const others = before.formerNames.filter(
    (former) => !sameName(former.name, name) && !sameName(former.name, before.name),
  );
  return [{ name: before.name, ...(until && { until }) }, ...others].slice(0, MOST_FORMER_NAMES);
}

/** The fields of a state, of a document that has others. */
export function stateOf(state: SubjectState): SubjectState {
  const fields = [
    'name',
    'status',
    'statusSince',
    'legalRepresentative',
    'type',
    'foundedOn',
    'capital',
    'scope',
    'province',
    'region',
    'address',
    'formerNames',
    'registeredOn',
  ] as const;
  return Object.fromEntries(
    fields.flatMap((field) => (state[field] === undefined ? [] : [[field, state[field]]])),
  ) as unknown as SubjectState;
}

type Registration = Pick<RegistrationDoc, 'day' | 'facts' | 'formerNames'>;

/** What a registration makes of a subject. A column that it leaves empty stays as it was. */
export function applied(
  before: SubjectState | undefined,
  { day, facts, formerNames }: Registration,
): SubjectState {
  const status = facts.status ?? before?.status ?? LISTED;
  const turned = before ? status !== before.status : status !== LISTED;
  const since = turned ? day : before?.statusSince;
  const { statusSince: _since, ...kept } = before ?? {};
  return {
    ...kept,
    ...facts,
    status,
    ...(since && { statusSince: since }),
    formerNames: before ? formerNamesWith(before, facts.name, day) : (formerNames ?? []),
    ...(day && { registeredOn: day }),
  };
}

/** @param registrations in the order of their ids */
export function folded(
  before: SubjectState | undefined,
  registrations: Iterable<Registration>,
): SubjectState | undefined {
  let state = before;
  for (const registration of registrations) state = applied(state, registration);
  return state;
}
