import { asNumber, Int32, isNumeric, setOwn, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compileExpression, type Expression } from './expression.ts';
import { encodeComponent } from './keys.ts';
import { compareValues, equalValues } from './order.ts';
import { isDocument } from './path.ts';
import { add } from './update.ts';

/** Collects one accumulator over the documents of a group. */
interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

const ACCUMULATORS: Readonly<Record<string, () => Accumulator>> = {
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
  $push: () => {
    const list: unknown[] = [];
    return {
      add: (value) => {
        if (value !== undefined) list.push(value);
      },
      result: () => list,
    };
  },
  $addToSet: () => {
    const list: unknown[] = [];
    return {
      add(value) {
        if (value !== undefined && !list.some((element) => equalValues(element, value))) list.push(value);
      },
      result: () => list,
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
export function compileGroup(spec: unknown, variables: Doc): (docs: Iterable<Doc>) => Doc[] {
  if (!isDocument(spec)) return fail(15947, "a group's fields must be specified in an object");
  if (!('_id' in spec)) return fail(15955, 'a group specification must include an _id');
  const id = compileExpression(spec['_id']);
  const columns: { name: string; make: () => Accumulator; value: Expression }[] = [];
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
  return (docs) => {
    const groups = new Map<string, { id: unknown; cells: Accumulator[] }>();
    for (const doc of docs) {
      const groupId = id(doc, variables);
      const key = encodeComponent(groupId ?? null).toString('latin1');
      let group = groups.get(key);
      if (!group) {
        group = { id: groupId ?? null, cells: columns.map((column) => column.make()) };
        groups.set(key, group);
      }
      for (const [i, column] of columns.entries()) group.cells[i]?.add(column.value(doc, variables));
    }
    return [...groups.values()].map((group) => {
      const out: Doc = { _id: group.id };
      for (const [i, column] of columns.entries()) setOwn(out, column.name, group.cells[i]?.result());
      return out;
    });
  };
}
