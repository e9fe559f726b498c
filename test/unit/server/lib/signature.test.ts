import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { sign, signatureFault } from '../../../../server/lib/signature.ts';

const NOW = new Date('2026-03-02T08:00:00Z');
const BODY = Buffer.from('{"batch":"b","results":[]}');

describe('signatureFault', () => {
  const good = sign('key', BODY, NOW, 'nonce-0001');
  const after = (ms: number): Date => new Date(NOW.getTime() + ms);

  it('accepts what sign made', () => {
    expect(signatureFault('key', good, BODY, NOW)).to.equal(undefined);
  });

  it('is HMAC-SHA256 over timestamp.nonce.body', () => {
    const text = `${good.timestamp}.nonce-0001.${BODY.toString()}`;
    expect(good.signature).to.equal(createHmac('sha256', 'key').update(text).digest('hex'));
  });

  for (const timestamp of [
    '1772438400',
    '1772438400000',
    '2026-03-02T08:00:00Z',
    '2026-03-02T16:00:00+08:00',
  ]) {
    it(`reads the timestamp ${timestamp}`, () => {
      const signature = createHmac('sha256', 'key')
        .update(`${timestamp}.nonce-0001.`)
        .update(BODY)
        .digest('hex');
      expect(signatureFault('key', { timestamp, nonce: 'nonce-0001', signature }, BODY, NOW)).to.equal(
        undefined,
      );
    });
  }

  it('holds for five minutes either way and no longer', () => {
    expect(signatureFault('key', good, BODY, after(300_000))).to.equal(undefined);
    expect(signatureFault('key', good, BODY, after(-300_000))).to.equal(undefined);
    expect(signatureFault('key', good, BODY, after(300_001))).to.equal('SIGNATURE_STALE');
    expect(signatureFault('key', good, BODY, after(-300_001))).to.equal('SIGNATURE_STALE');
  });

  it('refuses another key, body, nonce or timestamp', () => {
    expect(signatureFault('other', good, BODY, NOW)).to.equal('SIGNATURE_WRONG');
    expect(signatureFault('key', good, Buffer.from('{}'), NOW)).to.equal('SIGNATURE_WRONG');
    expect(signatureFault('key', { ...good, nonce: 'nonce-0002' }, BODY, NOW)).to.equal('SIGNATURE_WRONG');
    const moved = { ...good, timestamp: String(NOW.getTime() + 1) };
    expect(signatureFault('key', moved, BODY, NOW)).to.equal('SIGNATURE_WRONG');
  });

  for (const [what, headers, fault] of [
    ['no headers at all', {}, 'SIGNATURE_MISSING'],
    ['no signature', { timestamp: good.timestamp, nonce: good.nonce }, 'SIGNATURE_MISSING'],
    ['a nonce too short to be one', { ...good, nonce: 'a' }, 'SIGNATURE_MISSING'],
    ['a timestamp that is none', { ...good, timestamp: 'yesterday' }, 'SIGNATURE_STALE'],
    ['a signature of the wrong length', { ...good, signature: 'ab' }, 'SIGNATURE_WRONG'],
    ['a signature that is not hex', { ...good, signature: 'z'.repeat(64) }, 'SIGNATURE_WRONG'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(signatureFault('key', headers, BODY, NOW)).to.equal(fault);
    });
  }
});
