import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { defineJob, minutes } from '../../../jobs/define-job.ts';
import { runJob } from '../../../jobs/run-job.ts';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { tenacious, until, type GetCopies } from './support.ts';

export function jobs(copies: GetCopies): void {
  it('take over the job of one that was killed, once its lease is over', async () => {
    const { app, city } = copies();
    const job = defineJob({
      name: 'held',
      schedule: '0 0 1 1 *',
      timeLimitMs: minutes(1),
      run: async () => ({ ran: 1 }),
    });
    const never = new AbortController().signal;
    const holder = await city.spawn(join(import.meta.dirname, 'job-holder.ts'));
    expect(await runJob(app, job, never)).to.equal(undefined);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const later = { ...app, clock: { now: () => new Date(Date.now() + minutes(1) + 1000) } };
    expect(await tenacious(() => runJob(app, job, never))).to.equal(undefined);
    expect(await tenacious(() => runJob(later, job, never))).to.deep.equal({ ran: 1 });
    const { nodes } = await tenacious(() => app.jobs.runs(systemViewer, { name: 'held' }, { first: 9 }));
    expect(nodes.map(({ status, error }) => [status, error])).to.have.deep.members([
      ['DONE', undefined],
      ['FAILED', 'JOB_ABANDONED'],
    ]);
  });

  it('run what is due every minute once a minute', async function () {
    this.timeout(100_000);
    const { app } = copies();
    const runs = async () =>
      (await app.jobs.runs(systemViewer, { name: 'ingest-feeds' }, { first: 100 })).nodes;
    const seen = await until(runs, (found) => found.length > 0, 75);
    const minutesDue = seen.map(({ dueAt }) => dueAt?.getTime());
    expect(minutesDue.every((due) => due !== undefined && due % minutes(1) === 0)).to.equal(true);
    expect(new Set(minutesDue).size).to.equal(seen.length);
  });
}
