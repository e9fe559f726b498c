import { loadValueLists, valueKey, type Generation, type ValueLists } from '../../template/index.ts';
import { memo } from './memo.ts';

export type ReadPenaltyKinds =
  | { readonly ok: true; readonly kinds: readonly string[] }
  | {
      readonly ok: false;
      readonly code: 'FEED_PENALTY_KIND_UNKNOWN' | 'FEED_PENALTY_OTHER_NOTE';
      readonly value: string;
    };

/** What may stand between kinds. 、 also stands inside some names and is tried after them. */
const SEPARATORS = /[；;，,|\n]+/;
const OTHER = /^其[他它]\s*(?:[-－—–:：]+\s*(.+)|[（(](.+)[)）])$/s;

function splitOne(token: string, lists: ValueLists): string[] {
  const parts: string[] = [];
  for (const part of token.split('、').map((text) => text.trim())) {
    const last = parts.at(-1);
    // The text of 其他-… may itself list things; only a known kind ends it.
    if (last !== undefined && OTHER.test(last) && !isKnown(part, lists))
      parts[parts.length - 1] = `${last}、${part}`;
    else if (part !== '') parts.push(part);
  }
  return parts;
}

function isKnown(text: string, lists: ValueLists): boolean {
  const key = valueKey(text);
  return lists.penaltyKinds.has(key) || lists.penaltyOther.has(key) || OTHER.test(text);
}

function read(text: string, generation: Generation, lists: ValueLists): ReadPenaltyKinds {
  const kinds = new Set<string>();
  for (const token of text.split(SEPARATORS).map((part) => part.trim())) {
    if (token === '') continue;
    for (const part of isKnown(token, lists) && !OTHER.test(token) ? [token] : splitOne(token, lists)) {
      const key = valueKey(part);
      const other = OTHER.exec(part);
      const note = (other?.[1] ?? other?.[2])?.trim();
      if (note) kinds.add(`其他-${note}`);
      else if (lists.penaltyOther.has(key)) {
        if (!lists.otherWithoutNote.includes(generation)) {
          return { ok: false, code: 'FEED_PENALTY_OTHER_NOTE', value: part };
        }
        kinds.add('其他');
      } else {
        const atomic = lists.penaltyKinds.get(key);
        if (!atomic) return { ok: false, code: 'FEED_PENALTY_KIND_UNKNOWN', value: part };
        for (const kind of atomic) kinds.add(kind);
      }
    }
  }
  if (kinds.size === 0) return { ok: false, code: 'FEED_PENALTY_KIND_UNKNOWN', value: text };
  return { ok: true, kinds: [...kinds] };
}

/**
 * Reads 处罚类别 (R19): several kinds with any of the usual separators, aggregates of older templates as their
 * atomic kinds, 其他 with its text.
 */
export function readPenaltyKinds(
  text: string,
  generation: Generation,
  lists: ValueLists = loadValueLists(),
): ReadPenaltyKinds {
  let readers = known.get(lists);
  if (!readers) known.set(lists, (readers = readersOf(lists)));
  return readers[generation](text);
}

type Readers = Readonly<Record<Generation, (text: string) => ReadPenaltyKinds>>;

const known = new WeakMap<ValueLists, Readers>();

function readersOf(lists: ValueLists): Readers {
  return {
    g1: memo((text) => read(text, 'g1', lists)),
    g2: memo((text) => read(text, 'g2', lists)),
    g3: memo((text) => read(text, 'g3', lists)),
  };
}
