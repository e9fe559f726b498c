import { expect } from 'chai';
import { connectionOf, givenOf, pageArgs } from '../../../../server/graphql/connection.ts';

describe('connections', () => {
  it('show a page as Relay has it', () => {
    expect(connectionOf({ nodes: ['a', 'b'], cursors: ['1', '2'], hasNext: true })).to.deep.equal({
      edges: [
        { cursor: '1', node: 'a' },
        { cursor: '2', node: 'b' },
      ],
      pageInfo: { hasNextPage: true, endCursor: '2' },
    });
    expect(connectionOf({ nodes: [], cursors: [], hasNext: false }).pageInfo).to.deep.equal({
      hasNextPage: false,
      endCursor: null,
    });
  });

  it('leave out what a caller left out or set to null', () => {
    expect(pageArgs({ first: 5, after: null })).to.deep.equal({ first: 5 });
    expect(pageArgs({ first: 5, after: 'x' })).to.deep.equal({ first: 5, after: 'x' });
    expect(givenOf({ name: null, status: 'DONE' })).to.deep.equal({ status: 'DONE' });
    expect(givenOf(null)).to.deep.equal({});
  });
});
