import { Context, evalExpr, OpType } from 'mingo/core';
import * as expressions from 'mingo/operators/expression';
import type { Any, Options } from 'mingo/types';
import { add, multiply } from './arithmetic.ts';
import { asNumber, bsonTypeOf, Int32, isNumeric, type Doc, type Long } from './bson.ts';
import { fail, MongoError, unsupported } from './error.ts';
import { compareValues } from './order.ts';
import { isDocument } from './path.ts';

/** Evaluates an aggregation expression on a document decoded for reading (plain numbers). */
export type Expression = (doc: Doc, variables?: Doc) => unknown;

type Operator = (doc: Any, operand: Any, options: Options) => unknown;
const theirs = expressions as unknown as Readonly<Record<string, Operator>>;

/** Missing is less than null; everything else in the order of BSON. */
function order(a: unknown, b: unknown): number {
  return a === undefined || b === undefined
    ? Number(a !== undefined) - Number(b !== undefined)
    : compareValues(a, b);
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

/** An operator of our own, refused to clients: it hands out the library's prepared options. */
const CAPTURE = '$capturePrepared';
let captured: Options | undefined;

const context = Context.init({
  expression: {
    ...theirs,
    ...Object.fromEntries([
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
      return fail(2, error instanceof Error ? error.message : 'the expression cannot be evaluated');
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
  return !isDocument(expression) || Object.values(expression).every((entry) => collectFields(entry, fields));
}
