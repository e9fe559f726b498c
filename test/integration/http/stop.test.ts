import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { nativeCollection } from '../../../server/db/native.ts';
import { startServer } from '../../../server/server.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { csvFile, range, rowOf } from '../feed/feeds.ts';

const PASSWORD = 'demo-password-1';
const MAIN = fileURLToPath(new URL('../../../server/index.ts', import.meta.url));

/** One process of the program on the store of a context. */
class Child {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  url = '';

  private constructor(context: TestContext, part: string) {
    const { dataDir, mongodbUri = '' } = context.app.config;
    const settings = { DATA_DIR: dataDir, MONGODB_URI: mongodbUri, PORT: '0', NODE_ENV: 'test' };
    this.process = spawn(process.execPath, ['--import=tsx', MAIN, part], {
      env: { ...process.env, ...settings, LOG_LEVEL: 'silent', DEMO_PASSWORD: PASSWORD },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.ended = once(this.process, 'exit').then(([code]) => code as number | null);
  }

  static async start(context: TestContext, part: string): Promise<Child> {
    const child = new Child(context, part);
    let out = '';
    await new Promise<void>((resolve, reject) => {
      // Read to its end: the process goes on printing.
      child.process.stdout?.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        if (out.includes('store:')) resolve();
      });
      child.process.once('exit', () => reject(new Error(`ended before it was ready: ${out}`)));
    });
    child.url = /http:\/\/\S+/.exec(out)?.[0] ?? '';
    return child;
  }

  signal(): void {
    this.process.kill('SIGTERM');
  }
}

async function login(url: string): Promise<string> {
  const response = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'agency-market', password: PASSWORD }),
  });
  return ((await response.json()) as { accessToken: string }).accessToken;
}

const BOUNDARY = 'part-of-the-test';
const csv = (from: number, rows: number): string =>
  csvFile(
    'LICENSE',
    range(rows).map((i) => rowOf('LICENSE', from + i)),
  ).toString();

/** Begins an upload and sends half of its body. */
async function halfUpload(
  url: string,
  token: string,
): Promise<{ call: ClientRequest; answer: Promise<IncomingMessage>; rest: string }> {
  const file = csv(1000, 20);
  const half = file.slice(0, file.length / 2);
  const call = request(`${url}/feeds/market/license/batches`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    },
  });
  const answer = once(call, 'response').then(([response]) => response as IncomingMessage);
  answer.catch(() => undefined);
  call.write(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${half}`);
  await sleep(300);
  return { call, answer, rest: `${file.slice(half.length)}\r\n--${BOUNDARY}--\r\n` };
}

describe('the stop of a process', function () {
  this.timeout(90_000);

  let context: TestContext;
  before(async () => {
    context = await testContext({ demo: true });
  });
  after(() => context.close());

  const receive = async (from: number, rows: number): Promise<string> => {
    const source = Readable.from([csv(from, rows)]);
    const input = { feed: 'market/license', fileName: 'a.csv', source };
    const { batch } = await context.app.feeds.receive(systemViewer, input);
    return batch._id.toHexString();
  };

  it('lets requests under way end, answers who waits, lets nobody in, says so, and ends with 0', async () => {
    const child = await Child.start(context, 'server');
    const token = await login(child.url);
    const batch = await receive(1, 3);
    const upload = await halfUpload(child.url, token);
    const waiting = fetch(`${child.url}/feeds/batches/${batch}?wait=60`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await sleep(300);
    const asked = performance.now();
    child.signal();
    const waited = await waiting;
    expect(performance.now() - asked).to.be.below(10_000);
    expect(await waited.json()).to.include({ batchId: batch, status: 'RECEIVED' });

    const ready = await fetch(`${child.url}/readyz`);
    expect([ready.status, await ready.json()]).to.deep.equal([
      503,
      { status: 'not ready', reasons: ['the server is stopping'] },
    ]);
    const late = await fetch(`${child.url}/graphql`, { method: 'POST' });
    expect([late.status, ((await late.json()) as { error: { code: string } }).error.code]).to.deep.equal([
      503,
      'SERVER_STOPPING',
    ]);

    upload.call.end(upload.rest);
    expect((await upload.answer).statusCode).to.equal(202);
    expect(await child.ended).to.equal(0);
  });

  it('ends at once at the second signal', async () => {
    const child = await Child.start(context, 'server');
    const { call, answer } = await halfUpload(child.url, await login(child.url));
    call.on('error', () => undefined);
    child.signal();
    await sleep(700);
    expect(child.process.exitCode).to.equal(null);
    const second = performance.now();
    child.signal();
    expect(await child.ended).to.equal(1);
    expect(performance.now() - second).to.be.below(5_000);
    await answer.catch(() => undefined);
  });

  it('gives back what it was working on, so that another process goes on at once', async () => {
    const id = await receive(5000, 6_000);
    const child = await Child.start(context, 'jobs');
    const leases = nativeCollection<{ _id: string }>(context.app.db, 'leases');
    while (!(await leases.findOne({ _id: `feed-batch:${id}` }))) await sleep(20);
    child.signal();
    expect(await child.ended).to.equal(0);
    const held = (await leases.find({}).toArray()).map(({ _id }) => _id);
    expect(held).to.not.include(`feed-batch:${id}`);
    expect(held.filter((name) => name.startsWith('job:'))).to.deep.equal([]);
    const { status, rows } = await context.app.feeds.batch(systemViewer, id);
    expect([status, rows.read < 6_000]).to.deep.equal(['INGESTING', true]);
    expect(await context.app.feeds.ingest.run(id)).to.equal(true);
    expect((await context.app.feeds.batch(systemViewer, id)).rows.inserted).to.equal(6_000);
  });
});

describe('an upload that stalls', function () {
  this.timeout(60_000);

  it('is closed, and nothing of it stays', async () => {
    const context = await testContext();
    const server = await startServer(context.app, { jobs: false, silentMs: 600 });
    try {
      const { answer } = await halfUpload(server.url, await login(server.url));
      const failed = await answer.then(
        () => undefined,
        (error: NodeJS.ErrnoException) => error.code,
      );
      expect(failed).to.be.oneOf(['ECONNRESET', 'EPIPE']);
      const halves = join(context.directory, 'files', 'tmp');
      for (let i = 0; i < 50 && (await readdir(halves)).length > 0; i += 1) await sleep(100);
      expect(await readdir(halves)).to.deep.equal([]);
    } finally {
      await server.stop();
      await context.close();
    }
  });

  it('does not hold up the stop for longer than the limit', async () => {
    const context = await testContext();
    const server = await startServer(context.app, { jobs: false, stopMs: 500 });
    try {
      const { answer } = await halfUpload(server.url, await login(server.url));
      const failed = answer.then(
        () => false,
        () => true,
      );
      const asked = performance.now();
      await server.stop();
      expect(performance.now() - asked).to.be.below(8_000);
      expect(await failed).to.equal(true);
    } finally {
      await context.close();
    }
  });
});
