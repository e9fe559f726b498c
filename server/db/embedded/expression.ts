import { Context, evalExpr, OpType } from 'mingo/core';
import * as expressions from 'mingo/operators/expression';
import type { Any, Options } from 'mingo/types';
import { add, multiply } from './arithmetic.ts';
import { asNumber, bsonTypeOf, Int32, isNumeric, type Doc, type Long } from './bson.ts';
import { fail, MongoError, unsupported } from './error.ts';
import { CONVERTERS, convert } from './expression-convert.ts';
import { DATE_FUNCTIONS, DATE_PARTS } from './expression-date.ts';
import { isNothing, NUMBERS, type Plain } from './expression-number.ts';
import { encodeComponent } from './key-bytes.ts';
import { compareValues } from './order.ts';
import { isDocument, truthy } from './path.ts';

/** Evaluates an aggregation expression on a document decoded for reading (plain numbers). */
export type Expression = (doc: Doc, variables?: Doc) => unknown;

type Operator = (doc: Any, operand: Any, options: Options) => unknown;
const theirs = expressions as unknown as Readonly<Record<string, Operator>>;

/** Missing is less than null; everything else in the order of BSON. */
function order(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  // An empty array sorts before null in an index; compared in an expression it is an array like any other.
  if (Array.isArray(a) === Array.isArray(b)) return compareValues(a, b);
  return compareValues(Array.isArray(a) ? [null] : a, Array.isArray(b) ? [null] : b);
}

function compares(name: string, result: (order: number) => unknown): [string, Operator] {
  return [
    name,
    (doc, operand, options) => {
      const args = evalExpr(doc, operand, options) as unknown;
      if (!Array.isArray(args) || args.length !== 2) return fail(16020, `${name} takes two arguments`);
      return result(order(args[0], args[1]));
    },
  ];
}

const isWide = (value: unknown): boolean => ['Long', 'Decimal128'].includes(bsonTypeOf(value) ?? '');

/** Numbers that no double holds are added and multiplied exactly, the others as the library does. */
function exact(name: string, operate: (a: unknown, b: unknown) => unknown): [string, Operator] {
  return [
    name,
    (doc, operand, options) => {
      const args = evalExpr(doc, operand, options) as unknown;
      if (Array.isArray(args) && args.some(isWide) && args.every(isNumeric))
        return plain(args.reduce((a: unknown, b: unknown) => operate(a, b)));
      return theirs[name]?.(doc, operand, options);
    },
  ];
}

/** An operator that works on evaluated arguments. */
function evaluated(name: string, operate: Plain): [string, Operator] {
  return [
    name,
    (doc, operand, options) => {
      const list = Array.isArray(operand) ? (operand as unknown[]) : [operand];
      return operate(...list.map((arg) => evalExpr(doc, arg as Any, options) as unknown));
    },
  ];
}

/** An operator whose operand is a document with names, or the one thing it is about. */
function named(name: string, about: string, operate: (spec: Doc) => unknown): [string, Operator] {
  return [
    name,
    (doc, operand, options) => {
      const list = Array.isArray(operand) ? (operand as unknown[]) : [operand];
      const [only] = list;
      const spec = isDocument(only) && about in only ? only : { [about]: only };
      const values = Object.entries(spec).map(([key, value]) => [
        key,
        evalExpr(doc, value as Any, options) as unknown,
      ]);
      return operate(Object.fromEntries(values) as Doc);
    },
  ];
}

const isArrayOperand = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Where the library answers other than the server does when a value is null or missing, of a wrong type or text. */
const OWN: readonly [string, Operator][] = [
  ...Object.entries({ ...NUMBERS, ...CONVERTERS }).map(([name, operate]) => evaluated(name, operate)),
  ...Object.entries(DATE_PARTS).map(([name, operate]) => named(name, 'date', operate)),
  ...Object.entries(DATE_FUNCTIONS).map(([name, operate]) =>
    named(name, name === '$dateFromString' ? 'dateString' : 'date', operate),
  ),
  evaluated('$size', (list) =>
    Array.isArray(list) ? list.length : fail(17124, 'The argument to $size must be an array'),
  ),
  evaluated('$first', (list) => elementOf('$first', list, 0)),
  evaluated('$last', (list) => elementOf('$last', list, -1)),
  evaluated('$slice', (list, ...numbers) => {
    if (isNothing(list) || numbers.some(isNothing)) return null;
    if (!Array.isArray(list)) return fail(28724, 'First argument to $slice must be an array');
    const [first = 0, count] = numbers.map(
      (number) => asNumber(number) ?? fail(28726, '$slice takes numbers'),
    );
    if (count === undefined)
      return first < 0 ? (list.slice(first) as unknown[]) : (list.slice(0, first) as unknown[]);
    if (count <= 0) return fail(28729, 'Third argument to $slice must be positive');
    const from = first < 0 ? Math.max(0, list.length + first) : first;
    return list.slice(from, from + count) as unknown[];
  }),
  evaluated('$setUnion', (...lists) => {
    if (lists.some(isNothing)) return null;
    if (!lists.every(isArrayOperand)) return fail(17043, 'All operands of $setUnion must be arrays');
    const values = new Map(
      lists.flat().map((value) => [encodeComponent(value ?? null).toString('latin1'), value]),
    );
    return [...values.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  }),
  [
    '$convert',
    (doc, operand, options) => {
      if (!isDocument(operand) || !('input' in operand) || !('to' in operand))
        return fail(9, '$convert takes input and to');
      const value = (name: string) => evalExpr(doc, operand[name] as Any, options) as unknown;
      const input = value('input');
      if (isNothing(input)) return 'onNull' in operand ? value('onNull') : null;
      const to = value('to');
      try {
        return convert(input, isDocument(to) ? to['type'] : to);
      } catch (error) {
        if ('onError' in operand && error instanceof MongoError && error.code === 241)
          return value('onError');
        throw error;
      }
    },
  ],
  // What is not needed is not evaluated.
  [
    '$and',
    (doc, operand, options) => listOf(operand).every((arg) => truthy(evalExpr(doc, arg as Any, options))),
  ],
  [
    '$or',
    (doc, operand, options) => listOf(operand).some((arg) => truthy(evalExpr(doc, arg as Any, options))),
  ],
  evaluated('$not', (value) => !truthy(value)),
  [
    '$cond',
    (doc, operand, options) => {
      const [test, yes, no] = Array.isArray(operand)
        ? (operand as unknown[])
        : isDocument(operand)
          ? [operand['if'], operand['then'], operand['else']]
          : [];
      if (yes === undefined || no === undefined) return fail(16020, '$cond takes if, then and else');
      return evalExpr(doc, (truthy(evalExpr(doc, test as Any, options)) ? yes : no) as Any, options);
    },
  ],
  [
    '$switch',
    (doc, operand, options) => {
      const spec = isDocument(operand) ? operand : {};
      const branches = spec['branches'];
      if (!Array.isArray(branches) || branches.length === 0)
        return fail(40068, '$switch requires at least one branch');
      const taken = (branches as Doc[]).find((branch) =>
        truthy(evalExpr(doc, branch['case'] as Any, options)),
      );
      if (taken) return evalExpr(doc, taken['then'] as Any, options);
      if (!('default' in spec))
        return fail(40066, '$switch could not find a matching branch, and no default was specified');
      return evalExpr(doc, spec['default'] as Any, options);
    },
  ],
  ...(['$dateAdd', '$dateSubtract', '$dateDiff'] as const).map((name): [string, Operator] => [
    name,
    (doc, operand, options) => {
      const needed =
        name === '$dateDiff' ? ['startDate', 'endDate', 'unit'] : ['startDate', 'unit', 'amount'];
      if (!isDocument(operand)) return fail(5166301, `${name} expects an object`);
      const missing = needed.some((key) => isNothing(evalExpr(doc, operand[key] as Any, options)));
      return missing ? null : theirs[name]?.(doc, operand as Any, options);
    },
  ]),
];

const listOf = (operand: unknown): readonly unknown[] =>
  Array.isArray(operand) ? (operand as unknown[]) : [operand];

function elementOf(name: string, list: unknown, at: number): unknown {
  if (isNothing(list)) return null;
  return Array.isArray(list)
    ? (list as unknown[]).at(at)
    : fail(28689, `${name}'s argument must be an array`);
}

/** An operator of our own, refused to clients: it hands out the library's prepared options. */
const CAPTURE = '$capturePrepared';
let captured: Options | undefined;

const context = Context.init({
  expression: {
    ...theirs,
    ...Object.fromEntries([
      ...OWN,
      compares('$eq', (by) => by === 0),
      compares('$ne', (by) => by !== 0),
      compares('$gt', (by) => by > 0),
      compares('$gte', (by) => by >= 0),
      compares('$lt', (by) => by < 0),
      compares('$lte', (by) => by <= 0),
      compares('$cmp', Math.sign),
      exact('$add', add),
      exact('$subtract', (a, b) => add(a, multiply(b, new Int32(-1)))),
      exact('$multiply', multiply),
      [
        CAPTURE,
        (_doc: Any, _operand: Any, options: Options) => {
          captured = options;
        },
      ],
    ]),
  } as never,
});
const base = {
  idKey: '_id',
  context,
  scriptEnabled: false,
  useStrictMode: true,
  // Without it a wrong operand gives null in silence.
  failOnError: true,
  processingMode: 0,
} as Options;
const REFUSED = new Set(['$function', '$accumulator', '$where', '$meta']);

function check(expression: unknown): void {
  if (Array.isArray(expression)) {
    expression.forEach(check);
    return;
  }
  if (!isDocument(expression)) return;
  const names = Object.keys(expression);
  const operator = names.find((name) => name.startsWith('$'));
  if (operator !== undefined) {
    if (names.length > 1) fail(15983, 'an expression object has exactly one operator');
    if (REFUSED.has(operator)) unsupported(operator);
    if (operator === '$literal') return;
    if (operator === CAPTURE || context.getOperator(OpType.EXPRESSION, operator) === null)
      fail(168, `Unrecognized expression '${operator}'`);
  }
  Object.values(expression).forEach(check);
}

/** Long values that a double holds go in as numbers, ids and dates as they are. */
function plain(value: unknown): unknown {
  const type = bsonTypeOf(value);
  if (type === 'Int32' || type === 'Double') return asNumber(value);
  if (type === 'Long') {
    const number = (value as Long).toNumber();
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (isDocument(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  return value;
}

/**
 * Checks an expression and makes it ready.
 * @throws MongoError 168 for an unknown operator, 115 for one that would run code
 */
export function compileExpression(expression: unknown): Expression {
  check(expression);
  const ready = plain(expression);
  if (typeof ready === 'string' && /^\$[^$]/.test(ready)) {
    const parts = ready.slice(1).split('.');
    if (parts.length === 1)
      return (doc) => (Object.hasOwn(doc, parts[0] ?? '') ? doc[parts[0] ?? ''] : undefined);
  }
  if (typeof ready !== 'string' && (typeof ready !== 'object' || ready === null)) return () => ready;
  let prepared: Prepared | undefined;
  return (doc, variables) => {
    prepared ??= prepare(variables);
    try {
      return evalExpr(doc as Any, ready as Any, prepared.update({ root: doc }));
    } catch (error) {
      if (error instanceof MongoError) throw error;
      const message = error instanceof Error ? error.message : 'the expression cannot be evaluated';
      return fail(/undefined variable/i.test(message) ? 17276 : 2, message);
    }
  };
}

/** Given plain options the library copies its operators on every evaluation; given these it does not. */
type Prepared = Options & { update(locals: { root: unknown }): Options };

function prepare(variables: Doc | undefined): Prepared {
  const options = variables === undefined ? base : { ...base, variables: variables as never };
  evalExpr({}, { [CAPTURE]: 1 }, options);
  return captured as Prepared;
}

/** The top-level fields that an expression reads; undefined when it may read all. */
export function fieldsOfExpression(expression: unknown): Set<string> | undefined {
  const fields = new Set<string>();
  return collectFields(expression, fields) ? fields : undefined;
}

function collectFields(expression: unknown, fields: Set<string>): boolean {
  if (typeof expression === 'string') {
    if (expression.startsWith('$$')) return false;
    if (expression.startsWith('$')) fields.add(expression.slice(1).split('.')[0] ?? '');
    return true;
  }
  if (Array.isArray(expression)) return expression.every((entry) => collectFields(entry, fields));
  if (!isDocument(expression)) return true;
  // An order names its fields without a dollar.
  const { sortBy } = expression;
  for (const path of isDocument(sortBy) ? Object.keys(sortBy) : []) fields.add(path.split('.')[0] ?? '');
  return Object.values(expression).every((entry) => collectFields(entry, fields));
}
