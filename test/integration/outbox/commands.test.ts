import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { UsageError } from '../../../server/cli/command.ts';
import { platformCommand } from '../../../server/cli/platform.ts';
import { pushCommand, type OutboxApp } from '../../../server/cli/push.ts';
import { upstreamSimCommand } from '../../../server/cli/upstream-sim.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import { SIM_TOKEN, startSim, testOutbox, type TestOutbox, wipe } from '../../support/upstream.ts';

/** Runs a command and catches what it prints on stdout. */
async function printed(run: () => Promise<number>): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const { log, error } = console;
  console.log = (line: string) => lines.push(line);
  console.error = () => undefined;
  try {
    return { code: await run(), lines };
  } finally {
    Object.assign(console, { log, error });
  }
}

async function usageOf(run: Promise<number>): Promise<unknown> {
  try {
    return await run;
  } catch (error) {
    return error;
  }
}

describe('commands of the outbox', () => {
  let store: TestDb;
  let sim: Simulator;
  let box: TestOutbox;
  const open = (): Promise<OutboxApp> =>
    Promise.resolve({ outbox: box.outbox, close: () => Promise.resolve() });
  const platform = (...args: string[]) => platformCommand(open).run(args);
  const push = (...args: string[]) => pushCommand(open).run(args);

  before(async () => {
    store = await testDb();
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });
  after(() => store.drop());
  beforeEach(async () => {
    await wipe(store.db);
    box = testOutbox(store.db);
    sim = await startSim('refuse=0.2');
  });
  afterEach(async () => {
    await box.outbox.close();
    await sim.close();
  });

  it('set a platform up, take in what is stored, push it and say so', async () => {
    box.records.make(40);
    const set = await printed(() =>
      platform('set', 'province', '--url', sim.url, '--token', SIM_TOKEN, '--json'),
    );
    expect(set.code).to.equal(0);
    expect(JSON.parse(set.lines[0] ?? '')).to.include({ code: 'province', enabled: true });
    const { code, lines } = await printed(() => push('--drain', '--json'));
    const [summary, ...rest] = lines.map((line) => JSON.parse(line) as Record<string, number | string>);
    expect(rest).to.deep.equal([]);
    expect(Object.keys(summary ?? {})).to.deep.equal([
      'platform',
      'sent',
      'accepted',
      'refused',
      'retry',
      'dead',
    ]);
    expect(Number(summary?.['accepted']) + Number(summary?.['refused'])).to.equal(40);
    expect(code).to.equal(1);
    expect((await printed(() => push('--platform', 'province'))).code).to.equal(0);
  });

  it('list the platforms without their tokens', async () => {
    await printed(() => platform('set', 'province', '--url', sim.url, '--token', SIM_TOKEN));
    const off = await printed(() => platform('set', 'province', '--enabled', 'false'));
    expect(off.lines[0]).to.include('未启用');
    const { lines } = await printed(() => platform('list', '--json'));
    expect(lines[0]).not.to.include(SIM_TOKEN);
    const { platforms } = JSON.parse(lines[0] ?? '') as { platforms: { code: string }[] };
    expect(platforms.map(({ code }) => code)).to.deep.equal(['province', 'second']);
  });

  it('hold back what a platform does not take now, say so, and send it with --now', async () => {
    box.records.make(10);
    // A minute that is not now, whenever the test runs.
    const hour = (new Date().getUTCHours() + 8 + 12) % 24;
    const window = `${String(hour).padStart(2, '0')}:00-${String(hour).padStart(2, '0')}:01`;
    const set = await printed(() =>
      platform('set', 'province', '--url', sim.url, '--token', SIM_TOKEN, '--window', window, '--json'),
    );
    expect(JSON.parse(set.lines[0] ?? '')).to.deep.include({ windows: [window], windowDays: 'ALL' });
    const held = await printed(() => push('--drain', '--json'));
    expect(JSON.parse(held.lines[0] ?? '')).to.include({ sent: 0, held: 10 });
    expect(held.code).to.equal(1);
    expect((await printed(() => push('--drain'))).lines[0]).to.include('接收时段外，暂缓 10 条');
    expect((await printed(() => platform('list'))).lines[0])
      .to.include('时段外')
      .and.to.include(window);
    const sent = await printed(() => push('--drain', '--now', '--json'));
    expect(JSON.parse(sent.lines[0] ?? ''))
      .to.include({ sent: 10 })
      .and.not.to.have.property('held');
    await printed(() => platform('set', 'province', '--window', ''));
    expect((await box.outbox.listPlatforms(systemViewer))[0]?.windows).to.deep.equal([]);
  });

  for (const args of [
    [],
    ['set'],
    ['list', 'x'],
    ['set', 'province', '--enabled', 'maybe'],
    ['set', 'nation', '--url', 'http://p.test', '--token', 't'],
    ['set', 'province', '--url', 'nowhere', '--token', 't'],
    ['set', 'province', '--batch-size', 'many', '--url', 'http://p.test', '--token', 't'],
    ['set', 'province', '--colour', 'red'],
    ['set', 'province', '--url', 'http://p.test', '--token', 't', '--window', '5-6'],
    ['set', 'province', '--url', 'http://p.test', '--token', 't', '--window-days', 'SOME'],
    ['set', 'province', '--url', 'file:///no/such/folder'],
  ]) {
    it(`refuse platform ${args.join(' ')}`, async () => {
      expect(await usageOf(platform(...args))).to.be.instanceOf(UsageError);
    });
  }

  for (const args of [['--platform', 'second'], ['--once', '--drain'], ['--fast'], ['province']]) {
    it(`refuse push ${args.join(' ')}`, async () => {
      expect(await usageOf(push(...args))).to.be.instanceOf(UsageError);
    });
  }

  for (const args of [
    [],
    ['--port', 'x', '--token', 't'],
    ['--port', '70000', '--token', 't'],
    ['--port', '0'],
    ['--port', '0', '--token', 't', '--faults', 'x=1'],
    ['--port', '0', '--drop', '/tmp'],
    ['--drop', ''],
    ['--drop', '/tmp', '--faults', 'http-500=1'],
  ]) {
    it(`refuse upstream-sim ${args.join(' ')}`, async () => {
      expect(await usageOf(upstreamSimCommand.run(args))).to.be.instanceOf(UsageError);
    });
  }
});
