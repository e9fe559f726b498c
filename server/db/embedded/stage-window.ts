import { compileAccumulator, type Column } from './accumulators.ts';
import { asNumber, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compileExpression, type Expression } from './expression.ts';
import { encodeComponent } from './key-bytes.ts';
import { Memory } from './memory.ts';
import { isDocument } from './path.ts';
import { compileSort } from './sort.ts';
import { collect, setPath, type PipelineHost, type Stage } from './stage.ts';

interface Row {
  readonly doc: Doc;
  readonly sort: Buffer;
  /** Of the single field of `sortBy`: what a range is measured on. */
  readonly at: number | undefined;
}

/** The value of one output field for each row of a partition. */
type Output = (rows: readonly Row[]) => unknown[];

const RANKS = new Set(['$rank', '$denseRank', '$documentNumber']);
const NOT_OFFERED = new Set([
  '$covariancePop',
  '$covarianceSamp',
  '$derivative',
  '$expMovingAvg',
  '$integral',
  '$linearFill',
  '$locf',
]);
const UNIT_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** @throws MongoError 9 for a wrong specification, 115 for an operator or a unit that is not offered */
export function setWindowFields(operand: unknown, host: PipelineHost): Stage {
  if (!isDocument(operand) || !isDocument(operand['output']))
    return fail(9, '$setWindowFields takes partitionBy, sortBy and output');
  const { partitionBy = null, sortBy, output } = operand;
  if (sortBy !== undefined && !isDocument(sortBy)) return fail(9, "'sortBy' must be an object");
  const partition = compileExpression(partitionBy);
  const sort = isDocument(sortBy) && Object.keys(sortBy).length > 0 ? sortBy : undefined;
  const keyOf = sort ? compileSort(sort) : () => Buffer.alloc(0);
  const [first, second] = Object.keys(sort ?? {});
  const measure = first !== undefined && second === undefined ? compileExpression(`$${first}`) : undefined;
  const outputs = Object.entries(output as Doc).map(([path, spec]) => ({
    parts: path.split('.'),
    of: compileOutput(path, spec, sort, host.variables),
  }));
  return function* (docs) {
    const all = (yield* collect(docs, '$setWindowFields')).map((doc) => ({
      doc,
      part: encodeComponent(partition(doc, host.variables) ?? null),
      sort: keyOf(doc),
      at: position(measure?.(doc)),
    }));
    all.sort((a, b) => Buffer.compare(a.part, b.part) || Buffer.compare(a.sort, b.sort));
    for (let from = 0; from < all.length;) {
      let to = from + 1;
      while (to < all.length && all[to]?.part.equals(all[from]?.part ?? Buffer.alloc(0)) === true) to += 1;
      const rows = all.slice(from, to);
      const columns = outputs.map(({ parts, of }) => ({ parts, values: of(rows) }));
      for (const [i, { doc }] of rows.entries())
        yield columns.reduce((out, { parts, values }) => setPath(out, parts, values[i] ?? null), doc);
      from = to;
    }
  };
}

function position(value: unknown): number | undefined {
  return value instanceof Date ? value.getTime() : asNumber(value);
}

function compileOutput(path: string, spec: unknown, sort: Doc | undefined, variables: Doc): Output {
  const { window, ...operators } = isDocument(spec) ? spec : {};
  const [[operator, operand] = ['', null], more] = Object.entries(operators);
  if (operator === '' || more) return fail(9, `the output '${path}' takes one window operator`);
  if (NOT_OFFERED.has(operator)) return unsupported(`${operator} of $setWindowFields`);
  if ((RANKS.has(operator) || operator === '$shift') && !sort)
    return fail(5371602, `${operator} needs a sortBy`);
  if (RANKS.has(operator)) return (rows) => ranks(rows, operator);
  if (operator === '$shift') return shift(operand, variables);
  const column = compileAccumulator(operator, operand, variables);
  if (window === undefined) return (rows) => over(rows, column, () => [0, rows.length - 1], variables);
  if (!isDocument(window) || 'documents' in window === 'range' in window)
    return fail(9, "a window has either 'documents' or 'range'");
  if (!sort) return fail(5339901, 'a bounded window needs a sortBy');
  return 'documents' in window
    ? byDocuments(column, window['documents'], variables)
    : byRange(column, window, sort, variables);
}

function ranks(rows: readonly Row[], operator: string): number[] {
  let rank = 0;
  let dense = 0;
  return rows.map((row, i) => {
    if (i === 0 || !row.sort.equals(rows[i - 1]?.sort ?? row.sort)) {
      rank = i + 1;
      dense += 1;
    }
    return operator === '$documentNumber' ? i + 1 : operator === '$rank' ? rank : dense;
  });
}

function shift(operand: unknown, variables: Doc): Output {
  const by = isDocument(operand) ? asNumber(operand['by']) : undefined;
  if (!isDocument(operand) || by === undefined || !Number.isInteger(by) || !('output' in operand))
    return fail(9, '$shift takes output, by and default');
  const value: Expression = compileExpression(operand['output']);
  const otherwise = compileExpression(operand['default'] ?? null)({}, variables);
  return (rows) =>
    rows.map((_row, i) => {
      const other = rows[i + by];
      return other ? value(other.doc, variables) : otherwise;
    });
}

/** First and last row of a row's window; an empty window ends before it begins. */
type Bounds = (row: number) => readonly [number, number];

function over(rows: readonly Row[], column: Column, bounds: Bounds, variables: Doc): unknown[] {
  const values = rows.map(({ doc }) => column.value(doc, variables));
  let cell = column.make(new Memory('$setWindowFields'));
  let [begin, end] = [0, -1];
  return rows.map((_row, i) => {
    const [from, to] = bounds(i);
    if (from !== begin || to < end) {
      cell = column.make(new Memory('$setWindowFields'));
      [begin, end] = [from, from - 1];
    }
    // A window that only grows goes on where it was.
    for (; end < to; end += 1) cell.add(values[end + 1]);
    const result = cell.result();
    return Array.isArray(result) ? [...(result as unknown[])] : result;
  });
}

function byDocuments(column: Column, spec: unknown, variables: Doc): Output {
  const [low, high] = pair(spec).map((bound, i) => {
    if (bound === 'unbounded') return i === 0 ? -Infinity : Infinity;
    const number = bound === 'current' ? 0 : asNumber(bound);
    return number !== undefined && Number.isInteger(number)
      ? number
      : fail(9, 'a window bound is a whole number');
  }) as [number, number];
  if (low > high) fail(5339900, 'the lower bound of a window must not be above the upper one');
  return (rows) =>
    over(rows, column, (i) => [Math.max(0, i + low), Math.min(rows.length - 1, i + high)], variables);
}

function byRange(column: Column, window: Doc, sort: Doc, variables: Doc): Output {
  const unit = window['unit'];
  const scale = unit === undefined ? 1 : UNIT_MS[String(unit)];
  if (scale === undefined) return unsupported(`a window in units of ${String(unit)}`);
  const [direction, more] = Object.values(sort);
  if (more !== undefined || asNumber(direction) !== 1)
    return fail(5339902, 'a range window needs a sortBy of one ascending field');
  const [low, high] = pair(window['range']).map((bound, i) => {
    if (bound === 'unbounded') return i === 0 ? -Infinity : Infinity;
    return (bound === 'current' ? 0 : (asNumber(bound) ?? fail(9, 'a window bound is a number'))) * scale;
  }) as [number, number];
  return (rows) => {
    const inside = (i: number, j: number): boolean => {
      const [at, other] = [rows[i]?.at, rows[j]?.at];
      if (at === undefined || other === undefined)
        return fail(5429414, 'a range window needs numbers or dates in the sortBy field');
      return other >= at + low && other <= at + high;
    };
    const bounds: Bounds = (i) => {
      let [from, to] = [i, i];
      if (!inside(i, i)) {
        from = rows.findIndex((_row, j) => inside(i, j));
        if (from < 0) return [i, i - 1];
        to = from;
      }
      while (from > 0 && inside(i, from - 1)) from -= 1;
      while (to < rows.length - 1 && inside(i, to + 1)) to += 1;
      return [from, to];
    };
    return over(rows, column, bounds, variables);
  };
}

function pair(spec: unknown): [unknown, unknown] {
  return Array.isArray(spec) && spec.length === 2
    ? (spec as [unknown, unknown])
    : fail(9, 'a window has a lower and an upper bound');
}
