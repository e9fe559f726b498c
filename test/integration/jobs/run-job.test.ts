import { Readable } from 'node:stream';
import { expect } from 'chai';
import { defineJob, minutes, type Job } from '../../../jobs/define-job.ts';
import { ingestFeeds } from '../../../jobs/ingest-feeds.job.ts';
import { purgeExpired } from '../../../jobs/purge-expired.job.ts';
import { recomputeDeadlines } from '../../../jobs/recompute-deadlines.job.ts';
import { runJob } from '../../../jobs/run-job.ts';
import { JOBS } from '../../../jobs/schedule.ts';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { createContext, type AppContext } from '../../../server/context.ts';
import { ConflictError } from '../../../server/lib/errors.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { csvFile, range, rowOf } from '../feed/feeds.ts';

describe('runJob', () => {
  const clock = movableClock();
  const never = new AbortController().signal;
  let context: TestContext;
  let app: AppContext;
  let second: AppContext;
  let serial = 0;

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    second = await createContext(app.config, { clock });
  });
  after(async () => {
    await second.close();
    await context.close();
  });

  const jobOf = (run: Job['run'], timeLimitMs = minutes(1)): Job =>
    defineJob({ name: `job-${String((serial += 1))}`, schedule: '0 0 * * *', timeLimitMs, run });
  const runsOf = async ({ name }: Job) => (await app.jobs.runs(systemViewer, { name }, { first: 20 })).nodes;

  it('keeps a job single over two processes', async () => {
    let under = 0;
    let most = 0;
    const job = jobOf(async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((done) => setTimeout(done, 50));
      under -= 1;
      return { done: 1 };
    });
    const both = await Promise.all([runJob(app, job, never), runJob(second, job, never)]);
    expect(most).to.equal(1);
    expect(both.filter((counts) => counts !== undefined)).to.deep.equal([{ done: 1 }]);
    expect((await runsOf(job)).map(({ status, counts }) => ({ status, counts }))).to.deep.equal([
      { status: 'DONE', counts: { done: 1 } },
    ]);
  });

  it('gives the job free when it has ended', async () => {
    const job = jobOf(async () => ({}));
    expect(await runJob(app, job, never)).to.deep.equal({});
    expect(await runJob(second, job, never)).to.deep.equal({});
  });

  it('runs once for a moment of the schedule, though the second process comes when the first has ended', async () => {
    const job = jobOf(async () => ({ ran: 1 }));
    const due = new Date('2026-03-02T03:00:00Z');
    expect(await runJob(app, job, never, due)).to.deep.equal({ ran: 1 });
    expect(await runJob(second, job, never, due)).to.equal(undefined);
    expect(await runJob(second, job, never, new Date('2026-03-02T03:01:00Z'))).to.deep.equal({ ran: 1 });
    expect(await runJob(app, job, never)).to.deep.equal({ ran: 1 });
    expect(await runsOf(job)).to.have.length(3);
  });

  it('records a failure by its code or an id, never by its text, and gives the job free', async () => {
    const failures = [new ConflictError('FEED_BATCH_BUSY'), new Error('personal detail')];
    const job = jobOf(async () => {
      throw failures.shift() ?? new Error('no more');
    });
    for (let i = 0; i < 2; i += 1) {
      expect(await runJob(app, job, never)).to.equal(undefined);
      clock.forward(1000);
    }
    const runs = await runsOf(job);
    expect(runs.map(({ status }) => status)).to.deep.equal(['FAILED', 'FAILED']);
    expect(runs[1]?.error).to.equal('FEED_BATCH_BUSY');
    expect(runs[0]?.error).to.match(/^[0-9a-f-]{36}$/);
  });

  it('gives the job free when its start could not be recorded', async () => {
    const job = jobOf(async () => ({ ran: 1 }));
    const jobs = Object.create(app.jobs) as AppContext['jobs'];
    jobs.start = async () => {
      throw new Error('the store is away');
    };
    expect(await runJob({ ...app, jobs }, job, never)).to.equal(undefined);
    expect(await runJob(app, job, never)).to.deep.equal({ ran: 1 });
  });

  it('stops a job at its time limit and when the process stops', async () => {
    const waits: Job['run'] = ({ signal }) =>
      new Promise((_done, fail) => {
        const stop = (): void => fail(new Error('stopped'));
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop);
      });
    const limited = jobOf(waits, 20);
    await runJob(app, limited, never);
    const stopped = jobOf(waits);
    await runJob(app, stopped, AbortSignal.timeout(20));
    for (const job of [limited, stopped]) {
      expect((await runsOf(job)).map(({ status }) => status)).to.deep.equal(['FAILED']);
    }
  });

  it('counts a run that a dead process left as failed', async () => {
    const job = jobOf(async () => ({}));
    await app.jobs.start(job.name, 'dead');
    clock.forward(1000);
    await runJob(app, job, never);
    expect((await runsOf(job)).map(({ status, error }) => [status, error])).to.deep.equal([
      ['DONE', undefined],
      ['FAILED', 'JOB_ABANDONED'],
    ]);
  });

  it('works a waiting batch once, however often the job runs and in whichever process', async () => {
    const rows = range(20).map((i) => rowOf('LICENSE', i));
    const { batch } = await app.feeds.receive(systemViewer, {
      feed: 'market/license',
      fileName: 'a.csv',
      source: Readable.from([csvFile('LICENSE', rows)]),
    });
    await Promise.all([runJob(app, ingestFeeds, never), runJob(second, ingestFeeds, never)]);
    expect(await runJob(second, ingestFeeds, never)).to.deep.equal({ worked: 0, failed: 0 });
    const { status, rows: counts } = await app.feeds.batch(systemViewer, batch._id.toHexString());
    expect([status, counts.inserted]).to.deep.equal(['INGESTED', 20]);
    expect(await app.creditRecords.recount()).to.deep.equal({ LICENSE: 20 });
  });

  it('changes nothing the second time', async () => {
    await runJob(app, purgeExpired, never);
    for (const job of [recomputeDeadlines, purgeExpired]) {
      const counts = await runJob(app, job, never);
      expect(Object.values(counts ?? { missing: 1 }), job.name).to.satisfy((ns: number[]) =>
        ns.every((n) => n === 0),
      );
    }
  });

  it('knows every job by a name of its own and a time limit', () => {
    expect(new Set(JOBS.map(({ name }) => name)).size).to.equal(JOBS.length);
    expect(JOBS.every(({ timeLimitMs }) => timeLimitMs > 0)).to.equal(true);
  });
});
