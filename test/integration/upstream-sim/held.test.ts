import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heldText, SetHash } from '../../../server/lib/set-hash.ts';
import type { Simulator, SimulatorOptions } from '../../../server/upstream-sim/index.ts';
import { movableClock, SIM_TOKEN, startSim } from '../../support/upstream.ts';

interface Item {
  readonly key: string;
  readonly contentHash: string;
  readonly itemId: string;
  readonly acceptedAt: string;
}

describe('listing of the upstream simulator', () => {
  let dir: string;
  let sim: Simulator;
  let clock: ReturnType<typeof movableClock>;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'credit-held-'));
    clock = movableClock('2026-03-02T15:59:59.999Z');
    sim = await start();
  });
  afterEach(async () => {
    await sim.close();
    await rm(dir, { recursive: true, force: true });
  });

  const start = (faults = '', options: Partial<SimulatorOptions> = {}) =>
    startSim(faults, { journal: join(dir, 'journal.jsonl'), clock, ...options });
  const call = async <T = Record<string, unknown>>(path: string, body?: object) => {
    const response = await fetch(`${sim.url}${path}`, {
      headers: { authorization: `Bearer ${SIM_TOKEN}` },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, ...((await response.json()) as T) };
  };
  let batches = 0;
  const push = (...items: readonly [key: string, revision: number, agency?: string][]) =>
    call<{ results: object[] }>('/batches', {
      batch: `t${String((batches += 1))}`,
      items: items.map(([key, revision, agency = 'a']) => ({
        itemId: `${key}:${String(revision)}`,
        key,
        contentHash: `${key}-${String(revision)}`,
        operation: 'INSERT',
        agency,
        kind: 'LICENSE',
      })),
    });
  const list = async (day: string, after = '', limit = 100) =>
    call<{ items: Item[]; next?: string }>(
      `/held/items?day=${day}&agency=a&kind=LICENSE&after=${after}&limit=${String(limit)}`,
    );

  it('sums up a day by agency and kind, in Shanghai', async () => {
    await push(['k1', 1], ['k2', 1], ['k3', 1, 'b']);
    clock.forward(1);
    await push(['k4', 1]);
    const hash = new SetHash();
    for (const key of ['k2', 'k1']) hash.add(heldText({ key, contentHash: `${key}-1` }));
    const { groups } = await call<{ groups: object[] }>('/held?day=2026-03-02');
    expect(groups).to.have.length(2);
    expect(groups[0]).to.deep.equal({ agency: 'a', kind: 'LICENSE', n: 2, hash: hash.hex() });
    expect((await call<{ days: object[] }>('/held/days')).days).to.deep.equal([
      { day: '2026-03-02', n: 3 },
      { day: '2026-03-03', n: 1 },
    ]);
  });

  it('has a record once, where it was last taken with effect', async () => {
    await push(['k1', 1], ['k2', 1]);
    clock.forward(86_400_000);
    await push(['k1', 2], ['k2', 1]);
    expect((await list('2026-03-02')).items.map(({ itemId }) => itemId)).to.deep.equal(['k2:1']);
    expect((await list('2026-03-03')).items.map(({ itemId }) => itemId)).to.deep.equal(['k1:2']);
  });

  it('tells a repeat since when it has it', async () => {
    const first = await push(['k1', 1]);
    clock.forward(86_400_000);
    expect((await push(['k1', 1])).results).to.deep.equal(first.results);
    expect(first.results).to.deep.equal([
      { itemId: 'k1:1', result: 'accepted', acceptedAt: '2026-03-02T15:59:59.999Z' },
    ]);
  });

  it('lists in pages by the key', async () => {
    await push(['c', 1], ['a', 1], ['d', 1], ['b', 1]);
    const first = await list('2026-03-02', '', 3);
    expect(first.items.map(({ key }) => key)).to.deep.equal(['a', 'b', 'c']);
    expect(first.next).to.equal('c');
    const second = await list('2026-03-02', 'c', 3);
    expect(second.items.map(({ key }) => key)).to.deep.equal(['d']);
    expect(second).not.to.have.property('next');
  });

  it('finds records by their keys, whatever the day', async () => {
    await push(['k1', 1], ['k2', 1, 'b']);
    const { items } = await call<{ items: Item[] }>('/held/lookup', { keys: ['k2', 'nobody'] });
    expect(items).to.deep.equal([
      {
        key: 'k2',
        contentHash: 'k2-1',
        itemId: 'k2:1',
        agency: 'b',
        kind: 'LICENSE',
        acceptedAt: '2026-03-02T15:59:59.999Z',
      },
    ]);
  });

  it('holds the same after a restart', async () => {
    await push(['k1', 1], ['k2', 1]);
    clock.forward(1);
    await push(['k1', 2]);
    const before = [await call('/held/days'), await list('2026-03-02'), await list('2026-03-03')];
    const told = await call(`/batches/t${String(batches)}`);
    await sim.close();
    sim = await start();
    expect([await call('/held/days'), await list('2026-03-02'), await list('2026-03-03')]).to.deep.equal(
      before,
    );
    expect(await call(`/batches/t${String(batches)}`)).to.deep.equal(told);
  });

  it('fails as a whole, never in part', async () => {
    await push(['k1', 1], ['k2', 1]);
    await sim.close();
    sim = await start('http-500=1');
    expect(await list('2026-03-02')).to.include({ status: 500 });
    expect(await call('/held/lookup', { keys: ['k1'] })).to.include({ status: 500 });
  });

  for (const path of ['/held?day=2026-02-30', '/held/items?day=x', '/held/items?day=2026-03-02&limit=0']) {
    it(`answers 400 to ${path}`, async () => {
      expect(await call(path)).to.include({ status: 400 });
    });
  }
  it('answers 400 to keys that are none, and 404 to what it does not have', async () => {
    expect(await call('/held/lookup', { keys: [1] })).to.include({ status: 400 });
    expect(await call('/held/nothing')).to.include({ status: 404 });
  });
});
