import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { buildSchema, parse, validate } from 'graphql';
import { generate, staleFiles } from '../../scripts/codegen.ts';

describe('generated files', () => {
  let files: ReadonlyMap<string, string>;
  const fileNamed = (path: string): string => files.get(path) ?? expect.fail(`${path} is not generated`);

  before(async () => {
    files = await generate();
  });

  it('are what npm run codegen writes', async () => {
    expect(await staleFiles()).to.deep.equal([]);
  });

  it('come out the same twice', async () => {
    expect([...(await generate())]).to.deep.equal([...files]);
  });

  it('name every persisted document by the digest of its text, and each is valid', () => {
    const schema = buildSchema(fileNamed('schema/schema.graphql'));
    const persisted = JSON.parse(fileNamed('client/src/graphql/__generated__/persisted.json')) as Record<
      string,
      string
    >;
    expect(Object.keys(persisted)).not.to.deep.equal([]);
    for (const [hash, text] of Object.entries(persisted)) {
      expect(createHash('sha256').update(text).digest('hex')).to.equal(hash);
      expect(validate(schema, parse(text))).to.deep.equal([]);
    }
  });

  it('give every document of the client the digest the server knows it by', () => {
    const persisted = JSON.parse(fileNamed('client/src/graphql/__generated__/persisted.json')) as object;
    const documents = fileNamed('client/src/graphql/__generated__/documents.ts');
    const carried = [...documents.matchAll(/"sha256Hash":"([0-9a-f]{64})"/g)].map(([, hash]) => hash);
    expect(carried).to.have.members(Object.keys(persisted));
  });
});
