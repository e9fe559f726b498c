import { expect } from 'chai';
import { graphql } from 'graphql';
import type { Viewer } from '../../../server/auth/viewer.ts';
import { requestContext } from '../../../server/graphql/request-context.ts';
import { createSchema } from '../../../server/graphql/schema.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { agencyViewer, bring, centre, csvFile, range, rowOf } from '../feed/feeds.ts';

const REPORT = `query ($agency: ID) { qualityReport(period: "2026-03", by: AGENCY, agency: $agency) {
  reporting
  rows { key rank received rates { timely } agency { name } }
  total { received dimensions { name faults } }
} }`;

interface Report {
  readonly rows: readonly { readonly key: string; readonly received: number; readonly rank: number | null }[];
  readonly total: { readonly received: number; readonly dimensions: readonly object[] };
}

describe('quality over GraphQL', () => {
  let context: TestContext;
  let tax: Viewer;
  let market: Viewer;
  const schema = createSchema();

  before(async () => {
    context = await testContext({ clock: movableClock('2026-03-02T02:00:00Z') });
    const { app } = context;
    [tax, market] = await Promise.all([agencyViewer(app, 'tax'), agencyViewer(app, 'market')]);
    const rows = range(4).map((n) =>
      rowOf('LICENSE', n, { decidedOn: '2026-02-27', validFrom: '2026-02-27' }),
    );
    await bring(app, csvFile('LICENSE', rows), { feed: 'tax/license' });
  });
  after(() => context.close());

  const ask = async (viewer: Viewer, source: string, variableValues: object = {}) => {
    const { app } = context;
    const contextValue = requestContext(app, { viewer, requestId: 'r', log: app.log });
    return graphql({ schema, source, variableValues: variableValues as never, contextValue });
  };
  const reported = async (viewer: Viewer, agency?: string): Promise<Report> => {
    const { data, errors } = await ask(viewer, REPORT, { agency });
    expect(errors).to.equal(undefined);
    return (data as unknown as { qualityReport: Report }).qualityReport;
  };

  it('shows the centre all agencies, and an agency itself', async () => {
    const all = await reported(centre);
    expect(all.rows.length).to.be.greaterThan(10);
    expect(all.rows[0]).to.include({ received: 4, rank: 1 });
    expect(all.total.dimensions).to.have.length(7);
    const own = await reported(tax);
    expect(own.rows.map(({ key }) => key)).to.deep.equal([all.rows[0]?.key]);
    expect((await reported(market)).total.received).to.equal(0);
    expect((await reported(centre, own.rows[0]?.key)).total.received).to.equal(4);
    const { errors } = await ask(market, REPORT, { agency: own.rows[0]?.key });
    expect(errors?.map(({ message }) => message)).to.have.length(1);
  });

  it('answers what a caller can mend beside the result', async () => {
    const file = `mutation ($feed: String!, $period: String!) {
      fileZeroReport(input: { feed: $feed, period: $period }) { duty { state } errors { code path } }
    }`;
    const early = await ask(tax, file, { feed: 'tax/license', period: '2026-W10' });
    expect(early.data?.['fileZeroReport']).to.deep.equal({
      duty: null,
      errors: [{ code: 'QUALITY_PERIOD_RUNNING', path: [] }],
    });
    const foreign = await ask(tax, file, { feed: 'market/license', period: '2026-W09' });
    expect(foreign.errors).to.have.length(1);
    const counts = `mutation ($agency: ID!) { saveDecisionCounts(input: { counts: [
      { agency: $agency, feed: "tax/license", period: "x", count: 1, source: "s" }
    ] }) { saved errors { code path } } }`;
    const agency = (await reported(tax)).rows[0]?.key;
    expect((await ask(centre, counts, { agency })).data?.['saveDecisionCounts']).to.deep.equal({
      saved: null,
      errors: [{ code: 'QUALITY_PERIOD_INVALID', path: ['counts', '0', 'period'] }],
    });
    expect((await ask(tax, counts, { agency })).errors).to.have.length(1);
  });

  it('finds spot checks and orders by their ids for whom they are', async () => {
    const agency = (await reported(tax)).rows[0]?.key;
    const issue = `mutation ($agency: ID!) { issueSupervisionOrder(input: {
      agency: $agency, title: "t", text: "t", workingDays: 5, clientMutationId: "1"
    }) { order { id number } errors { code } } }`;
    const { data } = await ask(centre, issue, { agency });
    const { order } = data?.['issueSupervisionOrder'] as { order: { id: string; number: string } };
    const again = (await ask(centre, issue, { agency })).data?.['issueSupervisionOrder'] as { order: object };
    expect(again.order).to.deep.equal(order);
    const node = 'query ($id: ID!) { node(id: $id) { ... on SupervisionOrder { number } } }';
    const seen = async (viewer: Viewer) => (await ask(viewer, node, { id: order.id })).data?.['node'];
    expect(await seen(tax)).to.deep.equal({ number: order.number });
    expect(await seen(market)).to.equal(null);
  });
});
