import { expect } from 'chai';
import { Kind, parse, validate, type OperationDefinitionNode } from 'graphql';
import { checkCost, shapeLimits } from '../../../../server/graphql/limits.ts';
import { LimitError } from '../../../../server/lib/errors.ts';
import { bareSchema } from '../../../support/graphql.ts';

const schema = bareSchema();

function shapeFault(text: string): unknown {
  return validate(schema, parse(text), [shapeLimits])[0]?.extensions['reason'];
}

function costs(text: string, variables: Record<string, unknown> = {}): boolean {
  const document = parse(text);
  const operation = document.definitions.find(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error('no operation');
  const fragments = (name: string) =>
    document.definitions
      .filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
      .find((one) => one.name.value === name);
  try {
    checkCost(schema, operation, fragments, variables);
    return false;
  } catch (error) {
    expect(error).to.be.instanceOf(LimitError);
    return true;
  }
}

const nested = (levels: number) => `{ ${'a { '.repeat(levels - 1)} b ${'}'.repeat(levels - 1)} }`;
const times = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

describe('the shape of a document', () => {
  it('may be 10 levels deep', () => {
    expect(shapeFault(nested(10))).to.equal(undefined);
    expect(shapeFault(nested(11))).to.equal('DOCUMENT_TOO_DEEP');
  });

  it('is measured through fragments', () => {
    const hidden = `{ a { ...f } } fragment f on X { ${nested(10).slice(1, -1)} }`;
    expect(shapeFault(hidden)).to.equal('DOCUMENT_TOO_DEEP');
    expect(shapeFault(`{ a { ... on X { ${nested(10).slice(1, -1)} } } }`)).to.equal('DOCUMENT_TOO_DEEP');
  });

  it('may have 15 aliases', () => {
    expect(shapeFault(`{ a { ${times(15, (n) => `x${String(n)}: b`)} } }`)).to.equal(undefined);
    expect(shapeFault(`{ a { ${times(16, (n) => `x${String(n)}: b`)} } }`)).to.equal(
      'DOCUMENT_TOO_MANY_ALIASES',
    );
    const twice = `{ a { ...f } b { ...f } } fragment f on X { ${times(8, (n) => `x${String(n)}: b`)} }`;
    expect(shapeFault(twice)).to.equal('DOCUMENT_TOO_MANY_ALIASES');
  });

  it('may have 5 root fields', () => {
    expect(shapeFault('{ a b c d e }')).to.equal(undefined);
    expect(shapeFault('{ a b c d e f }')).to.equal('DOCUMENT_TOO_MANY_ROOTS');
    expect(shapeFault('{ a ...f ...f } fragment f on Query { b c d }')).to.equal('DOCUMENT_TOO_MANY_ROOTS');
  });

  it('cannot explode by fragments in fragments, nor in circles', () => {
    const bomb = times(
      20,
      (n) => `fragment f${String(n)} on X { ...f${String(n + 1)} ...f${String(n + 1)} }`,
    );
    expect(shapeFault(`{ a { ...f0 } } ${bomb} fragment f20 on X { b }`)).to.equal('DOCUMENT_TOO_LARGE');
    expect(shapeFault(`{ ...f0 } ${bomb} fragment f20 on X { b }`)).to.equal('DOCUMENT_TOO_LARGE');
    expect(shapeFault('{ ...f } fragment f on X { ...f }')).to.equal('DOCUMENT_TOO_DEEP');
    expect(shapeFault('{ a { ...f } } fragment f on X { b { ...f } }')).to.be.oneOf([
      'DOCUMENT_TOO_DEEP',
      'DOCUMENT_TOO_LARGE',
    ]);
  });

  it('leaves introspection alone', () => {
    const deep = `{ __schema { types { fields { type ${'{ ofType '.repeat(9)} { name } ${'}'.repeat(9)} } } } }`;
    expect(shapeFault(deep)).to.equal(undefined);
  });
});

describe('the cost of an operation', () => {
  const records = (first: string) =>
    `{ edges { node { id fields { name value } } } pageInfo { endCursor } }`.replace(
      /^/,
      `creditRecords(first: ${first}) `,
    );

  it('lets a full page through', () => {
    expect(costs(`{ ${records('100')} }`)).to.equal(false);
  });

  it('multiplies pages in pages, aliases and variables', () => {
    const four = times(5, (n) => `r${String(n)}: ${records('100')}`);
    expect(costs(`{ ${four} }`)).to.equal(true);
    const variable = `query Q($n: Int!) { ${times(5, (n) => `r${String(n)}: ${records('$n')}`)} }`;
    expect(costs(variable, { n: 10 })).to.equal(false);
    expect(costs(variable, { n: 100 })).to.equal(true);
  });

  it('counts ids like a page, through fragments', () => {
    const query = `query Q($ids: [ID!]!) { nodes(ids: $ids) { ...r } }
      fragment r on CreditRecord { revisions { fields { name } } display { from } }`;
    const ids = (count: number) => ({ ids: Array.from({ length: count }, String) });
    expect(costs(query, ids(50))).to.equal(false);
    expect(costs(query, ids(1000))).to.equal(true);
  });

  it('counts a page size that is not said as its default', () => {
    expect(costs('{ sectors { slug feeds { path } } viewer { organization { name } } }')).to.equal(false);
  });
});
