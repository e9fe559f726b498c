import { loadValueLists, valueKey, type ValueLists } from '../template/index.ts';
import type { CodeValue } from './reference.types.ts';

/** An entry of a value list on a day; `ended` takes the text out of the list, also one of the program's own. */
export interface CodeChange extends CodeValue {
  readonly ended: boolean;
}

interface OpenLists {
  readonly counterpartKinds: Map<
    string,
    ValueLists['counterpartKinds'] extends ReadonlyMap<string, infer V> ? V : never
  >;
  readonly licenseKinds: Map<string, { readonly name: string; readonly noted: boolean }>;
  readonly idTypes: Map<string, ValueLists['idTypes'] extends ReadonlyMap<string, infer V> ? V : never>;
  readonly penaltyKinds: Map<string, readonly string[]>;
  readonly states: Map<string, ValueLists['states']['names'][string]>;
}

function open(lists: ValueLists): OpenLists {
  return {
    counterpartKinds: new Map(lists.counterpartKinds),
    licenseKinds: new Map(lists.licenseKinds),
    idTypes: new Map(lists.idTypes),
    penaltyKinds: new Map(lists.penaltyKinds),
    states: new Map(Object.entries(lists.states.names)),
  };
}

function addValue(to: OpenLists, { list, text, noted = false }: CodeValue): void {
  const key = valueKey(text);
  if (list === 'license-kinds') to.licenseKinds.set(key, { name: text, noted });
  if (list === 'id-types') to.idTypes.set(key, { name: text, synonyms: [], codes: [] });
  if (list === 'penalty-kinds') to.penaltyKinds.set(key, [text]);
}

/** Gives `text` the meaning that another text has in `from`; a meaning that is gone leaves it unknown. */
function addSynonym(from: OpenLists, to: OpenLists, { list, text, means = [] }: CodeValue): void {
  const copy = <V>(known: ReadonlyMap<string, V>, target: Map<string, V>): void => {
    const value = known.get(valueKey(means[0] ?? ''));
    if (value === undefined) target.delete(valueKey(text));
    else target.set(valueKey(text), value);
  };
  if (list === 'counterpart-kinds') copy(from.counterpartKinds, to.counterpartKinds);
  if (list === 'license-kinds') copy(from.licenseKinds, to.licenseKinds);
  if (list === 'id-types') copy(from.idTypes, to.idTypes);
  if (list === 'states') copy(from.states, to.states);
  if (list !== 'penalty-kinds') return;
  const kinds = means.map((name) => from.penaltyKinds.get(valueKey(name)));
  if (kinds.includes(undefined)) to.penaltyKinds.delete(valueKey(text));
  else to.penaltyKinds.set(valueKey(text), [...new Set(kinds.flatMap((atomic) => atomic ?? []))]);
}

/** How a list is called among the open ones. */
const PLACES = {
  'counterpart-kinds': 'counterpartKinds',
  'license-kinds': 'licenseKinds',
  'id-types': 'idTypes',
  'penalty-kinds': 'penaltyKinds',
  states: 'states',
} as const satisfies Record<CodeValue['list'], keyof OpenLists>;

/** The program's own lists with these entries in place of what they say of the same texts. Pure. */
export function listsWith(changes: readonly CodeChange[]): ValueLists {
  const own = loadValueLists();
  if (changes.length === 0) return own;
  const lists = open(own);
  for (const change of changes) {
    if (change.ended) lists[PLACES[change.list]].delete(valueKey(change.text));
    else if (!change.means) addValue(lists, change);
  }
  // Synonyms stand for values, never for one another: their order is of no account.
  const values = open({
    ...own,
    ...lists,
    states: { ...own.states, names: Object.fromEntries(lists.states) },
  });
  for (const change of changes) if (!change.ended && change.means) addSynonym(values, lists, change);
  const { states, ...maps } = lists;
  return { ...own, ...maps, states: { ...own.states, names: Object.fromEntries(states) } };
}

/** Whether a list knows a text as it stands. */
export function knows(lists: ValueLists, list: CodeValue['list'], text: string): boolean {
  return open(lists)[PLACES[list]].has(valueKey(text));
}
