import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FormData, request } from 'undici';
import type { AppContext } from '../server/context.ts';
import { nativeCollection } from '../server/db/native.ts';
import type { Manifest } from '../server/generate/index.ts';
import type { CreditRecordDoc } from '../server/modules/credit-record/credit-record.model.ts';
import type { LotDoc } from '../server/modules/outbox/lot.model.ts';
import { memberParts } from '../server/modules/outbox/lot.model.ts';
import { generateYear, makeCity, type City } from './city.ts';
import type { BenchContext } from './define-bench.ts';
import { logIn, startCity, type Served } from './server.ts';
import { enablePlatforms, startSimulators, stopAll } from './simulators.ts';

export const RATE = 200;
/** Rows of an upload; so many uploads a second make the rate. */
const ROWS = 50;
/** Without any progress for so long, something is wrong. */
const PATIENCE_MS = 60_000;

interface Part {
  readonly feed: string;
  readonly csv: string;
}

/** The files of a folder cut into uploads of the same size, the feeds by turns. */
async function partsOf(folder: string): Promise<Part[]> {
  const { files } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const perFile = await Promise.all(
    files.map(async ({ file, feed }) => {
      const [header = '', ...rows] = (await readFile(join(folder, file), 'utf8')).trimEnd().split(/\r?\n/);
      return Array.from({ length: Math.floor(rows.length / ROWS) }, (_, i) => ({
        feed,
        csv: [header, ...rows.slice(i * ROWS, (i + 1) * ROWS), ''].join('\n'),
      }));
    }),
  );
  const most = Math.max(...perFile.map((parts) => parts.length));
  return Array.from({ length: most }, (_, i) => perFile.flatMap((parts) => parts[i] ?? [])).flat();
}

async function upload({ url }: Served, token: string, { feed, csv }: Part): Promise<void> {
  const form = new FormData();
  form.append('file', new Blob([csv]), 'steady.csv');
  const answer = await request(`${url}/feeds/${feed}/batches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  const said = await answer.body.text();
  if (answer.statusCode !== 202) throw new Error(`upload: ${String(answer.statusCode)} ${said}`);
}

/** Items that every platform has accepted. */
async function accepted({ url }: Served, token: string): Promise<number> {
  const answer = await request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ pushBoard { platforms { items } } }' }),
  });
  const { data } = (await answer.body.json()) as {
    data: { pushBoard: { platforms: { items: Record<string, number> }[] } };
  };
  return Math.min(...data.pushBoard.platforms.map(({ items }) => items['CONFIRMED'] ?? 0));
}

export interface Steady {
  /** One per item; ms. */
  readonly ms: readonly number[];
  /** Records a second that were stored. */
  readonly rate: number;
}

async function untilAccepted(served: Served, token: string, wanted: number): Promise<void> {
  let [most, moved] = [0, performance.now()];
  for (let n = await accepted(served, token); n < wanted; n = await accepted(served, token)) {
    if (n > most) [most, moved] = [n, performance.now()];
    if (performance.now() - moved > PATIENCE_MS) throw new Error(`only ${String(n)} records were accepted`);
    await sleep(500);
  }
}

/** From the instant the record carries to the instant of the answer its lot carries, per platform. */
async function readSteady({ db }: AppContext): Promise<Steady> {
  const stored = new Map<string, number>();
  const records = nativeCollection<CreditRecordDoc>(db, 'credit_records').find(
    {},
    { projection: { acceptedAt: 1 } },
  );
  for await (const { _id, acceptedAt } of records) stored.set(_id.toHexString(), acceptedAt.getTime());
  const ms: number[] = [];
  for await (const { members, at } of nativeCollection<LotDoc>(db, 'outbox_lots').find({
    state: 'CONFIRMED',
  })) {
    for (const member of members.split(' ')) {
      const since = stored.get(memberParts(member).recordId);
      if (since !== undefined) ms.push(at.getTime() - since);
    }
  }
  const instants = [...stored.values()].sort((a, b) => a - b);
  const seconds = ((instants.at(-1) ?? 0) - (instants[0] ?? 0)) / 1000 + ROWS / RATE;
  return { ms, rate: instants.length / seconds };
}

/** Uploads small files to a running city at a steady rate; it works and sends them by itself. */
export async function measureLatency({ directory, log }: BenchContext, seconds: number): Promise<Steady> {
  const city: City = await makeCity(directory, 'steady');
  const folder = join(directory, 'steady-feeds');
  // Feeds of fewer rows than an upload has are left out, so there must be more.
  await generateYear(city, folder, Math.ceil(seconds * RATE * 2));
  await city.credit('import-subjects', join(folder, 'subjects.csv'));
  const simulators = await startSimulators(city, directory);
  await enablePlatforms(city, simulators);
  const parts = (await partsOf(folder)).slice(0, Math.ceil((seconds * RATE) / ROWS));
  const served = await startCity(city);
  const token = await logIn(served.url);
  const before = await accepted(served, token);
  log(`${String(parts.length * ROWS)} records at ${String(RATE)} a second`);
  const started = performance.now();
  const uploads: Promise<void>[] = [];
  for (const [i, part] of parts.entries()) {
    await sleep(Math.max(0, started + (i * ROWS * 1000) / RATE - performance.now()));
    // At its time, whether the ones before have been answered or not.
    const sent = upload(served, token, part);
    sent.catch(() => undefined);
    uploads.push(sent);
  }
  await Promise.all(uploads);
  await untilAccepted(served, token, before + parts.length * ROWS);
  await served.running.stop();
  await stopAll(simulators);
  const app = await city.open();
  const steady = await readSteady(app);
  await app.close();
  await city.drop();
  return steady;
}
