import { expect } from 'chai';
import { instantOf, localTime, newestOf } from '../../../../../server/modules/collection/local-time.ts';

describe('local times of agencies', () => {
  const at = new Date('2026-03-02T02:03:04.500Z');

  it('are those of Asia/Shanghai', () => {
    expect(localTime(at)).to.equal('2026-03-02 10:03:04');
    for (const text of [
      '2026-03-02 10:03:04.5',
      '2026-03-02T10:03:04.500123',
      '2026-03-02T02:03:04.5Z',
      at.getTime(),
    ]) {
      expect(instantOf(text)?.getTime(), String(text)).to.equal(at.getTime());
    }
    expect(instantOf('2026-3-2')?.toISOString()).to.equal('2026-03-01T16:00:00.000Z');
  });

  it('that are none say nothing', () => {
    for (const value of [undefined, null, '', 'soon', {}]) expect(instantOf(value)).to.equal(undefined);
    expect(newestOf(['soon', '2026-03-02', '2026-03-03', null])?.toISOString()).to.equal(
      '2026-03-02T16:00:00.000Z',
    );
    expect(newestOf([])).to.equal(undefined);
  });
});
