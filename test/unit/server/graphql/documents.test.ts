import { expect } from 'chai';
import { anonymousViewer, makeViewer } from '../../../../server/auth/viewer.ts';
import { documentOf } from '../../../../server/graphql/documents.ts';

const HASH = 'a'.repeat(64);
const persisted = new Map([[HASH, '{ viewer { username } }']]);
const someone = makeViewer({ kind: 'account', accountId: 'a', roles: [], sectors: [] });
const byHash = (sha256Hash: unknown, query?: string) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
  ...(query === undefined ? {} : { query }),
});

function answer(body: unknown, options: { viewer?: typeof someone; production?: boolean } = {}): string {
  try {
    return documentOf(body, options.viewer ?? anonymousViewer, {
      persisted,
      production: options.production ?? true,
    });
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('the document of a request', () => {
  it('is found by its digest, whoever asks', () => {
    expect(answer(byHash(HASH))).to.equal('{ viewer { username } }');
    expect(answer(byHash(HASH.toUpperCase()))).to.equal('{ viewer { username } }');
    expect(answer(byHash(HASH, '{ other }'))).to.equal('{ viewer { username } }');
  });

  it('is not registered by sending it with a digest', () => {
    expect(answer(byHash('b'.repeat(64), '{ viewer { username } }'))).to.equal('DOCUMENT_NOT_PERSISTED');
    expect(answer(byHash('b'.repeat(64)))).to.equal('DOCUMENT_UNKNOWN');
  });

  it('is free text for those logged in, and outside production', () => {
    const body = { query: '{ viewer { roles } }' };
    expect(answer(body)).to.equal('DOCUMENT_NOT_PERSISTED');
    expect(answer(body, { viewer: someone })).to.equal(body.query);
    expect(answer(body, { production: false })).to.equal(body.query);
  });

  for (const body of [undefined, null, 'x', {}, { query: '' }, { query: ['x'] }, { query: { $gt: '' } }]) {
    it(`is missing in ${JSON.stringify(body)}`, () => {
      expect(answer(body, { production: false })).to.equal('DOCUMENT_MISSING');
    });
  }

  for (const hash of [1, null, {}, '__proto__', 'constructor']) {
    it(`is unknown by ${JSON.stringify(hash)}`, () => {
      expect(answer(byHash(hash))).to.equal('DOCUMENT_UNKNOWN');
    });
  }

  it('is one, not a batch', () => {
    expect(answer([byHash(HASH)])).to.equal('BATCH_FORBIDDEN');
  });
});
