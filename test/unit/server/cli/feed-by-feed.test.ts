import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { feedByFeed } from '../../../../server/cli/feed-by-feed.ts';

const job = (feed: string, name: string) => ({ feed, name });

describe('feedByFeed', () => {
  it('keeps the order of each feed, and answers in the order of the files', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ feed: fc.constantFrom('a', 'b', 'c', 'd'), turns: fc.nat(3) }), {
          maxLength: 12,
        }),
        async (files) => {
          const jobs = files.map((file, i) => ({ ...file, i }));
          const busy = new Set<string>();
          const done: { feed: string; i: number }[] = [];
          const results = await feedByFeed(jobs, async ({ feed, turns, i }) => {
            expect(busy.has(feed)).to.equal(false);
            busy.add(feed);
            for (let turn = 0; turn < turns; turn += 1) await setImmediate();
            busy.delete(feed);
            done.push({ feed, i });
            return i;
          });
          expect(results).to.deep.equal(jobs.map(({ i }) => i));
          for (const feed of new Set(jobs.map((one) => one.feed))) {
            const order = done.filter((one) => one.feed === feed).map(({ i }) => i);
            expect(order).to.deep.equal([...order].sort((x, y) => x - y));
          }
        },
      ),
    );
  });

  it('works two feeds at once', async () => {
    const met: string[] = [];
    let meet: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (meet = resolve));
    await feedByFeed([job('a', '1'), job('b', '2')], async ({ name }) => {
      met.push(name);
      if (met.length === 2) meet();
      await both;
    });
    expect(met).to.deep.equal(['1', '2']);
  });

  it('begins nothing more after an error, lets what is under way end, and throws it', async () => {
    const ended: string[] = [];
    const jobs = [job('a', '1'), job('a', '2'), job('b', '3'), job('b', '4'), job('c', '5')];
    const fault = await feedByFeed(jobs, async ({ name }) => {
      await setImmediate();
      if (name === '1') throw new Error('broken');
      await setImmediate();
      ended.push(name);
    }).catch((error: Error) => error.message);
    expect(fault).to.equal('broken');
    expect(ended).to.deep.equal(['3']);
  });
});
