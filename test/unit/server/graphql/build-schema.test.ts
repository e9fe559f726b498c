import { expect } from 'chai';
import { GraphQLScalarType, parse } from 'graphql';
import { anyone } from '../../../../server/auth/rules.ts';
import { buildSchema, type SchemaParts } from '../../../../server/graphql/build-schema.ts';

const base: SchemaParts = {
  sdl: parse('scalar Day type Query { a: Day } extend type Query { b: Thing } type Thing { c: Int }'),
  resolvers: [{ Query: { a: () => null, b: () => null } }],
  scalars: [new GraphQLScalarType({ name: 'Day' })],
  rules: { 'Query.a': anyone, 'Query.b': anyone },
};

describe('buildSchema', () => {
  it('takes parts that fit together', () => {
    expect(buildSchema(base).getQueryType()?.getFields()).to.have.keys('a', 'b');
  });

  const faults: Record<string, [Partial<SchemaParts>, string]> = {
    'a root field without rule': [{ rules: { 'Query.a': anyone } }, 'a root field without rule: Query.b'],
    'a rule without root field': [
      { rules: { ...base.rules, 'Query.gone': anyone } },
      'a rule without root field: Query.gone',
    ],
    'a rule for what every object has': [
      { rules: { 'Query.a': anyone, toString: anyone } },
      'a root field without rule: Query.b',
    ],
    'a root field without resolver': [
      { resolvers: [{ Query: { a: () => null } }] },
      'a root field without resolver: Query.b',
    ],
    'a resolver without field': [
      { resolvers: [...base.resolvers, { Thing: { d: () => 1 } }] },
      'a resolver without field: Thing.d',
    ],
    'a resolver of an unknown type': [
      { resolvers: [...base.resolvers, { Nothing: { d: () => 1 } }] },
      'a resolver without field: Nothing.d',
    ],
    'two resolvers for one field': [
      { resolvers: [...base.resolvers, { Query: { a: () => 1 } }] },
      'two resolvers for Query.a',
    ],
    'a scalar without code': [{ scalars: [] }, 'a scalar without code: Day'],
    'a scalar the SDL does not have': [
      { scalars: [...base.scalars, new GraphQLScalarType({ name: 'Week' })] },
      'a scalar the SDL does not have: Week',
    ],
  };
  for (const [name, [over, message]] of Object.entries(faults)) {
    it(`refuses ${name}`, () => {
      expect(() => buildSchema({ ...base, ...over })).to.throw(message);
    });
  }
});
