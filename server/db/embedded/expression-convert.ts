import { asNumber, bsonTypeOf, Decimal128, Long, ObjectId } from './bson.ts';
import { fail } from './error.ts';
import { isNothing, NUMBERS, type Plain } from './expression-number.ts';

const TYPE_OF: Readonly<Record<string, string>> = {
  Binary: 'binData',
  BSONRegExp: 'regex',
  Code: 'javascript',
  Decimal128: 'decimal',
  Double: 'double',
  Int32: 'int',
  Long: 'long',
  MaxKey: 'maxKey',
  MinKey: 'minKey',
  ObjectId: 'objectId',
  Timestamp: 'timestamp',
};

/** The name of a value's type, as `$type` gives it. A Long that a double holds has been read as a plain number. */
export function typeName(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  const named = TYPE_OF[bsonTypeOf(value) ?? ''];
  if (named !== undefined) return named;
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (value instanceof RegExp) return 'regex';
  if (value instanceof Uint8Array) return 'binData';
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return 'double';
    return Math.abs(value) < 2 ** 31 ? 'int' : 'long';
  }
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'object';
}

const TYPE_NUMBERS: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'string',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  16: 'int',
  18: 'long',
  19: 'decimal',
};

function refuse(value: unknown, to: string): never {
  return fail(241, `Unsupported conversion from ${typeName(value)} to ${to}`);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberText(value: string, to: string): string {
  return NUMBER.test(value) ? value : fail(241, `Failed to parse number '${value}' in $convert to ${to}`);
}

function whole(value: unknown, to: 'int' | 'long'): unknown {
  if (typeof value === 'string' && !/^[+-]?\d+$/.test(value))
    return fail(241, `Failed to parse number '${value}' in $convert to ${to}`);
  const text =
    value instanceof Date
      ? String(value.getTime())
      : String(typeof value === 'boolean' ? Number(value) : value);
  const truncated =
    typeof value === 'string'
      ? text
      : String(
          NUMBERS['$trunc']?.(value instanceof Date || typeof value === 'boolean' ? Number(text) : value),
        );
  let exact: bigint;
  try {
    exact = BigInt(/e/i.test(truncated) ? BigInt(Number(truncated)) : truncated);
  } catch {
    return fail(241, `Attempt to convert ${text} to ${to}`);
  }
  const limit = to === 'int' ? 2n ** 31n : 2n ** 63n;
  if (exact < -limit || exact >= limit)
    return fail(241, `Conversion would overflow target type in $convert: ${text}`);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : Long.fromBigInt(exact);
}

function toDate(value: unknown): unknown {
  const type = typeName(value);
  if (value instanceof Date) return value;
  if (type === 'objectId') return (value as { getTimestamp(): Date }).getTimestamp();
  if (
    ['long', 'double', 'decimal'].includes(type) ||
    (type === 'int' && Math.abs(value as number) >= 2 ** 31)
  )
    return new Date(asNumber(whole(value, 'long')) ?? NaN);
  return type === 'string' ? dateOfText(value as string, 0) : refuse(value, 'date');
}

/** Reads a date as ISO 8601 writes it; without a zone it is in that of the offset. @throws MongoError 241 */
export function dateOfText(text: string, offsetMs: number): Date {
  const bad = (): never =>
    fail(241, `an incomplete date/time string has been found, with elements missing: "${text}"`);
  const found =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i.exec(
      text.trim(),
    );
  if (!found) return bad();
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = found;
  const ms = Math.trunc(Number(`0.${fraction}`) * 1000);
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    ms,
  );
  const check = new Date(local);
  if (check.getUTCMonth() + 1 !== Number(month) || check.getUTCDate() !== Number(day) || Number(hour) > 23)
    return bad();
  const shift = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (shift)
    return new Date(
      local - Number(`${shift[1] ?? ''}1`) * (Number(shift[2]) * 60 + Number(shift[3] ?? 0)) * 60_000,
    );
  return new Date(zone === undefined ? local - offsetMs : local);
}

export function textOf(value: unknown): string {
  const type = typeName(value);
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (['int', 'double', 'bool', 'long', 'decimal', 'objectId'].includes(type)) return String(value);
  return refuse(value, 'string');
}

const CONVERSIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  double(value) {
    if (typeof value === 'string') return Number(numberText(value, 'double'));
    if (value instanceof Date) return value.getTime();
    return typeof value === 'boolean' ? Number(value) : (asNumber(value) ?? refuse(value, 'double'));
  },
  string: textOf,
  objectId(value) {
    if (bsonTypeOf(value) === 'ObjectId') return value;
    if (typeof value !== 'string') return refuse(value, 'objectId');
    return /^[0-9a-f]{24}$/i.test(value)
      ? new ObjectId(value)
      : fail(241, `Failed to parse objectId '${value}'`);
  },
  bool: (value) => (typeof value === 'boolean' ? value : asNumber(value) !== 0),
  date: toDate,
  int: (value) => (value instanceof Date ? refuse(value, 'int') : number(value, 'int')),
  long: (value) => number(value, 'long'),
  decimal(value) {
    if (bsonTypeOf(value) === 'Decimal128') return value;
    if (typeof value === 'string') return Decimal128.fromString(numberText(value, 'decimal'));
    if (value instanceof Date) return Decimal128.fromString(String(value.getTime()));
    if (typeof value === 'boolean') return Decimal128.fromString(value ? '1' : '0');
    return asNumber(value) === undefined ? refuse(value, 'decimal') : Decimal128.fromString(String(value));
  },
};

function number(value: unknown, to: 'int' | 'long'): unknown {
  const fits =
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value instanceof Date ||
    asNumber(value) !== undefined;
  return fits ? whole(value, to) : refuse(value, to);
}

/** @throws MongoError 241 when a value cannot become one of the type, 2 for an unknown type */
export function convert(value: unknown, type: unknown): unknown {
  const to = typeof type === 'string' ? type : TYPE_NUMBERS[asNumber(type) ?? 0];
  const conversion = to !== undefined && Object.hasOwn(CONVERSIONS, to) ? CONVERSIONS[to] : undefined;
  if (!conversion) return fail(2, `Unknown type name: ${String(type)}`);
  return isNothing(value) ? null : conversion(value);
}

export const CONVERTERS: Readonly<Record<string, Plain>> = {
  $type: typeName,
  $toBool: (value) => convert(value, 'bool'),
  $toDate: (value) => convert(value, 'date'),
  $toDecimal: (value) => convert(value, 'decimal'),
  $toDouble: (value) => convert(value, 'double'),
  $toInt: (value) => convert(value, 'int'),
  $toLong: (value) => convert(value, 'long'),
  $toObjectId: (value) => convert(value, 'objectId'),
  $toString: (value) => convert(value, 'string'),
  $toLower: (value) => (isNothing(value) ? '' : plainText('$toLower', value).toLowerCase()),
  $toUpper: (value) => (isNothing(value) ? '' : plainText('$toUpper', value).toUpperCase()),
  $strcasecmp(a, b) {
    const [x, y] = [a, b].map((side) =>
      isNothing(side) ? '' : plainText('$strcasecmp', side).toLowerCase(),
    );
    return x === y ? 0 : (x ?? '') < (y ?? '') ? -1 : 1;
  },
  $binarySize(value) {
    if (isNothing(value)) return null;
    if (typeof value === 'string') return Buffer.byteLength(value);
    const bytes = bsonTypeOf(value) === 'Binary' ? (value as { buffer: unknown }).buffer : value;
    return bytes instanceof Uint8Array
      ? bytes.length
      : fail(51276, '$binarySize requires a string or BinData');
  },
  $indexOfCP(text, wanted, start = 0, end = Infinity) {
    if (isNothing(text)) return null;
    if (typeof text !== 'string' || typeof wanted !== 'string')
      return fail(40093, '$indexOfCP requires strings');
    const points = [...text].slice(0, asNumber(end));
    const at = points.slice(asNumber(start)).join('').indexOf(wanted);
    return at < 0
      ? -1
      : (asNumber(start) ?? 0) + [...points.slice(asNumber(start)).join('').slice(0, at)].length;
  },
};

function plainText(operator: string, value: unknown): string {
  return typeof value === 'boolean' || bsonTypeOf(value) === 'ObjectId'
    ? fail(16007, `can't convert from BSON type ${typeName(value)} to String in ${operator}`)
    : textOf(value);
}
