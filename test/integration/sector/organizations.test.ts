import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { OrganizationService } from '../../../server/modules/organization/index.ts';
import { SectorService } from '../../../server/modules/sector/index.ts';
import { testDb, type TestDb } from '../../support/store.ts';

describe('the organizations of the sectors', () => {
  const sectors = new SectorService();
  let store: TestDb;
  let organizations: OrganizationService;
  let events: string[];

  before(async () => {
    store = await testDb();
    events = [];
    const audit = { record: async (_: unknown, entry: { object: string }) => void events.push(entry.object) };
    organizations = new OrganizationService({ db: store.db, clock: systemClock, audit: audit as never });
    await migrate(store.db, systemClock);
  });
  after(() => store.drop());

  it('are an agency for every sector and the credit centre, named after the city', async () => {
    await sectors.ensureOrganizations(organizations, '示例市');
    for (const { slug, agencyUscc } of sectors.list()) {
      expect((await organizations.agencyOfSector(slug))?.uscc, slug).to.equal(agencyUscc);
    }
    expect((await organizations.agencyOfSector('food'))?.name).to.equal('示例市市场监督管理局');
    const [center] = (await organizations.list(systemViewer, { first: 10 }, 'CENTER')).nodes;
    expect(center?.name).to.equal('示例市公共信用信息中心');
  });

  it('are written once, whoever starts again or beside', async () => {
    const before = events.length;
    await Promise.all([
      sectors.ensureOrganizations(organizations, '示例市'),
      new SectorService().ensureOrganizations(organizations, '示例市'),
    ]);
    expect(events).to.have.lengthOf(before);
  });

  it('follow a new name of the city and leave an agency out of office', async () => {
    const tax = await organizations.agencyOfSector('tax');
    expect(tax).to.not.equal(undefined);
    if (!tax) return;
    await organizations.upsert(systemViewer, { ...tax, active: false });
    await sectors.ensureOrganizations(organizations, '新示市');
    const now = await organizations.byUscc(tax.uscc);
    expect(now?.name).to.equal('新示市税务局');
    expect(now?.active).to.equal(false);
  });
});
