import { upstreamCodeOf, valueKey, type ValueList } from '../../template/index.ts';
import { readPenaltyKinds } from './penalty-kinds.ts';
import type { RowState } from './row-state.ts';

type ReadValue = (row: RowState, index: number, text: string) => string;

/** Note of 其他-…, in the forms met: 其他-文字, 其他：文字, 其他（文字）. */
const NOTED = /^(.{1,6}?)\s*(?:[-－—–:：]+\s*(.+)|[（(](.+)[)）])$/s;

function licenseKind(row: RowState, index: number, text: string): string {
  const { licenseKinds } = row.lists;
  const plain = licenseKinds.get(valueKey(text));
  if (plain) {
    if (plain.noted && !row.lists.otherWithoutNote.includes(row.plan.generation)) {
      row.fault(index, 'FEED_LICENSE_OTHER_NOTE');
    }
    return plain.name;
  }
  const noted = NOTED.exec(text);
  const kind = licenseKinds.get(valueKey(noted?.[1] ?? ''));
  const note = (noted?.[2] ?? noted?.[3])?.trim();
  if (kind?.noted && note) return `${kind.name}-${note}`;
  const expected = [...new Set([...licenseKinds.values()].map(({ name }) => name))].join('、');
  row.fault(index, 'FEED_LICENSE_KIND_UNKNOWN', { value: text, expected });
  return text;
}

function penaltyKinds(row: RowState, index: number, text: string): string {
  const result = readPenaltyKinds(text, row.plan.generation, row.lists);
  if (!result.ok) {
    row.fault(index, result.code, { value: result.value });
    return text;
  }
  row.penaltyKinds = result.kinds;
  return result.kinds.join('；');
}

function idType(row: RowState, index: number, text: string): string {
  const type = row.lists.idTypes.get(valueKey(text));
  if (type) return type.name;
  const names = [...new Set([...row.lists.idTypes.values()].map(({ name }) => name))];
  row.fault(index, 'FEED_ID_TYPE_UNKNOWN', { value: text, expected: names.join('、') });
  return text;
}

/** @returns the code of the current template; empty where it has none for this state */
function state(row: RowState, index: number, text: string): string {
  const { names, codes, upstream } = row.lists.states;
  const key = valueKey(text);
  const own = codes[row.plan.generation];
  row.state = names[key];
  if (!row.state && /^\d$/.test(key) && !row.plan.generationCertain) {
    row.fault(index, 'FEED_STATE_AMBIGUOUS', { value: text });
    return text;
  }
  row.state ??= own[key];
  if (!row.state) {
    row.fault(index, 'FEED_STATE_UNKNOWN', { value: text, expected: Object.keys(own).join('、') });
    return text;
  }
  const current = upstream[row.state];
  // Columns of older templates only keep their own code: nothing is sent from them.
  return upstreamCodeOf(row.plan.feed, 'state') === undefined ? text : (current ?? '');
}

function counterpartKind(row: RowState, _index: number, text: string): string {
  // An unreadable value was refused when the kind was settled.
  return row.counterpartKind ? row.lists.counterpartKindNames[row.counterpartKind] : text;
}

const READERS: Readonly<Record<ValueList, ReadValue>> = {
  'counterpart-kinds': counterpartKind,
  'id-types': idType,
  'license-kinds': licenseKind,
  'penalty-kinds': penaltyKinds,
  states: state,
};

/** Reads a value of one of the lists of `schema/codes` into the word of the current template. */
export function checkValue(row: RowState, index: number, list: ValueList, text: string): string {
  return READERS[list](row, index, text);
}
