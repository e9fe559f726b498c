import { verify } from '../../../server/cli/verify.ts';
import { expect } from 'chai';
import { aCity } from '../../support/processes.ts';
import { delivery } from './delivery.ts';
import { firstStart } from './first-start.ts';
import { jobs } from './jobs.ts';
import { sessions } from './sessions.ts';
import { tenacious, type Copies } from './support.ts';
import { uploads } from './uploads.ts';

describe('two servers and two jobs processes on one store', function () {
  this.timeout(120_000);
  let copies: Copies | undefined;
  const get = (): Copies => {
    if (!copies) throw new Error('they did not start');
    return copies;
  };

  before(async () => {
    const city = await aCity();
    try {
      const [first, second, third, fourth] = await Promise.all([
        city.start('server'),
        city.start('server'),
        city.start('jobs'),
        city.start('jobs'),
      ]);
      copies = { city, app: await city.open(), servers: [first, second], jobs: [third, fourth] };
    } catch (error) {
      await city.close();
      throw error;
    }
  });
  after(() => copies?.city.close());

  const { adds, agrees } = delivery(get);
  firstStart(get);
  sessions(get);
  adds();
  uploads(get);
  jobs(get);
  agrees();

  it('leave a store in which everything adds up', async () => {
    const checks = await tenacious(() => verify(get().app));
    expect(checks.filter(({ faults }) => faults.length > 0)).to.deep.equal([]);
  });
});
