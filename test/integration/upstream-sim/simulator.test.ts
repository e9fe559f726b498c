import { expect } from 'chai';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ItemResult } from '../../../server/upstream-sim/ledger.ts';
import type { Simulator, SimulatorOptions } from '../../../server/upstream-sim/index.ts';
import { readJournal, SIM_TOKEN, startSim } from '../../support/upstream.ts';

describe('upstream simulator', () => {
  let dir: string;
  let sim: Simulator | undefined;
  const journal = (): string => join(dir, 'journal.jsonl');

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'credit-sim-'));
  });
  afterEach(async () => {
    await sim?.close();
    sim = undefined;
    await rm(dir, { recursive: true, force: true });
  });

  const start = async (faults = '', options: Partial<SimulatorOptions> = {}): Promise<void> => {
    await sim?.close();
    sim = await startSim(faults, { journal: journal(), ...options });
  };
  const item = (n: number) => ({
    itemId: `r${String(n)}:1`,
    key: `k${String(n)}`,
    contentHash: `h${String(n)}`,
    operation: 'INSERT',
  });
  const call = async (path: string, body?: object | string, token = SIM_TOKEN) => {
    const response = await fetch(`${sim?.url ?? ''}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { results?: ItemResult[]; code?: string };
    return { status: response.status, results: answer.results, code: answer.code };
  };
  const push = (batch: string, ...items: object[]) => call('/batches', { batch, items });

  it('takes a batch once per token and writes it down', async () => {
    await start();
    const first = await push('t1', item(1), item(2));
    expect(first).to.deep.include({ status: 200 });
    expect(await push('t1', item(1), item(2))).to.deep.equal(first);
    const lines = await readJournal(journal());
    expect(lines.map(({ itemId, effective }) => [itemId, effective])).to.deep.equal([
      ['r1:1', true],
      ['r2:1', true],
      ['r1:1', false],
      ['r2:1', false],
    ]);
    expect(Object.keys(lines[0] ?? {})).to.include.members([
      'at',
      'token',
      'itemId',
      'key',
      'operation',
      'result',
      'effective',
    ]);
  });

  it('tells the fate of a batch, and clearly when it never saw it', async () => {
    await start();
    await push('t1', item(1));
    const [line] = await readJournal(journal());
    expect((await call('/batches/t1')).results).to.deep.equal([
      { itemId: 'r1:1', result: 'accepted', acceptedAt: line?.at },
    ]);
    expect(await call('/batches/t2')).to.include({ status: 404, code: 'BATCH_UNKNOWN' });
  });

  it('knows repeats after it was killed, whatever the last line looks like', async () => {
    await start();
    await push('t1', item(1));
    await sim?.close();
    sim = undefined;
    await appendFile(journal(), '{"at":"2026-');
    await start();
    expect((await call('/batches/t1')).results).to.have.length(1);
    await push('t2', item(1), item(2));
    expect((await readJournal(journal())).map(({ effective }) => effective)).to.deep.equal([
      true,
      false,
      true,
    ]);
  });

  it('has the journal on disk before it answers', async () => {
    await start();
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        await push(`t${String(i)}`, item(i));
        expect(await readFile(journal(), 'utf8')).to.include(`"r${String(i)}:1"`);
      }),
    );
  });

  it('lets no stranger in', async () => {
    await start();
    expect(await call('/batches/t1', undefined, 'wrong')).to.include({ status: 401 });
    expect(await call('/elsewhere')).to.include({ status: 404, code: 'NO_SUCH_ADDRESS' });
  });

  for (const body of [
    '',
    'x',
    '{}',
    '{"batch":"t"}',
    '{"batch":"t","items":[]}',
    '{"batch":"a b","items":[{}]}',
    '{"batch":"t","items":[{"itemId":1}]}',
  ]) {
    it(`answers 400 to ${body === '' ? 'nothing' : body}`, async () => {
      await start();
      expect((await call('/batches', body)).status).to.equal(400);
    });
  }

  it('answers 500 before anything took effect', async () => {
    await start('http-500=1');
    expect(await push('t1', item(1))).to.include({ status: 500 });
    expect(await call('/batches/t1')).to.include({ status: 404 });
    expect(await readJournal(journal())).to.have.length(0);
  });

  it('does not answer while it is down', async () => {
    let at = Date.parse('2026-03-02T00:00:00Z');
    await start('down=30s@120s', { clock: { now: () => new Date(at) } });
    expect((await push('t1', item(1))).status).to.equal(200);
    at += 125_000;
    let failed = false;
    await push('t2', item(2)).catch(() => (failed = true));
    expect(failed).to.equal(true);
    at += 30_000;
    expect((await push('t2', item(2))).status).to.equal(200);
  });
});
