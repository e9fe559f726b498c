import { expect } from 'chai';
import { graphql } from 'graphql';
import type { Viewer } from '../../../server/auth/viewer.ts';
import { requestContext } from '../../../server/graphql/request-context.ts';
import { createSchema } from '../../../server/graphql/schema.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { agencyViewer } from '../feed/feeds.ts';
import { checker, maker } from './reference.ts';

const PROPOSE = `mutation ($input: ProposeReferenceEntryInput!) {
  proposeReferenceEntry(input: $input) { entry { id state mayChange mayDecide } errors { code path } }
}`;
const DECIDE = `mutation ($input: DecideReferenceEntryInput!) {
  decideReferenceEntry(input: $input) { entry { state steps { state name reason } } errors { code } }
}`;
const NODE = `query ($id: ID!) { node(id: $id) { ... on ReferenceEntry { title mayDecide value agency { name } } } }`;
const LIST = `query { referenceEntries(first: 5) { edges { node { id kind } } } }`;

describe('reference data over GraphQL', function () {
  this.timeout(60_000);
  let context: TestContext;
  const schema = createSchema();

  before(async () => {
    context = await testContext();
  });
  after(() => context.close());

  const ask = async (viewer: Viewer, source: string, variableValues: object = {}) => {
    const { app } = context;
    const contextValue = requestContext(app, { viewer, requestId: 'r', log: app.log });
    const answer = await graphql({ schema, source, variableValues: variableValues as never, contextValue });
    const reason = (answer.errors?.[0]?.originalError as { code?: string } | undefined)?.code;
    return { data: answer.data as Record<string, unknown>, reason };
  };
  const input = (changes: object = {}) => ({
    kind: 'CODE',
    value: { list: 'penalty-kinds', text: '罚没', means: ['罚款', '没收'] },
    effectiveFrom: '2099-01-01',
    submit: true,
    clientMutationId: 'one',
    ...changes,
  });

  it('is proposed by one, and approved or returned with a reason by another', async () => {
    const proposed = await ask(maker, PROPOSE, { input: input() });
    const { entry, errors } = proposed.data['proposeReferenceEntry'] as {
      entry: { id: string };
      errors: unknown[];
    };
    expect(errors).to.deep.equal([]);
    expect(entry).to.include({ state: 'SUBMITTED', mayChange: true, mayDecide: false });
    const seen = await ask(checker, NODE, { id: entry.id });
    expect(seen.data['node']).to.deep.equal({
      title: '罚没',
      mayDecide: true,
      value: input().value,
      agency: null,
    });
    const wordless = await ask(checker, DECIDE, { input: { entry: entry.id, approve: false } });
    expect(wordless.data['decideReferenceEntry']).to.deep.equal({
      entry: null,
      errors: [{ code: 'REFERENCE_REASON_INVALID' }],
    });
    const returned = await ask(checker, DECIDE, {
      input: { entry: entry.id, approve: false, reason: '请写明依据' },
    });
    expect(returned.data['decideReferenceEntry']).to.deep.equal({
      entry: {
        state: 'RETURNED',
        steps: [
          { state: 'SUBMITTED', name: 'maker', reason: null },
          { state: 'RETURNED', name: 'checker', reason: '请写明依据' },
        ],
      },
      errors: [],
    });
  });

  it('is not found by who may not see it, and closed to who may not act', async () => {
    const tax = await agencyViewer(context.app, 'tax');
    const { data } = await ask(maker, LIST);
    const { id } = (data['referenceEntries'] as { edges: [{ node: { id: string } }] }).edges[0].node;
    expect((await ask(tax, NODE, { id })).data).to.deep.equal({ node: null });
    expect((await ask(tax, LIST)).data).to.deep.equal({ referenceEntries: { edges: [] } });
    expect((await ask(tax, PROPOSE, { input: input({ clientMutationId: 'two' }) })).reason).to.equal(
      'FORBIDDEN',
    );
    expect((await ask(maker, DECIDE, { input: { entry: id, approve: true } })).reason).to.equal('FORBIDDEN');
    const wrong = await ask(checker, DECIDE, { input: { entry: 'bm9uZQ', approve: true } });
    expect(wrong.data['decideReferenceEntry']).to.deep.equal({
      entry: null,
      errors: [{ code: 'ID_INVALID' }],
    });
  });
});
