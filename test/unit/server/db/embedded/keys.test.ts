import { expect } from 'chai';
import fc from 'fast-check';
import { BSON } from '../../../../../server/db/embedded/bson.ts';
import { encodeComponent } from '../../../../../server/db/embedded/key-bytes.ts';
import { encodeId, extractKeys, keyParts } from '../../../../../server/db/embedded/keys.ts';
import { compareValues } from '../../../../../server/db/embedded/order.ts';

const { Decimal128, Double, Int32, Long, ObjectId } = BSON;

/** Values in the order that BSON gives them; neighbours of one line are equal. */
const ORDERED: readonly (readonly unknown[])[] = [
  [new BSON.MinKey()],
  [null],
  [NaN, new Double(NaN)],
  [-Infinity],
  [Long.fromString('-9007199254740993')],
  [Long.fromString('-9007199254740992'), -9007199254740992],
  [Decimal128.fromString('-1E+10')],
  [-1.5],
  [0, new Double(-0), Long.ZERO, Decimal128.fromString('0.00')],
  [Decimal128.fromString('0.1')],
  [0.1], // the double lies a little above one tenth
  [1, new Int32(1), new Double(1), Long.ONE, Decimal128.fromString('1.00')],
  [Decimal128.fromString('1.0000000000000000000001')],
  [1.0000000000000002],
  [9007199254740992],
  [Long.fromString('9007199254740993')],
  [Long.fromString('9223372036854775807')],
  [9223372036854775808],
  [Infinity],
  [''],
  ['\0'],
  ['\0a'],
  ['a'],
  ['a\0'],
  ['aa'],
  ['b'],
  ['金'],
  ['\uffee'],
  ['\u{20000}'], // beyond the BMP: after U+FFEE by code point, before it in UTF-16
  [{}],
  [{ a: 1 }],
  [{ a: 1, b: 0 }],
  [{ a: 2 }],
  [{ b: 0 }],
  [{ a: 'x' }],
  [[1, 2]],
  [[1, 3]],
  [Buffer.from([1])],
  [new ObjectId('000000000000000000000001')],
  [new ObjectId('000000000000000000000002')],
  [false],
  [true],
  [new Date(-1)],
  [new Date(0)],
  [/a/, new BSON.BSONRegExp('a')],
  [new BSON.MaxKey()],
];

describe('embedded store: key encoding', () => {
  it('orders bytes as BSON orders values, ascending and inverted descending', () => {
    ORDERED.forEach((line, i) => {
      ORDERED.forEach((other, j) => {
        for (const a of line) {
          for (const b of other) {
            const expected = Math.sign(i - j);
            expect(
              Math.sign(Buffer.compare(encodeComponent(a), encodeComponent(b))),
              `${String(a)} / ${String(b)}`,
            ).to.equal(expected);
            expect(Math.sign(Buffer.compare(encodeComponent(a, true), encodeComponent(b, true)))).to.equal(
              -expected || 0,
            );
            expect(Math.sign(compareValues(a, b))).to.equal(expected);
          }
        }
      });
    });
  });

  it('orders whole numbers of all widths exactly', () => {
    const big = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(big, big, (a, b) => {
        const order = Buffer.compare(
          encodeComponent(Long.fromBigInt(a)),
          encodeComponent(Long.fromBigInt(b)),
        );
        return Math.sign(order) === (a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('orders doubles and decimals of the same text alike', () => {
    const decimal = fc.tuple(fc.integer({ min: -99999999, max: 99999999 }), fc.integer({ min: -6, max: 6 }));
    const exact = ([digits, power]: [number, number]) => BigInt(digits) * 10n ** BigInt(power + 6);
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const key = ([digits, power]: [number, number]) =>
          encodeComponent(Decimal128.fromString(`${String(digits)}E${String(power)}`));
        const wanted = exact(a) < exact(b) ? -1 : exact(a) > exact(b) ? 1 : 0;
        return Math.sign(Buffer.compare(key(a), key(b))) === wanted;
      }),
    );
  });

  it('orders strings by code point', () => {
    const points = (text: string) => Buffer.from(text, 'utf8');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        return (
          Math.sign(Buffer.compare(encodeComponent(a), encodeComponent(b))) ===
          Math.sign(Buffer.compare(points(a), points(b)))
        );
      }),
    );
  });

  it('keeps joined components apart: the first difference decides', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 2, maxLength: 2 }),
        fc.array(value, { minLength: 2, maxLength: 2 }),
        (a, b) => {
          const join = (list: unknown[]) =>
            Buffer.concat([encodeComponent(list[0]), encodeComponent(list[1], true)]);
          const first = compareValues(a[0], b[0]);
          const wanted = first !== 0 ? first : -compareValues(a[1], b[1]);
          return Math.sign(Buffer.compare(join(a), join(b))) === Math.sign(wanted);
        },
      ),
    );
  });

  it('cuts keys that are too long for the store and keeps different ones different', () => {
    const long = 'x'.repeat(5000);
    expect(encodeId(`${long}a`)).to.have.lengthOf(900);
    expect(encodeId(`${long}a`)).to.not.deep.equal(encodeId(`${long}b`));
  });

  it('makes one key per array element and refuses two independent arrays', () => {
    const key = keyParts({ 'a.b': 1, c: 1 });
    expect(extractKeys({ a: [{ b: 1 }, { b: 2 }, { b: 1 }], c: 5 }, key).keys).to.have.lengthOf(2);
    expect(extractKeys({ c: 5 }, key)).to.include({ allMissing: false });
    expect(() => extractKeys({ a: [{ b: 1 }], c: [1] }, key)).to.throw('parallel arrays');
  });
});
