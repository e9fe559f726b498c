import { expect } from 'chai';
import fc from 'fast-check';
import { keyOf, keyOfArgument, parseGlobalId, toGlobalId } from '../../../../server/graphql/global-id.ts';
import { InputError, NotFoundError } from '../../../../server/lib/errors.ts';

describe('global ids', () => {
  it('lead back to type and key', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (key) => {
        const id = toGlobalId('FeedBatch', key);
        expect(id).to.match(/^[\w-]+$/);
        expect(parseGlobalId(id)).to.deep.equal({ type: 'FeedBatch', key });
      }),
    );
  });

  it('are never guessed from other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseGlobalId(text);
        if (parsed) expect(toGlobalId(parsed.type, parsed.key)).to.equal(text);
      }),
    );
    for (const text of [
      '',
      'x',
      ':',
      toGlobalId('lower', '1'),
      toGlobalId('Type', ''),
      `${toGlobalId('T', '1')}=`,
    ]) {
      expect(parseGlobalId(text)).to.equal(undefined);
    }
  });

  it('of another type are a fault of the input', () => {
    const id = toGlobalId('Account', 'a');
    expect(keyOf('Account', id, ['accountId'])).to.equal('a');
    expect(() => keyOf('Organization', id, ['organizationId'])).to.throw(InputError, 'ID_INVALID');
    expect(() => keyOfArgument('FeedBatch', id)).to.throw(NotFoundError);
  });
});
