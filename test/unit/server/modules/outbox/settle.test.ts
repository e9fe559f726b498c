import { Types } from 'mongoose';
import { expect } from 'chai';
import type { Lot } from '../../../../../server/modules/outbox/lot.model.ts';
import type { PushBatchDoc } from '../../../../../server/modules/outbox/push-batch.model.ts';
import {
  byVerdict,
  faultTarget,
  turnedDownTarget,
  verdictTarget,
  type Verdict,
} from '../../../../../server/modules/outbox/settle.ts';

const NOW = new Date('2026-03-02T00:00:00Z');
const lot = (fields: Partial<Lot> = {}): Lot => ({
  _id: new Types.ObjectId(),
  platform: 'province',
  kind: 'LICENSE',
  sector: 'tax',
  state: 'SENDING',
  members: ['a:1', 'b:1'],
  n: 2,
  at: NOW,
  createdAt: NOW,
  sends: 1,
  tries: 0,
  faults: 0,
  tokens: ['t'],
  ...fields,
});
const batch = (n: number): PushBatchDoc => ({
  _id: 't',
  platform: 'province',
  state: 'OPEN',
  lots: [],
  n,
  owner: 'o',
  lease: NOW,
  at: NOW,
  asks: 0,
  createdAt: NOW,
});

describe('verdictTarget', () => {
  it('climbs the ladder with every failed try and gives up after the eighth', () => {
    for (let tries = 0; tries < 7; tries += 1) {
      const target = verdictTarget(lot({ tries }), { result: 'retry', code: 'BUSY' }, NOW);
      expect(target).to.include({ state: 'RETRY', tries: tries + 1, code: 'BUSY' });
    }
    expect(verdictTarget(lot({ tries: 7 }), { result: 'retry' }, NOW)).to.include({
      state: 'DEAD',
      tries: 8,
    });
  });

  it('hides numbers of natural persons in the words of a refusal', () => {
    const verdict: Verdict = { result: 'refused', code: 'E', message: '身份证号620302199001011234有误' };
    expect(verdictTarget(lot(), verdict, NOW)?.message).not.to.include('199001011234');
  });

  it('leaves an item alone that waits for its receipt already', () => {
    expect(verdictTarget(lot({ state: 'SENT' }), { result: 'pending' }, NOW)).to.equal(undefined);
  });
});

describe('byVerdict', () => {
  it('gives items that fare alike the same target', () => {
    const verdicts = new Map<string, Verdict>([
      ['a:1', { result: 'accepted' }],
      ['b:1', { result: 'accepted' }],
    ]);
    const targetOf = byVerdict(verdicts, 'KEEP', NOW)(lot(), batch(2));
    expect(targetOf('a:1')).to.equal(targetOf('b:1'));
    expect(targetOf('c:1')).to.equal(undefined);
  });

  it('frees what nothing was said of when asked to', () => {
    const targetOf = byVerdict(new Map(), 'FREE', NOW)(lot(), batch(2));
    expect(targetOf('a:1')).to.include({ state: 'RETRY', code: 'NOT_TAKEN' });
  });
});

describe('faultTarget', () => {
  it('costs no try, waits longer each time and halves the batch from the third time on', () => {
    const waits = [0, 1, 2, 9].map((faults) => {
      const target = faultTarget(lot({ faults }), batch(100), NOW, 'NO_ANSWER');
      expect(target).to.include({ state: 'RETRY', faults: faults + 1 });
      expect(target).not.to.have.property('tries');
      expect(target.most).to.equal(faults < 2 ? undefined : 50);
      return target.at.getTime() - NOW.getTime();
    });
    expect(waits[0]).to.be.within(4500, 5500);
    expect(waits[1]).to.be.within(9000, 11_000);
    expect(waits[3]).to.be.within(270_000, 330_000);
  });
});

describe('turnedDownTarget', () => {
  it('halves a batch and lets only a single item climb the ladder', () => {
    expect(turnedDownTarget(lot(), batch(5), NOW, 'HTTP_400')).to.include({
      state: 'RETRY',
      most: 3,
      at: NOW,
    });
    expect(turnedDownTarget(lot({ tries: 7 }), batch(1), NOW, 'HTTP_400')).to.include({ state: 'DEAD' });
  });
});
