import { randomUUID } from 'node:crypto';
import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { sign } from '../../../server/lib/signature.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { readJournal, SIM_TOKEN, startSim } from '../../support/upstream.ts';
import { collection, tenacious, until, type GetCopies } from './support.ts';

const FAULTS =
  'refuse=0.05,timeout-after-accept=0.01,duplicate-answer=0.05,late=0.05,lose-receipt=0.02,slow=0.3';

/** What is delivered from here on, to a platform that fails now and then. */
export function delivery(copies: GetCopies): { adds: () => void; agrees: () => void } {
  let sim: Simulator;
  let directory: string;
  let journal: string;

  const adds = (): void => {
    before(async () => {
      directory = await mkdtemp(join(tmpdir(), 'credit-sim-'));
      journal = join(directory, 'journal.jsonl');
      sim = await startSim(FAULTS, { journal });
    });
    after(async () => {
      await sim.close();
      await rm(directory, { recursive: true, force: true });
    });

    it('both deliver, from the moment a third process sets a platform up', async () => {
      const { app, servers } = copies();
      await app.outbox.setPlatform(systemViewer, {
        code: 'province',
        url: sim.url,
        token: SIM_TOKEN,
        batchSize: 5,
        callback: `${servers[0].url}/upstream/province/receipts`,
      });
      const owners = () => collection(app, 'push_batches').distinct('owner');
      await until(owners, (found) => found.length === 2);
      await until(
        () => app.outbox.counts('province'),
        ({ PENDING, CONFIRMED }) => PENDING === 0 && CONFIRMED > 0,
      );
      // From here on there is more to deliver than to share.
      await app.outbox.setPlatform(systemViewer, { code: 'province', batchSize: 500 });
    });

    it('take a signed receipt once, whichever it comes to', async () => {
      const { servers } = copies();
      const body = Buffer.from(JSON.stringify({ batch: randomUUID(), results: [] }));
      const { timestamp, nonce, signature } = sign(SIM_TOKEN, body, new Date());
      const answers = await Promise.all(
        [...servers, ...servers].map(({ url }) =>
          fetch(`${url}/upstream/province/receipts`, {
            method: 'POST',
            headers: { 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': signature },
            body,
          }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 401, 401, 401]);
    });
  };

  const agrees = (): void => {
    it('made each item effective once, and count what the platform counts', async () => {
      const { app } = copies();
      const settled = async () => {
        await app.outbox.deliverDue('province', { drain: true });
        return app.outbox.counts('province');
      };
      const counts = await until(
        settled,
        ({ CONFIRMED, REFUSED, SUPERSEDED, ...open }) =>
          CONFIRMED + REFUSED + SUPERSEDED > 0 && Object.values(open).every((n) => n === 0),
        120,
      );
      const lines = await readJournal(journal);
      const effective = lines.filter((line) => line.effective);
      expect(effective).to.have.length(counts.CONFIRMED);
      expect(new Set(effective.map(({ key }) => key)).size).to.equal(counts.CONFIRMED);
      const refused = lines.filter(({ result }) => result === 'refused').map(({ itemId }) => itemId);
      expect(new Set(refused).size).to.equal(counts.REFUSED);
      const items = await tenacious(() => collection(app, 'outbox_items').countDocuments());
      expect(counts.CONFIRMED + counts.REFUSED).to.equal(items - counts.SUPERSEDED);
    });
  };
  return { adds, agrees };
}
