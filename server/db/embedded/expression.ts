import { Context, evalExpr, OpType } from 'mingo/core';
import * as expressions from 'mingo/operators/expression';
import type { Any, Options } from 'mingo/types';
import { asNumber, bsonTypeOf, type Doc, type Long } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { isDocument } from './path.ts';

/** Evaluates an aggregation expression on a document decoded for reading (plain numbers). */
export type Expression = (doc: Doc, variables?: Doc) => unknown;

const context = Context.init({ expression: { ...expressions } as never });
const base = {
  idKey: '_id',
  context,
  scriptEnabled: false,
  useStrictMode: true,
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
    if (context.getOperator(OpType.EXPRESSION, operator) === null)
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
  return (doc, variables) =>
    evalExpr(
      doc as Any,
      ready as Any,
      variables === undefined ? base : { ...base, variables: variables as never },
    );
}
