import { expect } from 'chai';
import { systemViewer } from '../../server/auth/viewer.ts';
import { bootstrap } from '../../server/bootstrap.ts';
import { nativeCollection } from '../../server/db/native.ts';
import { testContext, type TestContext } from '../support/app.ts';

describe('the first start', function () {
  this.timeout(60_000);
  let context: TestContext;
  before(async () => {
    context = await testContext();
  });
  after(() => context.close());

  const usernames = async (): Promise<string[]> =>
    (await context.app.accounts.list(systemViewer, { first: 100 })).nodes
      .map(({ username }) => username)
      .sort();

  it('makes the agencies of all sectors and the eleven demo accounts', async () => {
    const { sectors, organizations } = context.app;
    for (const { agencyUscc } of sectors.list())
      expect(await organizations.byUscc(agencyUscc)).to.include({ active: true });
    expect(await usernames()).to.have.length(11);
  });

  it('goes on where a start was killed between two accounts, and changes nothing when repeated', async () => {
    const { db } = context.app;
    await nativeCollection(db, 'accounts').deleteOne({ username: 'firm' });
    await nativeCollection<{ _id: string }>(db, 'bootstrap_steps').updateOne(
      { _id: 'demo-accounts' },
      { $unset: { doneAt: 1 } },
    );
    await bootstrap(context.app, { demoRecords: false });
    expect(await usernames()).to.have.length(11);
    await bootstrap(context.app, { demoRecords: false });
    expect(await usernames()).to.have.length(11);
  });

  it('makes no demo account again once an administrator took one away', async () => {
    await nativeCollection(context.app.db, 'accounts').deleteOne({ username: 'firm' });
    await bootstrap(context.app, { demoRecords: false });
    expect(await usernames()).to.not.include('firm');
  });
});
