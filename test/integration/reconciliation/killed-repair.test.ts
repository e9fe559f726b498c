import { expect } from 'chai';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { bootstrap } from '../../../server/bootstrap.ts';
import type { AppContext } from '../../../server/context.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { platformDoor, type PlatformDoor } from '../../support/platform-door.ts';
import { aCity, type City } from '../../support/processes.ts';
import { editJournal } from '../../support/reconciliation.ts';
import { connectPlatform, movableClock, readJournal, startSim } from '../../support/upstream.ts';

const PLATFORM = 'province';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const REPAIR = ['reconcile', '--platform', PLATFORM, '--all', '--repair'];

describe('a repair over all days whose process is killed', function () {
  this.timeout(240_000);
  let city: City;
  let app: AppContext;
  let sim: Simulator;
  let door: PlatformDoor;
  /** Records the platform takes: every one that is stored, on several days. */
  let all: number;
  const clock = movableClock('2026-03-02T02:00:00Z');
  const journal = (): string => join(city.directory, 'journal.jsonl');
  const start = async (): Promise<void> => {
    sim = await startSim('', { journal: journal(), clock });
    door.target = sim.url;
  };

  before(async () => {
    city = await aCity();
    door = await platformDoor();
    await start();
    app = await city.open();
    await bootstrap(app, { demoRecords: true });
    await connectPlatform(app.outbox, door.url, { batchSize: 20 });
    for (let sent = 1; sent > 0; clock.forward(DAY_MS)) {
      ({ sent } = await app.outbox.deliverDue(PLATFORM, { limit: 60 }));
    }
    all = (await readJournal(journal())).length;
    const counts = await app.outbox.counts(PLATFORM);
    expect([counts.CONFIRMED, counts.PENDING]).to.deep.equal([all, 0]);
  });
  after(async () => {
    await city.close();
    await door.close();
    await sim.close();
  });
  beforeEach(async () => {
    door.open();
    clock.forward(DAY_MS);
    await loseAThird();
  });

  let offset = 0;
  /** The platform forgets every third record. */
  const loseAThird = async (): Promise<void> => {
    await sim.close();
    offset += 1;
    let n = offset;
    await editJournal(journal(), (line) => ((n += 1) % 3 === 0 ? undefined : line));
    await start();
  };
  /** What a further run, to its end, finds on each side and puts in. */
  const runToTheEnd = async (repair: boolean) => {
    const total = { here: 0, there: 0, missingThere: 0, missingHere: 0, different: 0, repaired: 0 };
    for await (const { run } of app.reconciliation.runAll(systemViewer, { platform: PLATFORM, repair })) {
      expect(run.state).to.equal('DONE');
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += run[name];
    }
    return total;
  };
  const putIn = async (): Promise<number> => (await app.outbox.counts(PLATFORM)).PENDING;
  /** Everything is there once, was sent once, and nobody sees a difference. */
  const isWhole = async (): Promise<void> => {
    await app.outbox.deliverDue(PLATFORM, { drain: true });
    const clean = { here: all, there: all, missingThere: 0, missingHere: 0, different: 0, repaired: 0 };
    expect(await runToTheEnd(true)).to.deep.equal(clean);
    const lines = await readJournal(journal());
    expect(lines.filter(({ effective }) => effective)).to.have.length(all);
    expect(lines).to.have.length(all);
    expect(new Set(lines.map(({ key }) => key)).size).to.equal(all);
    const { CONFIRMED, ...others } = await app.outbox.counts(PLATFORM);
    expect(CONFIRMED).to.equal(all);
    expect(Object.values(others).every((n) => n === 0)).to.equal(true);
  };

  interface Moment {
    /** The request at which it is killed. */
    readonly path: RegExp;
    readonly n: number;
    /** So long after the answer; before the platform hears of it when there is none. */
    readonly afterMs?: number;
  }
  const killedAt = async ({ path, n, afterMs }: Moment): Promise<void> => {
    const command = city.credit(...REPAIR);
    let seen = 0;
    const isTheOne = (asked: string): boolean => path.test(asked) && (seen += 1) === n;
    if (afterMs === undefined) {
      door.asked = async (asked) => {
        if (isTheOne(asked)) await command.kill();
      };
    } else {
      door.answered = (asked, body) => {
        if (isTheOne(asked)) void sleep(afterMs).then(() => command.kill());
        return { body };
      };
    }
    expect(await command.ended).to.include({ signal: 'SIGKILL' });
    door.open();
  };
  const killedOncePutIn = async (): Promise<void> => {
    const command = city.credit(...REPAIR);
    while ((await putIn()) === 0) await sleep(1);
    await command.kill();
    expect(await command.ended).to.include({ signal: 'SIGKILL' });
  };
  const MOMENTS: readonly { readonly name: string; readonly kill: () => Promise<void> }[] = [
    { name: 'before it knows the days', kill: () => killedAt({ path: /\/held\/days/, n: 1 }) },
    { name: 'between two lists', kill: () => killedAt({ path: /\/held\/items/, n: 2 }) },
    { name: 'when it is about to mend', kill: () => killedAt({ path: /\/held\/lookup/, n: 1, afterMs: 25 }) },
    { name: 'as soon as something is put in', kill: killedOncePutIn },
    { name: 'with one day mended', kill: () => killedAt({ path: /\/held\?/, n: 2 }) },
  ];

  for (const { name, kill } of MOMENTS) {
    it(`loses and doubles nothing when it is killed ${name}`, async () => {
      const lost = all - (await readJournal(journal())).length;
      expect(lost).to.be.greaterThan(all / 4);
      await kill();
      const before = await putIn();
      expect(before).to.be.at.most(lost);
      const { missingThere, repaired } = await runToTheEnd(true);
      expect([missingThere, repaired]).to.deep.equal([lost - before, lost - before]);
      expect(await putIn()).to.equal(lost);
      await isWhole();
    });
  }

  it('loses and doubles nothing when it is killed again and again while the records are sent', async () => {
    const stop = new AbortController();
    const dispatcher = app.outbox.startDispatcher({ signal: stop.signal });
    try {
      // Each of them mends a day, and the next one begins while that is being sent.
      for (const afterMs of [20, 50, 80]) await killedAt({ path: /\/held\/lookup/, n: 2, afterMs });
      const { code, out } = await city.credit(...REPAIR).ended;
      expect(code, out).to.be.within(0, 1);
    } finally {
      stop.abort();
      await dispatcher;
    }
    await isWhole();
    expect(await city.credit(...REPAIR).ended).to.include({ code: 0 });
  });

  it('shows a killed run as broken off when the next one begins a while later', async () => {
    await killedAt({ path: /\/held\/items/, n: 1 });
    const [killed] = (await app.reconciliation.runs(systemViewer, {}, { first: 1 })).nodes;
    expect(killed).to.include({ state: 'RUNNING', repair: true });
    const later = await city.open({ clock: { now: () => new Date(Date.now() + 11 * MINUTE_MS) } });
    await later.reconciliation.run(systemViewer, { platform: PLATFORM, day: killed?.day ?? '' });
    const seen = await app.reconciliation.get(systemViewer, killed?.id ?? '');
    expect(seen).to.include({ state: 'FAILED', error: 'RECONCILE_ABANDONED' });
  });
});
