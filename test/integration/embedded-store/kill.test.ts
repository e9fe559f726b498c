import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lane } from './kill-model.ts';
import { Worker, type Faults } from './kill-operations.ts';

/** More of them look longer for a bad moment to be killed in. */
const KILLS = Number(process.env['STORE_KILLS'] ?? '4');
/** So many kills hit one store before a new one is begun: the check of everything stays short. */
const KILLS_PER_STORE = 20;
/** Stores that are worked on at a time: one starts while the other works. */
const AT_A_TIME = 2;
const LANES = ['a', 'b', 'c', 'd', 'e', 'f'];
const VICTIM = join(import.meta.dirname, 'kill-victim.ts');

class Figures {
  kills = 0;
  acknowledged = 0;
  readonly lost: string[] = [];
  readonly torn: string[] = [];
  readonly invalid: string[] = [];

  note({ lost, torn, invalid }: Faults): void {
    this.lost.push(...lost);
    this.torn.push(...torn);
    this.invalid.push(...invalid);
  }

  toString(): string {
    const { kills, acknowledged, lost, torn, invalid } = this;
    return (
      `${String(kills)} kills, ${String(acknowledged)} acknowledged operations, ${String(lost.length)} lost, ` +
      `${String(torn.length)} torn, ${String(invalid.length)} invalid indexes`
    );
  }
}

/** When to kill: so long after so many operations. A busy machine does not make the rounds emptier. */
interface Moment {
  readonly operations: number;
  readonly thenMs: number;
}

/** Lets six writers work on a store until it is killed; answers whose operation was cut off. */
async function work(worker: Worker, lanes: readonly Lane[], moment: Moment, kill: () => void) {
  const cutOff = new Set<Lane>();
  let acknowledged = 0;
  let killed = false;
  let enough = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const write = async (lane: Lane): Promise<void> => {
    while (!killed) {
      const operation = lane.next();
      cutOff.add(lane);
      try {
        await worker.perform(lane, operation);
      } catch (error) {
        if (!killed) throw error;
        return;
      }
      cutOff.delete(lane);
      lane.apply(operation);
      acknowledged += 1;
      if (acknowledged >= moment.operations) enough();
    }
  };
  const writers = Promise.all(lanes.map(write));
  await Promise.race([reached.then(() => sleep(moment.thenMs)), writers]);
  killed = true;
  kill();
  await worker.close();
  await writers;
  return { cutOff, acknowledged };
}

/** Starts the store of one directory again and again, checks it, lets it work, kills it; a check is the end. */
async function killAgainAndAgain(kills: number, figures: Figures): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'credit-kill-'));
  const lanes = LANES.map((name) => new Lane(name));
  let cutOff: ReadonlySet<Lane> = new Set();
  try {
    for (let round = 0; round <= kills; round += 1) {
      const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
      const victim = spawn(process.execPath, ['--import', 'tsx', VICTIM, directory], { stdio });
      const exited = once(victim, 'exit');
      const [uri] = (await Promise.race([once(victim.stdout, 'data'), exited])) as [Buffer | number];
      expect(uri, 'the store starts').to.be.instanceOf(Buffer);
      const worker = new Worker(uri.toString().trim());
      if (round === 0) await worker.makeIndexes();
      figures.note(await worker.check(lanes, cutOff));
      const kill = () => victim.kill('SIGKILL');
      if (round < kills) {
        const moment = { operations: 20 + ((round * 37) % 100), thenMs: (round * 7) % 20 };
        const worked = await work(worker, lanes, moment, kill);
        ({ cutOff } = worked);
        figures.acknowledged += worked.acknowledged;
        figures.kills += 1;
      } else {
        await worker.close();
        kill();
      }
      await exited;
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('embedded store: killed under mixed writes and transactions', function () {
  this.timeout(60_000 + KILLS * 30_000);

  it(`loses no acknowledged write and tears nothing in ${String(KILLS)} kills`, async () => {
    const figures = new Figures();
    let left = KILLS;
    const victims = async (): Promise<void> => {
      while (left > 0) {
        const kills = Math.min(left, KILLS_PER_STORE, Math.ceil(KILLS / AT_A_TIME));
        left -= kills;
        await killAgainAndAgain(kills, figures);
        if (process.env['STORE_KILLS'] !== undefined) process.stderr.write(`${String(figures)}\n`);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, victims));
    expect(figures).to.deep.include({ kills: KILLS, lost: [], torn: [], invalid: [] });
  });
});
