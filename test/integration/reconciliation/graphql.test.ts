import { expect } from 'chai';
import { graphql } from 'graphql';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anonymousViewer, makeViewer, systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { Role } from '../../../server/auth/roles.ts';
import { requestContext } from '../../../server/graphql/request-context.ts';
import { createSchema } from '../../../server/graphql/schema.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { connectPlatform, startSim } from '../../support/upstream.ts';
import { agencyViewer, bring, collectionOf, csvFile, rowOf } from '../feed/feeds.ts';

interface Run {
  readonly id: string;
  readonly state: string;
  readonly missingHere: number;
  readonly platformName: string;
  readonly groups: readonly {
    readonly agency: { readonly name: string } | null;
    readonly missingHere: number;
  }[];
  readonly differences: { readonly edges: readonly { readonly node: Record<string, unknown> }[] };
}

const RUNS = `query ($filter: ReconciliationRunFilter) {
  reconciliationRuns(filter: $filter, first: 5) {
    edges { node {
      id state missingHere platformName
      groups { agency { name } missingHere }
      differences(first: 5) { edges { node {
        id kind key recordId documentNumber counterpartName dayThere repairable repaired
      } } }
    } }
  }
}`;
const START = `mutation ($input: ReconcilePlatformInput!) {
  reconcilePlatform(input: $input) { run { id state day } errors { code } }
}`;

describe('reconciliation over GraphQL', () => {
  let context: TestContext;
  let sim: Simulator;
  const schema = createSchema();

  before(async () => {
    context = await testContext();
    const { app } = context;
    const agency = await app.organizations.agencyOfSector('market');
    const rows = [rowOf('LICENSE', 1), rowOf('LICENSE', 2, {}, 'NATURAL_PERSON')];
    await bring(app, csvFile('LICENSE', rows));
    const stored = await collectionOf(app, 'credit_records').find({}).toArray();
    const line = {
      at: '2026-03-02T02:00:00.000Z',
      token: 't',
      itemId: 'x:1',
      key: 'unknown',
      contentHash: 'c',
      operation: 'INSERT',
      agency: agency?.id ?? '',
      kind: 'LICENSE',
      result: 'accepted',
      effective: true,
    };
    const journal = join(context.directory, 'journal.jsonl');
    const ours = stored.map((record, i) => ({
      ...line,
      at: '2026-03-03T02:00:00.000Z',
      itemId: `y:${String(i)}`,
      key: record['naturalKey'] as string,
    }));
    await writeFile(journal, [line, ...ours].map((held) => `${JSON.stringify(held)}\n`).join(''));
    sim = await startSim('', { journal });
    await connectPlatform(app.outbox, sim.url);
  });
  after(async () => {
    await context.close();
    await sim.close();
  });

  const viewerWith = (role: Role): Viewer =>
    makeViewer({ kind: 'account', accountId: 'a', username: 'u', roles: [role], sectors: [] });
  const ask = async (viewer: Viewer, source: string, variableValues: object) => {
    const { app } = context;
    const contextValue = requestContext(app, { viewer, requestId: 'r', log: app.log });
    return graphql({ schema, source, variableValues: variableValues as never, contextValue });
  };

  const doneRun = async (viewer: Viewer, day: string): Promise<Run> => {
    for (;;) {
      const { data, errors } = await ask(viewer, RUNS, { filter: { platform: 'province', day } });
      expect(errors).to.equal(undefined);
      const { reconciliationRuns } = data as unknown as { reconciliationRuns: { edges: { node: Run }[] } };
      const run = reconciliationRuns.edges[0]?.node;
      if (run?.state === 'DONE') return run;
    }
  };

  it('starts a run for the centre, and shows what it found to auditors', async () => {
    const input = { platform: 'province', day: '2026-03-02', repair: true };
    const started = await ask(viewerWith('CENTER_OPERATOR'), START, { input });
    expect(started.errors).to.equal(undefined);
    const auditor = viewerWith('AUDIT_ADMIN');
    const run = await doneRun(auditor, '2026-03-02');
    expect(run).to.include({ missingHere: 1, platformName: '省信用信息共享平台' });
    expect(run.groups[0]?.agency?.name).to.be.a('string');
    expect(run.differences.edges.map(({ node }) => node['kind'])).to.deep.equal(['MISSING_HERE']);
    expect(run.differences.edges[0]?.node).to.include({
      key: 'unknown',
      recordId: null,
      documentNumber: null,
      counterpartName: null,
      dayThere: '2026-03-02',
      repairable: false,
      repaired: false,
    });
    const again = await ask(
      auditor,
      'query ($id: ID!) { node(id: $id) { ... on ReconciliationRun { state } } }',
      {
        id: run.id,
      },
    );
    expect(again.data?.['node']).to.deep.equal({ state: 'DONE' });
    const trail = await context.app.audit.page(systemViewer, { first: 20 }, { action: 'reconciliation:run' });
    expect(trail.nodes).to.have.length(1);
  });

  it('names our records, natural persons masked, to those who may read records', async () => {
    const centre = viewerWith('CENTER_OPERATOR');
    const day = '2026-03-03';
    await ask(centre, START, { input: { platform: 'province', day } });
    const namesFor = async (viewer: Viewer) =>
      (await doneRun(viewer, day)).differences.edges.map(({ node }) => [
        node['documentNumber'],
        node['counterpartName'],
      ]);
    expect(await namesFor(centre)).to.have.deep.members([
      ['示字〔2025〕1号', '示例商贸1号'],
      ['示字〔2025〕2号', '王*'],
    ]);
    // 三员: the audit administrator has no business with records.
    expect(await namesFor(viewerWith('AUDIT_ADMIN'))).to.deep.equal([
      [null, null],
      [null, null],
    ]);
  });

  it('finds records for those alone who may see them', async () => {
    const { app } = context;
    const ids = (await collectionOf(app, 'credit_records').find({}).toArray()).map(({ _id }) => String(_id));
    const seenBy = async (viewer: Viewer) => (await app.creditRecords.visibleOf(viewer, ids)).length;
    expect(await seenBy(await agencyViewer(app, 'market'))).to.equal(2);
    expect(await seenBy(await agencyViewer(app, 'tax'))).to.equal(0);
    expect(await seenBy(viewerWith('AUDIT_ADMIN'))).to.equal(0);
    expect(await seenBy(anonymousViewer)).to.equal(0);
  });

  it('starts nothing for those who only read', async () => {
    const input = { platform: 'province', day: '2026-03-02' };
    for (const role of ['AUDIT_ADMIN', 'AGENCY_MAKER', 'SYSTEM_ADMIN'] as const) {
      const { errors } = await ask(viewerWith(role), START, { input });
      expect(errors).to.have.length(1);
    }
    expect((await ask(viewerWith('AGENCY_MAKER'), RUNS, {})).errors).to.have.length(1);
  });
});
