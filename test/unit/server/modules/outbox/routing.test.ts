import { expect } from 'chai';
import {
  isRoutedTo,
  loadRouting,
  type PlatformRouting,
} from '../../../../../server/modules/outbox/routing.ts';

const change = { kind: 'LICENSE', counterpartKind: 'NATURAL_PERSON', sector: 'tax' } as const;
const platform = (...routes: PlatformRouting['routes']): PlatformRouting => ({
  code: 'p',
  name: '平台',
  template: 'g3',
  routes,
});

describe('isRoutedTo', () => {
  for (const [what, routes, wanted] of [
    ['no route', [], false],
    ['a route that leaves everything open', [{}], true],
    ['its kind', [{ kinds: ['LICENSE'] }], true],
    ['another kind', [{ kinds: ['PENALTY'] }], false],
    ['no natural persons', [{ counterpartKinds: ['LEGAL_PERSON'] }], false],
    ['another sector', [{ sectors: ['market'] }], false],
    ['a second route that fits', [{ sectors: ['market'] }, { kinds: ['LICENSE'], sectors: ['tax'] }], true],
  ] as const) {
    it(`answers ${String(wanted)} for ${what}`, () => {
      expect(isRoutedTo(platform(...routes), change)).to.equal(wanted);
    });
  }
});

describe('loadRouting', () => {
  it('knows the two platforms of the demo city and sends natural persons there', () => {
    const routing = loadRouting();
    expect(routing.map(({ code, name }) => [code, name])).to.deep.equal([
      ['province', '省信用信息共享平台'],
      ['second', '备用平台'],
    ]);
    for (const known of routing) expect(isRoutedTo(known, change)).to.equal(true);
  });
});
