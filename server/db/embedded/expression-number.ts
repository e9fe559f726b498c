import { add, average, decimalParts, decimalText } from './arithmetic.ts';
import { asNumber, bsonTypeOf, Decimal128, encode, Long, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compareValues } from './order.ts';
import { isDocument } from './path.ts';

/** An operator over arguments that have been evaluated. */
export type Plain = (...args: unknown[]) => unknown;

export const isNothing = (value: unknown): boolean => value === undefined || value === null;

/** Null in, null out; anything but numbers is an error. @throws MongoError 28765 */
function numeric(name: string, operate: (...numbers: unknown[]) => unknown): [string, Plain] {
  return [
    name,
    (...args) => {
      if (args.length === 0 || args.some(isNothing)) return null;
      if (args.some((arg) => asNumber(arg) === undefined))
        return fail(28765, `${name} only supports numeric types`);
      return operate(...args);
    },
  ];
}

type Rounding = (quotient: bigint, rest: bigint, unit: bigint) => bigint;
const ROUNDING: Readonly<Record<string, Rounding>> = {
  $trunc: (quotient) => quotient,
  $floor: (quotient, rest) => (rest < 0n ? quotient - 1n : quotient),
  $ceil: (quotient, rest) => (rest > 0n ? quotient + 1n : quotient),
  // Halves go to the even neighbour.
  $round(quotient, rest, unit) {
    const twice = (rest < 0n ? -rest : rest) * 2n;
    const away = rest < 0n ? quotient - 1n : quotient + 1n;
    return twice > unit || (twice === unit && quotient % 2n !== 0n) ? away : quotient;
  },
};

function rounds(name: string): [string, Plain] {
  return numeric(name, (value, place = 0) => {
    const places = asNumber(place) ?? 0;
    if (!Number.isInteger(places) || places < -20 || places > 100)
      return fail(51082, `${name} takes -20 to 100 places`);
    const parts = decimalParts(value);
    if (!parts || parts.scale <= places) return value;
    const unit = 10n ** BigInt(parts.scale - places);
    const digits = ROUNDING[name]?.(parts.digits / unit, parts.digits % unit, unit) ?? 0n;
    const type = bsonTypeOf(value);
    if (type === 'Decimal128')
      return decimalText(places < 0 ? digits * 10n ** BigInt(-places) : digits, Math.max(places, 0));
    if (type === 'Long') return Long.fromBigInt(digits * 10n ** BigInt(-places));
    return Number(`${String(digits)}E${String(-places)}`);
  });
}

/** Brings two numbers to the same scale. */
function aligned(a: unknown, b: unknown): { x: bigint; y: bigint; scale: number } | undefined {
  const [x, y] = [decimalParts(a), decimalParts(b)];
  if (!x || !y) return undefined;
  const scale = Math.max(x.scale, y.scale);
  return {
    x: x.digits * 10n ** BigInt(scale - x.scale),
    y: y.digits * 10n ** BigInt(scale - y.scale),
    scale,
  };
}

const isDecimal = (value: unknown): boolean => bsonTypeOf(value) === 'Decimal128';

function divide(a: unknown, b: unknown): unknown {
  if (asNumber(b) === 0) return fail(2, "can't $divide by zero");
  if (!isDecimal(a) && !isDecimal(b)) return (asNumber(a) ?? NaN) / (asNumber(b) ?? NaN);
  const sides = aligned(a, b);
  if (!sides) return Decimal128.fromString('NaN');
  let digits = (sides.x * 10n ** 40n) / sides.y;
  let scale = 40;
  for (; scale > 0 && digits % 10n === 0n; scale -= 1) digits /= 10n;
  return decimalText(digits, scale);
}

function remainder(a: unknown, b: unknown): unknown {
  if (asNumber(b) === 0) return fail(16610, "can't $mod by zero");
  const whole = bsonTypeOf(a) === 'Long' || bsonTypeOf(b) === 'Long';
  const sides = whole || isDecimal(a) || isDecimal(b) ? aligned(a, b) : undefined;
  if (!sides) return (asNumber(a) ?? NaN) % (asNumber(b) ?? NaN);
  const digits = sides.x % sides.y;
  return isDecimal(a) || isDecimal(b)
    ? decimalText(digits, sides.scale)
    : Number(decimalText(digits, sides.scale));
}

/** One argument that is an array stands for its elements; otherwise arrays are no numbers. */
const elements = (args: readonly unknown[]): readonly unknown[] =>
  args.length === 1 && Array.isArray(args[0]) ? (args[0] as unknown[]) : args;

function extreme(sign: number): Plain {
  return (...args) => {
    let best: unknown;
    for (const value of elements(args)) {
      if (!isNothing(value) && (best === undefined || sign * compareValues(value, best) > 0)) best = value;
    }
    return best ?? null;
  };
}

function deviation(sample: boolean): Plain {
  return (...args) => {
    const numbers = elements(args).flatMap((value) => asNumber(value) ?? []);
    const divisor = numbers.length - (sample ? 1 : 0);
    if (divisor < 1) return null;
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / divisor);
  };
}

function sum(args: readonly unknown[]): { total: unknown; count: number } {
  const numbers = elements(args).filter((value) => asNumber(value) !== undefined);
  return { total: numbers.reduce((total: unknown, value) => add(total, value), 0), count: numbers.length };
}

export const NUMBERS: Readonly<Record<string, Plain>> = Object.fromEntries([
  rounds('$ceil'),
  rounds('$floor'),
  rounds('$trunc'),
  rounds('$round'),
  numeric('$abs', (value) => {
    const type = bsonTypeOf(value);
    if (type === 'Long') return (value as Long).isNegative() ? (value as Long).negate() : value;
    return type === 'Decimal128'
      ? Decimal128.fromString(String(value).replace(/^-/, ''))
      : Math.abs(asNumber(value) ?? NaN);
  }),
  numeric('$sqrt', (value) => {
    if (isDecimal(value)) return unsupported('$sqrt of a Decimal128');
    const number = asNumber(value) ?? NaN;
    return number < 0
      ? fail(28714, "$sqrt's argument must be greater than or equal to 0")
      : Math.sqrt(number);
  }),
  numeric('$divide', divide),
  numeric('$mod', remainder),
  ['$isNumber', (value) => asNumber(value) !== undefined],
  ['$sum', (...args) => sum(args).total],
  [
    '$avg',
    (...args) => {
      const { total, count } = sum(args);
      return count === 0 ? null : average(total, count);
    },
  ],
  ['$max', extreme(1)],
  ['$min', extreme(-1)],
  ['$stdDevPop', deviation(false)],
  ['$stdDevSamp', deviation(true)],
  [
    '$bsonSize',
    (value) => {
      if (isNothing(value)) return null;
      return isDocument(value)
        ? encode(value as Doc, true).length
        : fail(31393, '$bsonSize requires a document');
    },
  ],
] satisfies [string, Plain][]);
