import { expect } from 'chai';
import { graphql } from 'graphql';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeViewer, systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { Role } from '../../../server/auth/roles.ts';
import { requestContext } from '../../../server/graphql/request-context.ts';
import { createSchema } from '../../../server/graphql/schema.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { connectPlatform, startSim } from '../../support/upstream.ts';

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
      differences(first: 5) { edges { node { id kind key recordId dayThere repairable repaired } } }
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
    await writeFile(journal, `${JSON.stringify(line)}\n`);
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

  it('starts a run for the centre, and shows what it found to auditors', async () => {
    const input = { platform: 'province', day: '2026-03-02', repair: true };
    const started = await ask(viewerWith('CENTER_OPERATOR'), START, { input });
    expect(started.errors).to.equal(undefined);
    const auditor = viewerWith('AUDIT_ADMIN');
    let run: Run | undefined;
    while (run?.state !== 'DONE') {
      const { data, errors } = await ask(auditor, RUNS, {
        filter: { platform: 'province', day: '2026-03-02' },
      });
      expect(errors).to.equal(undefined);
      run = (data as unknown as { reconciliationRuns: { edges: { node: Run }[] } }).reconciliationRuns
        .edges[0]?.node;
    }
    expect(run).to.include({ missingHere: 1, platformName: '省信用信息共享平台' });
    expect(run.groups[0]?.agency?.name).to.be.a('string');
    expect(run.differences.edges.map(({ node }) => node['kind'])).to.deep.equal(['MISSING_HERE']);
    expect(run.differences.edges[0]?.node).to.include({
      key: 'unknown',
      recordId: null,
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

  it('starts nothing for those who only read', async () => {
    const input = { platform: 'province', day: '2026-03-02' };
    for (const role of ['AUDIT_ADMIN', 'AGENCY_MAKER', 'SYSTEM_ADMIN'] as const) {
      const { errors } = await ask(viewerWith(role), START, { input });
      expect(errors).to.have.length(1);
    }
    expect((await ask(viewerWith('AGENCY_MAKER'), RUNS, {})).errors).to.have.length(1);
  });
});
