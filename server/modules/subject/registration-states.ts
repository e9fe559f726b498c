import { readFileSync } from 'node:fs';
import { normaliseName } from './subject-name.ts';

interface RegistrationState {
  readonly code: string;
  readonly name: string;
  readonly synonyms: readonly string[];
  readonly ended: boolean;
}

/** State of a subject of which the register says nothing else. */
export const LISTED = '存续';

const FILE = new URL('../../../schema/codes/registration-states.json', import.meta.url);
let loaded: ReadonlyMap<string, RegistrationState> | undefined;

function states(): ReadonlyMap<string, RegistrationState> {
  if (!loaded) {
    const { values } = JSON.parse(readFileSync(FILE, 'utf8')) as { values: readonly RegistrationState[] };
    loaded = new Map(
      values.flatMap((state) =>
        [state.code, state.name, ...state.synonyms].map((text) => [normaliseName(text), state] as const),
      ),
    );
  }
  return loaded;
}

/** Name in the list of states 登记状态 of what a register calls it, by code, name or another word for it. */
export function registrationStateOf(text: string): string | undefined {
  return states().get(normaliseName(text))?.name;
}

/** The names of all states. */
export function registrationStates(): readonly string[] {
  return [...new Set([...states().values()].map(({ name }) => name))];
}

/** Whether a subject in this state is no more: 注销, 撤销. */
export function hasEnded(status: string): boolean {
  return states().get(status)?.ended ?? false;
}
