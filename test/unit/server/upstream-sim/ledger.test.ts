import { expect } from 'chai';
import { FaultDraw, parseFaults } from '../../../../server/upstream-sim/faults.ts';
import { Ledger, type PushedItem } from '../../../../server/upstream-sim/ledger.ts';

const NOW = new Date('2026-03-02T00:00:00Z');
const ledgerOf = (faults = ''): Ledger => new Ledger(new FaultDraw(parseFaults(faults), '1'));
const item = (fields: Partial<PushedItem> = {}): PushedItem => ({
  itemId: 'r:1',
  key: 'k',
  contentHash: 'h1',
  operation: 'INSERT',
  ...fields,
});
const ACCEPTED = { itemId: 'r:1', result: 'accepted', acceptedAt: NOW.toISOString() };
const effects = (ledger: Ledger, token: string, ...items: PushedItem[]): boolean[] =>
  ledger.take(token, items, NOW, 100).map(({ effective }) => effective);

describe('Ledger', () => {
  it('lets a content take effect once', () => {
    const ledger = ledgerOf();
    expect(effects(ledger, 't1', item())).to.deep.equal([true]);
    expect(effects(ledger, 't2', item())).to.deep.equal([false]);
    expect(
      effects(ledger, 't3', item({ itemId: 'r:2', contentHash: 'h2', operation: 'UPDATE' })),
    ).to.deep.equal([true]);
  });

  it('recognises an old revision that comes again after a newer one', () => {
    const ledger = ledgerOf();
    effects(ledger, 't1', item());
    effects(ledger, 't2', item({ itemId: 'r:2', contentHash: 'h2' }));
    expect(effects(ledger, 't3', item())).to.deep.equal([false]);
    expect(effects(ledger, 't4', item({ itemId: 'r:3', contentHash: 'h1' }))).to.deep.equal([true]);
  });

  it('answers the first answer to a token it has seen', () => {
    const ledger = ledgerOf();
    effects(ledger, 't1', item());
    expect(effects(ledger, 't1', item())).to.deep.equal([false]);
    expect(ledger.answer('t1', true)).to.deep.equal([ACCEPTED]);
  });

  it('refuses the same content always and another perhaps', () => {
    const ledger = ledgerOf('refuse=0.5');
    const results = Array.from({ length: 40 }, (_, i) => {
      const one = item({ itemId: `r:${String(i + 1)}`, contentHash: `h${String(i)}` });
      const [first] = ledger.take(`a${String(i)}`, [one], NOW, 0);
      const [second] = ledger.take(`b${String(i)}`, [one], NOW, 0);
      expect(second?.result).to.equal(first?.result);
      return first?.result;
    });
    expect(new Set(results)).to.deep.equal(new Set(['accepted', 'refused']));
  });

  it('tells a late result only when its time has come', () => {
    const ledger = ledgerOf('late=1');
    effects(ledger, 't1', item());
    expect(ledger.status('t1', new Date(NOW.getTime() + 200))).to.deep.equal([
      { itemId: 'r:1', result: 'pending' },
    ]);
    ledger.keep('t1');
    expect(ledger.answer('t1', false)).to.deep.equal([{ itemId: 'r:1', result: 'pending' }]);
    expect(ledger.status('t1', new Date(NOW.getTime() + 99))).to.deep.equal([
      { itemId: 'r:1', result: 'pending' },
    ]);
    expect(ledger.status('t1', new Date(NOW.getTime() + 100))).to.deep.equal([ACCEPTED]);
    expect(ledger.lateReceipts('t1')).to.deep.equal([ACCEPTED]);
  });

  it('leaves a timed-out item out of the answer, though it took effect', () => {
    const ledger = ledgerOf('timeout-after-accept=1');
    expect(effects(ledger, 't1', item())).to.deep.equal([true]);
    ledger.keep('t1');
    expect(ledger.answer('t1', false)).to.deep.equal([]);
    expect(ledger.losesAnswer('t1')).to.equal(true);
    expect(ledger.status('t1', NOW)).to.deep.equal([ACCEPTED]);
  });

  it('knows nothing of a batch it never saw', () => {
    expect(ledgerOf().status('t1', NOW)).to.equal(undefined);
  });

  it('goes on after a restart from its lines', () => {
    const before = ledgerOf('refuse=0.5');
    const items = Array.from({ length: 20 }, (_, i) =>
      item({ itemId: `r${String(i)}:1`, key: `k${String(i)}`, contentHash: `h${String(i)}` }),
    );
    const lines = before.take('t1', items, NOW, 0);
    before.keep('t1');
    const after = ledgerOf('refuse=0.5');
    for (const line of lines) after.replay(line);
    expect(after.status('t1', NOW)).to.deep.equal(before.status('t1', NOW));
    expect(after.take('t2', items, NOW, 0).some(({ effective }) => effective)).to.equal(false);
  });
});
