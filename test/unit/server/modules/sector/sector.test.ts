import { expect } from 'chai';
import { agencyNameIn, feedPath, SectorService } from '../../../../../server/modules/sector/index.ts';
import { checkUscc } from '../../../../../server/lib/uscc.ts';

describe('sectors', () => {
  const sectors = new SectorService();

  it('are twenty-nine, each with a name and a slug of its own', () => {
    expect(sectors.list()).to.have.lengthOf(29);
    expect(new Set(sectors.list().map(({ slug }) => slug)).size).to.equal(29);
    expect(new Set(sectors.list().map(({ name }) => name)).size).to.equal(29);
    for (const { slug } of sectors.list()) expect(slug).to.match(/^[a-z][a-z0-9-]*$/);
  });

  it('have agencies whose synthetic codes pass both checks, one code for one name', () => {
    const names = new Map<string, string>();
    for (const { agencyUscc, agencyName } of sectors.list()) {
      const check = checkUscc(agencyUscc);
      expect(check.ok, agencyUscc).to.equal(true);
      expect(check.ok && check.warnings).to.deep.equal([]);
      expect(agencyUscc.slice(0, 8)).to.equal('11629900');
      expect(names.get(agencyUscc) ?? agencyName).to.equal(agencyName);
      names.set(agencyUscc, agencyName);
    }
    expect(new Set(names.values()).size).to.equal(names.size);
    const market = ['market', 'food', 'drug', 'ip'].map((slug) => sectors.bySlug(slug)?.agencyUscc);
    expect(new Set(market).size).to.equal(1);
  });

  it('find a feed by its path and nothing by another', () => {
    expect(sectors.feedOf('tax/license')).to.deep.equal({ sector: sectors.bySlug('tax'), kind: 'LICENSE' });
    for (const path of ['tax/License', 'tax', 'tax/', 'no/license', 'tax/license/', '__proto__/license']) {
      expect(sectors.feedOf(path), path).to.equal(undefined);
    }
    expect(sectors.feeds().map(feedPath)).to.have.lengthOf(58).and.to.include('agency/penalty');
  });

  it('put the name of the city in the place of a leading 市 only', () => {
    expect(agencyNameIn('示例市', '市税务局')).to.equal('示例市税务局');
    expect(agencyNameIn('示例市', '公共市场')).to.equal('公共市场');
  });
});
