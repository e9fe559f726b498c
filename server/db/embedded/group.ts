import { asNumber, Int32, isNumeric, setOwn, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compileExpression, type Expression } from './expression.ts';
import { encodeComponent } from './key-bytes.ts';
import { add } from './arithmetic.ts';
import { Memory, roughSize } from './memory.ts';
import { compareValues } from './order.ts';
import { isDocument } from './path.ts';
import { PAUSE, type Pause } from './pause.ts';

/** Collects one accumulator over the documents of a group. */
interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

const ACCUMULATORS: Readonly<Record<string, (memory: Memory) => Accumulator>> = {
  $sum: () => {
    let sum: unknown = new Int32(0);
    return {
      add: (value) => {
        if (isNumeric(value)) sum = add(sum, value);
      },
      result: () => sum,
    };
  },
  $count: () => {
    let count = 0;
    return {
      add: () => {
        count += 1;
      },
      result: () => count,
    };
  },
  $avg: () => {
    let sum = 0;
    let count = 0;
    return {
      add(value) {
        const number = asNumber(value);
        if (number === undefined) return;
        sum += number;
        count += 1;
      },
      result: () => (count === 0 ? null : sum / count),
    };
  },
  $min: () => extreme((order) => order < 0),
  $max: () => extreme((order) => order > 0),
  $first: () => {
    let taken: { value: unknown } | undefined;
    return {
      add: (value) => {
        taken ??= { value };
      },
      result: () => taken?.value ?? null,
    };
  },
  $last: () => {
    let last: unknown;
    return {
      add: (value) => {
        last = value;
      },
      result: () => last ?? null,
    };
  },
  $push: (memory) => {
    const list: unknown[] = [];
    return {
      add: (value) => {
        if (value === undefined) return;
        memory.add(roughSize(value));
        list.push(value);
      },
      result: () => list,
    };
  },
  $addToSet: (memory) => {
    const values = new Map<string, unknown>();
    return {
      add(value) {
        if (value === undefined) return;
        const key = encodeComponent(value).toString('latin1');
        if (values.has(key)) return;
        memory.add(key.length + roughSize(value));
        values.set(key, value);
      },
      result: () => [...values.values()],
    };
  },
};

function extreme(better: (order: number) => boolean): Accumulator {
  let best: unknown;
  return {
    add(value) {
      if (value === undefined || value === null) return;
      if (best === undefined || better(compareValues(value, best))) best = value;
    },
    result: () => best ?? null,
  };
}

/**
 * Compiles `$group`. Documents come decoded for reading.
 * @throws MongoError 15955 without `_id`, 15952 for an unknown accumulator
 */
export function compileGroup(
  spec: unknown,
  variables: Doc,
): (docs: Iterable<Doc | Pause>) => Iterable<Doc | Pause> {
  if (!isDocument(spec)) return fail(15947, "a group's fields must be specified in an object");
  if (!('_id' in spec)) return fail(15955, 'a group specification must include an _id');
  const id = compileExpression(spec['_id']);
  const columns: { name: string; make: (memory: Memory) => Accumulator; value: Expression }[] = [];
  for (const [name, accumulator] of Object.entries(spec)) {
    if (name === '_id') continue;
    const [operator, operand] = isDocument(accumulator)
      ? (Object.entries(accumulator)[0] ?? ['', null])
      : ['', null];
    if (operator === '$accumulator' || operator === '$function') return unsupported(operator);
    const make = Object.hasOwn(ACCUMULATORS, operator) ? ACCUMULATORS[operator] : undefined;
    if (!make) return fail(15952, `unknown group operator '${operator}'`);
    columns.push({ name, make, value: compileExpression(operator === '$count' ? 1 : operand) });
  }
  return function* (docs) {
    const groups = new Map<string, { id: unknown; cells: Accumulator[] }>();
    const memory = new Memory('Group');
    for (const doc of docs) {
      if (doc === PAUSE) {
        yield doc;
        continue;
      }
      const groupId = id(doc, variables);
      const key =
        typeof groupId === 'string' ? `"${groupId}` : encodeComponent(groupId ?? null).toString('latin1');
      let group = groups.get(key);
      if (!group) {
        memory.add(key.length + roughSize(groupId) + 64 * columns.length);
        group = { id: groupId ?? null, cells: columns.map((column) => column.make(memory)) };
        groups.set(key, group);
      }
      for (let i = 0; i < columns.length; i += 1) group.cells[i]?.add(columns[i]?.value(doc, variables));
    }
    for (const group of groups.values()) {
      const out: Doc = { _id: group.id };
      for (const [i, column] of columns.entries()) setOwn(out, column.name, group.cells[i]?.result());
      yield out;
    }
  };
}
