import { expect } from 'chai';
import { verify } from '../../../server/cli/verify.ts';
import { loadMigrations } from '../../../server/db/migrate.ts';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { call, collection, loginAt, until, type GetCopies } from './support.ts';

export function firstStart(copies: GetCopies): void {
  it('race to the first start, and everything is made once', async () => {
    const { app, servers } = copies();
    for (const server of servers) expect((await call(server, '/readyz')).status).to.equal(200);
    const names = (await collection(app, 'migrations').find().toArray()).map(({ _id }) => _id);
    expect(names.sort()).to.deep.equal((await loadMigrations()).map(({ name }) => name));
    const steps = await collection(app, 'bootstrap_steps').find().toArray();
    expect(steps.map(({ _id }) => _id)).to.have.members(['demo-accounts', 'demo-records']);
    expect(steps.every((step) => 'doneAt' in step)).to.equal(true);
    const { nodes } = await app.accounts.list(systemViewer, { first: 100 });
    expect(nodes).to.have.length(11);
    const organizations = await collection(app, 'organizations').find().toArray();
    expect(organizations).not.to.have.length(0);
    expect(new Set(organizations.map((each) => (each as unknown as { name: string }).name)).size).to.equal(
      organizations.length,
    );
    // Of every file of the demo city one batch, each worked once.
    const batches = (await app.feeds.batches(systemViewer, {}, { first: 100 })).nodes;
    expect(batches.every(({ rows }) => rows.read > 0 && rows.unchanged === 0)).to.equal(true);
    expect((await verify(app)).filter(({ faults }) => faults.length > 0)).to.deep.equal([]);
  });

  it('share the secrets: a token of one is good at the other', async () => {
    const { city, servers } = copies();
    const { token } = await loginAt(servers[0], 'center', city.password);
    const seen = await until(
      () => call(servers[1], '/graphql', { token, json: { query: '{ viewer { username } }' } }),
      ({ status }) => status === 200,
    );
    expect(seen.body['data']).to.deep.equal({ viewer: { username: 'center' } });
  });
}
