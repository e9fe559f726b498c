import { bsonTypeOf, type Decimal128, type Long } from './bson.ts';

/** A number as an exact fraction; `bottom` is positive. */
interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

const scratch = new DataView(new ArrayBuffer(8));

function fractionOfDouble(value: number): Fraction {
  scratch.setFloat64(0, value);
  const bits = scratch.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) + (exponent === 0 ? 0n : 1n << 52n);
  const signed = bits >> 63n === 1n ? -mantissa : mantissa;
  const power = (exponent === 0 ? 1 : exponent) - 1075;
  return power >= 0
    ? { top: signed << BigInt(power), bottom: 1n }
    : { top: signed, bottom: 1n << BigInt(-power) };
}

function neighbour(value: number, up: boolean): number {
  if (value === 0) return up ? Number.MIN_VALUE : -Number.MIN_VALUE;
  scratch.setFloat64(0, value);
  const bits = scratch.getBigInt64(0);
  scratch.setBigInt64(0, value > 0 === up ? bits + 1n : bits - 1n);
  return scratch.getFloat64(0);
}

function fractionOfDecimal(text: string): Fraction | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/i.exec(text);
  if (!match) return undefined;
  const decimals = match[3] ?? '';
  const digits = BigInt((match[2] ?? '') + decimals) * (match[1] === '-' ? -1n : 1n);
  const power = Number(match[4] ?? '0') - decimals.length;
  return power >= 0
    ? { top: digits * 10n ** BigInt(power), bottom: 1n }
    : { top: digits, bottom: 10n ** BigInt(-power) };
}

const less = (a: Fraction, b: Fraction): boolean => a.top * b.bottom < b.top * a.bottom;

/**
 * Writes a number so that bytes compare as values do: the largest double not above it, order-preserving, then 0, or 1
 * and how far the value lies on the way to the next double (120 bits). 1, 1.0, Long 1 and Decimal 1.00 give the same.
 */
export function numberBytes(value: unknown): Buffer {
  const type = bsonTypeOf(value);
  if (type === 'Long') {
    const long = value as Long;
    const near = long.toNumber();
    return Number.isSafeInteger(near)
      ? exactBytes(near)
      : fractionBytes({ top: long.toBigInt(), bottom: 1n }, near);
  }
  if (type === 'Decimal128') {
    const text = (value as Decimal128).toString();
    const fraction = fractionOfDecimal(text);
    const near = Number(text);
    return fraction ? fractionBytes(fraction, near) : exactBytes(near);
  }
  if (typeof value === 'bigint') return fractionBytes({ top: value, bottom: 1n }, Number(value));
  return exactBytes(typeof value === 'number' ? value : (value as { value: number }).value);
}

function exactBytes(value: number): Buffer {
  const out = Buffer.alloc(9);
  if (Number.isNaN(value)) return out; // NaN stands before every number
  out.writeDoubleBE(value === 0 ? 0 : value, 0);
  if (value < 0) for (let i = 0; i < 8; i += 1) out[i] = ~(out[i] ?? 0) & 0xff;
  else out[0] = (out[0] ?? 0) ^ 0x80;
  return out;
}

function fractionBytes(value: Fraction, near: number): Buffer {
  if (!Number.isFinite(near)) {
    const out = Buffer.concat([exactBytes(near > 0 ? Number.MAX_VALUE : near), Buffer.alloc(15)]);
    out[8] = 1;
    return out;
  }
  let floor = near;
  while (less(value, fractionOfDouble(floor))) floor = neighbour(floor, false);
  for (;;) {
    const next = neighbour(floor, true);
    if (!Number.isFinite(next) || less(value, fractionOfDouble(next))) break;
    floor = next;
  }
  const low = fractionOfDouble(floor);
  const restTop = value.top * low.bottom - low.top * value.bottom;
  if (restTop === 0n) return exactBytes(floor);
  const high = fractionOfDouble(neighbour(floor, true));
  const gapTop = high.top * low.bottom - low.top * high.bottom;
  // rest / gap, both over products of the two bottoms
  const part = ((restTop * low.bottom * high.bottom) << 120n) / (value.bottom * low.bottom * gapTop);
  const out = Buffer.concat([exactBytes(floor), Buffer.from(part.toString(16).padStart(30, '0'), 'hex')]);
  out[8] = 1;
  return out;
}
