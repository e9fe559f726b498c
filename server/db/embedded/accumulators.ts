import { add, average } from './arithmetic.ts';
import { asNumber, bsonTypeOf, Int32, isNumeric, setOwn, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compileExpression, type Expression } from './expression.ts';
import { encodeComponent } from './key-bytes.ts';
import { Memory, roughSize } from './memory.ts';
import { compareValues } from './order.ts';
import { isDocument } from './path.ts';
import { compileSort } from './sort.ts';

/** Collects one accumulator over the documents of a group. */
export interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

/** What an accumulator takes of each document, and how a group begins. */
export interface Column {
  readonly value: Expression;
  readonly make: (memory: Memory) => Accumulator;
}

type Make = Column['make'];

const SIMPLE: Readonly<Record<string, Make>> = {
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
    let sum: unknown = 0;
    let count = 0;
    return {
      add(value) {
        const number = asNumber(value);
        if (number === undefined) return;
        const plain = typeof sum === 'number' && bsonTypeOf(value) !== 'Decimal128';
        sum = plain ? (sum as number) + number : add(sum, value);
        count += 1;
      },
      result: () => (count === 0 ? null : average(sum, count)),
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
  $mergeObjects: () => {
    const merged: Doc = {};
    return {
      add(value) {
        if (value === undefined || value === null) return;
        if (!isDocument(value)) fail(40400, '$mergeObjects requires object inputs');
        for (const [name, field] of Object.entries(value as Doc)) setOwn(merged, name, field);
      },
      result: () => merged,
    };
  },
  $stdDevPop: () => deviation((squares, count) => (count === 0 ? null : Math.sqrt(squares / count))),
  $stdDevSamp: () => deviation((squares, count) => (count < 2 ? null : Math.sqrt(squares / (count - 1)))),
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

/** Welford's running sum of squared distances. */
function deviation(result: (squares: number, count: number) => number | null): Accumulator {
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add(value) {
      const number = asNumber(value);
      if (number === undefined) return;
      count += 1;
      const distance = number - mean;
      mean += distance / count;
      squares += distance * (number - mean);
    },
    result: () => result(squares, count),
  };
}

/** Keeps the first `n` by an order, or by their coming when there is none. */
function best(
  n: number,
  compare: ((a: unknown, b: unknown) => number) | undefined,
  memory: Memory,
): unknown[] & {
  offer(value: unknown): void;
} {
  const kept: unknown[] = [];
  return Object.assign(kept, {
    offer(value: unknown) {
      if (!compare) {
        if (kept.length >= n) return;
        kept.push(value);
      } else {
        let at = kept.length;
        while (at > 0 && compare(value, kept[at - 1]) < 0) at -= 1;
        if (at >= n) return;
        kept.splice(at, 0, value);
        if (kept.length > n) kept.length = n;
      }
      memory.add(roughSize(value));
    },
  });
}

function countOf(operator: string, n: unknown, variables: Doc): number {
  const number = asNumber(compileExpression(n ?? null)({}, variables));
  return number !== undefined && Number.isInteger(number) && number > 0
    ? number
    : fail(5787908, `'n' of ${operator} must be a positive whole number`);
}

const isNothing = (value: unknown): boolean => value === undefined || value === null;

/** `$firstN` and its kin: `{input, n}`. */
function severalOf(operator: string, spec: Doc, variables: Doc): Column {
  const n = countOf(operator, spec['n'], variables);
  const value = compileExpression(spec['input']);
  return {
    value,
    make(memory) {
      if (operator === '$lastN') {
        const last: unknown[] = [];
        return {
          add(one) {
            last.push(one ?? null);
            if (last.length > n) last.shift();
          },
          result: () => last,
        };
      }
      const order = operator === '$minN' ? compareValues : (a: unknown, b: unknown) => compareValues(b, a);
      const kept = best(n, operator === '$firstN' ? undefined : order, memory);
      return {
        add(one) {
          if (operator === '$firstN') kept.offer(one ?? null);
          else if (!isNothing(one)) kept.offer(one);
        },
        result: () => [...kept],
      };
    },
  };
}

/** `$top` and its kin: `{sortBy, output, n}`. */
function sortedBy(operator: string, spec: Doc, variables: Doc): Column {
  const several = operator.endsWith('N');
  const n = several ? countOf(operator, spec['n'], variables) : 1;
  if (!isDocument(spec['sortBy']) || !('output' in spec))
    return fail(5788002, `${operator} takes sortBy and output`);
  const keyOf = compileSort(spec['sortBy']);
  const output = compileExpression(spec['output']);
  const sign = operator.startsWith('$top') ? 1 : -1;
  type Row = { key: Buffer; value: unknown };
  const compare = (a: unknown, b: unknown) => sign * Buffer.compare((a as Row).key, (b as Row).key);
  return {
    value: (doc, bound) => ({ key: keyOf(doc), value: output(doc, bound) ?? null }) satisfies Row,
    make(memory) {
      const kept = best(n, compare, memory);
      return {
        add: (row) => kept.offer(row),
        result() {
          const values = kept.map((row) => (row as Row).value);
          if (sign < 0) values.reverse();
          return several ? values : (values[0] ?? null);
        },
      };
    },
  };
}

/** `$median` and `$percentile`: the value at that share of the numbers. */
function percentiles(operator: string, spec: Doc): Column {
  const shares = operator === '$median' ? [0.5] : spec['p'];
  if (spec['method'] !== 'approximate') return fail(2, `${operator} takes the method 'approximate'`);
  const wanted = Array.isArray(shares) ? shares.map(asNumber) : [];
  if (wanted.length === 0 || wanted.some((share) => share === undefined || share < 0 || share > 1))
    return fail(7750300, `'p' of ${operator} must be an array of numbers from 0 to 1`);
  return {
    value: compileExpression(spec['input']),
    make(memory) {
      const numbers: number[] = [];
      return {
        add(value) {
          const number = asNumber(value);
          if (number === undefined) return;
          memory.add(8);
          numbers.push(number);
        },
        result() {
          numbers.sort((a, b) => a - b);
          const values = wanted.map(
            (share = 0) => numbers[Math.max(0, Math.ceil(share * numbers.length) - 1)] ?? null,
          );
          return operator === '$median' ? values[0] : values;
        },
      };
    },
  };
}

/** @throws MongoError 15952 for an unknown accumulator, 115 for one that would run code */
export function compileAccumulator(operator: string, operand: unknown, variables: Doc): Column {
  const make = Object.hasOwn(SIMPLE, operator) ? SIMPLE[operator] : undefined;
  if (make) return { make, value: compileExpression(operator === '$count' ? 1 : operand) };
  const spec = isDocument(operand) ? operand : {};
  switch (operator) {
    case '$firstN':
    case '$lastN':
    case '$minN':
    case '$maxN':
      return severalOf(operator, spec, variables);
    case '$top':
    case '$topN':
    case '$bottom':
    case '$bottomN':
      return sortedBy(operator, spec, variables);
    case '$median':
    case '$percentile':
      return percentiles(operator, spec);
    case '$accumulator':
    case '$function':
      return unsupported(operator);
    default:
      return fail(15952, `unknown group operator '${operator}'`);
  }
}
