import { asNumber, bsonTypeOf, Decimal128, Double, Int32, Long } from './bson.ts';
import { fail } from './error.ts';

type Exact = 'Int32' | 'Long' | 'Double' | 'Decimal128';

function kindOf(value: unknown): Exact {
  const type = bsonTypeOf(value);
  if (type === 'Int32' || type === 'Long' || type === 'Double' || type === 'Decimal128') return type;
  return Number.isInteger(value) ? 'Int32' : 'Double';
}

const INT32 = 2n ** 31n;
const INT64 = 2n ** 63n;

/** The most common sums, without going through BigInt: whole numbers of 32 bits, or of 53 when one is a Long. */
function plainSum(a: unknown, b: unknown): unknown {
  const x = plainWhole(a);
  const y = plainWhole(b);
  if (x === undefined || y === undefined) return undefined;
  const sum = x + y;
  const long = bsonTypeOf(a) === 'Long' || bsonTypeOf(b) === 'Long';
  if (!long && sum >= -INT32_NUMBER && sum < INT32_NUMBER) return new Int32(sum);
  return Number.isSafeInteger(sum) ? Long.fromNumber(sum) : undefined;
}

const INT32_NUMBER = 2 ** 31;

function plainWhole(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (value instanceof Int32) return value.value;
  if (!(value instanceof Long)) return undefined;
  const number = value.toNumber();
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Adds as the server does: whole numbers stay whole and grow to Long; beyond 64 bits it is an error. */
export function add(a: unknown, b: unknown): unknown {
  const plain = plainSum(a, b);
  if (plain !== undefined) return plain;
  return arithmetic(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
  );
}

export function multiply(a: unknown, b: unknown): unknown {
  return arithmetic(
    a,
    b,
    (x, y) => x * y,
    (x, y) => x * y,
  );
}

function arithmetic(
  a: unknown,
  b: unknown,
  whole: (x: bigint, y: bigint) => bigint,
  real: (x: number, y: number) => number,
): unknown {
  const kinds = [kindOf(a), kindOf(b)];
  if (kinds.includes('Decimal128')) return decimalArithmetic(a, b, whole);
  if (kinds.includes('Double')) return new Double(real(asNumber(a) ?? 0, asNumber(b) ?? 0));
  const result = whole(wholeOf(a), wholeOf(b));
  if (!kinds.includes('Long') && result >= -INT32 && result < INT32) return new Int32(Number(result));
  if (result < -INT64 || result >= INT64)
    fail(2, 'Failed to apply the operation to the current value: integer overflow');
  return Long.fromBigInt(result);
}

function wholeOf(value: unknown): bigint {
  return bsonTypeOf(value) === 'Long' ? (value as Long).toBigInt() : BigInt(asNumber(value) ?? 0);
}

export function decimalParts(value: unknown): { digits: bigint; scale: number } | undefined {
  const text =
    bsonTypeOf(value) === 'Long'
      ? (value as Long).toString()
      : String(bsonTypeOf(value) === 'Decimal128' ? value : asNumber(value));
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/i.exec(text);
  if (!match) return undefined;
  const decimals = match[3] ?? '';
  const digits = BigInt((match[2] ?? '') + decimals) * (match[1] === '-' ? -1n : 1n);
  const scale = decimals.length - Number(match[4] ?? '0');
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

function decimalArithmetic(a: unknown, b: unknown, whole: (x: bigint, y: bigint) => bigint): unknown {
  const x = decimalParts(a);
  const y = decimalParts(b);
  if (!x || !y) return Decimal128.fromString('NaN');
  const multiplying = whole(2n, 3n) === 6n;
  if (multiplying) return decimalText(x.digits * y.digits, x.scale + y.scale);
  const scale = Math.max(x.scale, y.scale);
  const lift = (part: { digits: bigint; scale: number }) => part.digits * 10n ** BigInt(scale - part.scale);
  return decimalText(whole(lift(x), lift(y)), scale);
}

export function decimalText(digits: bigint, scale: number): unknown {
  return Decimal128.fromStringWithRounding(`${String(digits)}E${String(-scale)}`);
}

/** A sum by how many it is of; of Decimal128 a Decimal128 of 34 digits. */
export function average(sum: unknown, count: number): unknown {
  if (bsonTypeOf(sum) !== 'Decimal128') return (asNumber(sum) ?? NaN) / count;
  const parts = decimalParts(sum);
  if (!parts) return sum;
  const lift = 40;
  let digits = (parts.digits * 10n ** BigInt(lift)) / BigInt(count);
  let scale = parts.scale + lift;
  for (; scale > parts.scale && digits % 10n === 0n; scale -= 1) digits /= 10n;
  return decimalText(digits, scale);
}
