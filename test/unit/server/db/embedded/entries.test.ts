import { expect } from 'chai';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import { decodeRaw, decodeRead, encode } from '../../../../../server/db/embedded/bson.ts';
import { entriesOf, entryKey, idKey, layoutOf } from '../../../../../server/db/embedded/entries.ts';
import { openIndex } from '../../../../../server/db/embedded/index-spec.ts';
import { extractKeys } from '../../../../../server/db/embedded/keys.ts';
import { compileFilter } from '../../../../../server/db/embedded/match.ts';
import { compileRawFilter, UNKNOWN, YES } from '../../../../../server/db/embedded/raw-match.ts';

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    '',
    'a',
    'b\0c',
    '金昌',
    '\u{20000}',
    0,
    1,
    -1,
    2 ** 40,
    1.5,
    Number.NaN,
  ),
  fc.constantFrom<unknown>(
    mongo.Long.fromString('9007199254740993'),
    mongo.Long.fromNumber(5),
    mongo.Decimal128.fromString('1.5'),
    new Date(0),
    new Date(-5),
    new mongo.ObjectId('6b0aa70706ccccf291e988cd'),
    /a/,
    new mongo.BSONSymbol('a'),
  ),
);
const value = fc.oneof(
  scalar,
  fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxLength: 4 }),
);
const document = fc.record({ _id: fc.nat(), a: value, b: value, c: scalar }, { requiredKeys: ['_id'] });

describe('embedded store: what is read from bytes is what is read from documents', () => {
  for (const spec of [{ a: 1 }, { a: -1, c: 1 }, { c: 1, b: -1 }, { a: 1, b: 1 }]) {
    it(`the keys of an index on ${JSON.stringify(spec)}`, () => {
      const index = openIndex(7, { name: 'i', key: spec }, []);
      const layout = layoutOf([index]);
      const read = (run: () => readonly Buffer[]): unknown => {
        try {
          return run().map((key) => key.toString('hex'));
        } catch (error) {
          return (error as { code: number }).code;
        }
      };
      fc.assert(
        fc.property(document, (doc) => {
          const raw = encode(doc);
          layout.finder.find(raw);
          const id = idKey(layout, raw);
          const met = new Set<string>();
          const decoded = read(() =>
            extractKeys(decodeRaw(raw), index.parts).keys.map((key) => entryKey(index, key, id)),
          );
          expect(
            read(() => entriesOf(layout, raw, id, (_, path) => met.add(path)).map(({ key }) => key)),
          ).to.deep.equal(decoded);
          if (!Array.isArray(decoded)) return;
          expect([...met].sort()).to.deep.equal(
            [...extractKeys(decodeRaw(raw), index.parts).multikey].sort(),
          );
        }),
      );
    });
  }

  it('the answer of a filter, where the bytes give one', () => {
    const operator = fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte');
    const condition = fc.oneof(
      scalar,
      fc.tuple(operator, scalar).map(([name, operand]) => ({ [name]: operand })),
      fc.array(scalar, { maxLength: 10 }).map((list) => ({ $in: list })),
      fc.array(scalar, { maxLength: 3 }).map((list) => ({ $nin: list })),
      fc.constantFrom<unknown>({ $exists: true }, { $exists: false }, { $regex: '^a' }, { $not: { $gt: 0 } }),
    );
    const simple = fc.dictionary(fc.constantFrom('a', 'b', 'c'), condition, { minKeys: 1, maxKeys: 2 });
    const filter = fc.oneof(
      simple,
      fc
        .tuple(fc.constantFrom('$or', '$nor', '$and'), fc.array(simple, { minLength: 1, maxLength: 3 }))
        .map(([name, list]) => ({ [name]: list })),
    );
    let told = 0;
    fc.assert(
      fc.property(filter, document, (wanted, doc) => {
        const spec = decodeRaw(encode(wanted));
        let match;
        try {
          match = compileFilter(spec);
        } catch {
          return; // a regular expression under $ne
        }
        const raw = encode(doc);
        const quick = compileRawFilter(spec);
        quick.finder.find(raw);
        const verdict = quick.test(raw);
        expect(decodeRaw(raw)).to.deep.include(quick.finder.decode(raw));
        expect(decodeRead(raw)).to.deep.include(quick.finder.decode(raw, true));
        if (verdict === UNKNOWN) return;
        told += 1;
        const found = {};
        expect(verdict === YES).to.equal(match(decodeRaw(raw), found));
        if (verdict === YES) expect(found).to.deep.equal({});
      }),
      { numRuns: 2000 },
    );
    expect(told).to.be.greaterThan(500);
  });
});
