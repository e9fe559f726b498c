import { expect } from 'chai';
import { agencyNameIn, SectorService } from '../../../../../server/modules/sector/index.ts';
import { checkUscc } from '../../../../../server/lib/uscc.ts';

describe('sectors', () => {
  const sectors = new SectorService();

  it('are twenty-nine, each with a name and a slug of its own', () => {
    const numbered = sectors.list().filter(({ supplier }) => !supplier);
    expect(numbered.map(({ number }) => number)).to.deep.equal(Array.from({ length: 29 }, (_, i) => i + 1));
    for (const key of ['slug', 'name'] as const)
      expect(new Set(sectors.list().map((sector) => sector[key])).size).to.equal(sectors.list().length);
    for (const { slug } of sectors.list()) expect(slug).to.match(/^[a-z][a-z0-9-]*$/);
  });

  it('have agencies whose synthetic codes pass both checks, one code for one name', () => {
    const names = new Map<string, string>();
    for (const { agencyUscc, agencyName } of sectors.list()) {
      const check = checkUscc(agencyUscc);
      expect(check.ok, agencyUscc).to.equal(true);
      expect(check.ok && check.warnings).to.deep.equal([]);
      expect(agencyUscc.slice(2, 8)).to.equal('629900');
      expect(names.get(agencyUscc) ?? agencyName).to.equal(agencyName);
      names.set(agencyUscc, agencyName);
    }
    expect(new Set(names.values()).size).to.equal(names.size);
    const market = ['market', 'food', 'drug', 'ip'].map((slug) => sectors.bySlug(slug)?.agencyUscc);
    expect(new Set(market).size).to.equal(1);
  });

  it('find a feed by its path and nothing by another', () => {
    expect(sectors.feedOf('tax/license')).to.deep.include({ sector: sectors.bySlug('tax'), kind: 'LICENSE' });
    for (const path of ['tax/License', 'tax', 'tax/', 'no/license', 'tax/license/', '__proto__/license']) {
      expect(sectors.feedOf(path), path).to.equal(undefined);
    }
    expect(sectors.feeds().map(({ path }) => path)).to.include('agency/penalty');
    expect(
      sectors
        .feedsOf('tax')
        .map(({ path }) => path)
        .slice(0, 2),
    ).to.deep.equal(['tax/license', 'tax/penalty']);
  });

  it('put the name of the city in the place of a leading 市 only', () => {
    expect(agencyNameIn('示例市', '市税务局')).to.equal('示例市税务局');
    expect(agencyNameIn('示例市', '公共市场')).to.equal('公共市场');
  });
});
