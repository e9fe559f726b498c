import { expect } from 'chai';
import { loggedPath } from '../../../../server/http/request-log.ts';

describe('the path in the log', () => {
  for (const [path, logged] of [
    ['/graphql', '/graphql'],
    ['/feeds/batches/1?wait=30&token=abc', '/feeds/batches/1'],
    ['/downloads/one-time-key', '/downloads/…'],
    ['/downloads/one-time-key/problems.xlsx?x', '/downloads/…/problems.xlsx'],
    [`/${'x'.repeat(300)}`, `/${'x'.repeat(199)}`],
  ] as const) {
    it(`is ${logged.slice(0, 40)} for ${path.slice(0, 40)}`, () => {
      expect(loggedPath(path)).to.equal(logged);
    });
  }
});
