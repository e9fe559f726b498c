import { Readable } from 'node:stream';
import { expect } from 'chai';
import { defineJob, minutes } from '../../../jobs/define-job.ts';
import { runJob } from '../../../jobs/run-job.ts';
import { systemViewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { exchangeMetrics } from '../../../server/http/index.ts';
import { expose } from '../../../server/http/exposition.ts';
import { startServer, type RunningServer } from '../../../server/server.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { csvFile, range, rowOf } from '../feed/feeds.ts';

describe('GET /metrics', function () {
  this.timeout(60_000);

  const clock = movableClock();
  const never = new AbortController().signal;
  let context: TestContext;
  let app: AppContext;
  let server: RunningServer;

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    server = await startServer(app, { jobs: false });
  });
  after(async () => {
    await server.stop();
    await context.close();
  });

  const receive = async (from: number, rows: number): Promise<string> => {
    const csv = csvFile(
      'LICENSE',
      range(rows).map((i) => rowOf('LICENSE', from + i)),
    );
    const source = Readable.from([csv]);
    const input = { feed: 'market/license', fileName: 'a.csv', source };
    return (await app.feeds.receive(systemViewer, input)).batch._id.toHexString();
  };

  it('tells of the outbox, the feeds, the records and the jobs', async () => {
    const platform = { code: 'province', url: 'http://127.0.0.1:9', token: 'token', enabled: true };
    await app.outbox.setPlatform(systemViewer, platform);
    await app.feeds.ingest.run(await receive(0, 20));
    clock.forward(90_000);
    await receive(100, 5);
    clock.forward(30_000);
    const good = defineJob({
      name: 'good',
      schedule: '0 0 * * *',
      timeLimitMs: minutes(1),
      run: () => Promise.resolve({ done: 1 }),
    });
    const bad = defineJob({ ...good, name: 'bad', run: () => Promise.reject(new Error('no')) });
    await runJob(app, good, never);
    await runJob(app, bad, never);

    const text = expose(await exchangeMetrics(app, ['good', 'bad', 'never'])());
    const valueOf = (series: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.slice(series.length),
      );
    expect(valueOf('credit_store_up')).to.equal(1);
    expect(valueOf('credit_outbox_items{platform="province",state="PENDING"}')).to.equal(20);
    expect(valueOf('credit_outbox_oldest_due_seconds{platform="province"}')).to.equal(120);
    expect(valueOf('credit_outbox_oldest_due_seconds{platform="second"}')).to.equal(0);
    expect(valueOf('credit_platform_enabled{platform="province"}')).to.equal(1);
    expect(valueOf('credit_platform_enabled{platform="second"}')).to.equal(0);
    expect(valueOf('credit_platform_paused{platform="province"}')).to.equal(0);
    expect(valueOf('credit_feed_batches_waiting')).to.equal(1);
    expect(valueOf('credit_feed_oldest_waiting_seconds')).to.equal(30);
    expect(valueOf('credit_records{kind="LICENSE"}')).to.equal(20);
    const now = clock.now().getTime() / 1000;
    expect(valueOf('credit_job_last_success_timestamp_seconds{job="good"}')).to.equal(now);
    expect(valueOf('credit_job_last_success_timestamp_seconds{job="bad"}')).to.equal(0);
    expect(valueOf('credit_job_last_run_failed{job="good"}')).to.equal(0);
    expect(valueOf('credit_job_last_run_failed{job="bad"}')).to.equal(1);
    expect(text).to.not.include('job="never"');
  });

  it('has help, a type and well-formed values for every metric', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const lines = text.trimEnd().split('\n');
    const typed = new Map(
      lines.flatMap((line) => {
        const [, name = '', type = ''] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? [];
        return name === '' ? [] : [[name, type] as const];
      }),
    );
    const helped = lines.flatMap((line) => /^# HELP (\S+) \S/.exec(line)?.slice(1) ?? []);
    expect(helped).to.have.members([...typed.keys()]);
    expect(new Set(helped).size).to.equal(helped.length);
    const values = lines.filter((line) => !line.startsWith('#'));
    for (const line of values) {
      expect(line).to.match(/^[a-z0-9_]+(\{([a-z]+="[^"\n]*",?)+\})? -?\d+(\.\d+)?(e[+-]?\d+)?$/);
      const name = /^[a-z0-9_]+/.exec(line)?.[0] ?? '';
      expect(
        typed.has(name) || typed.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram',
        line,
      ).to.equal(true);
    }
    expect(text).to.match(/credit_build_info\{version="[^"]+",node="v\d+[^"]*"\} 1\n/);
  });

  for (const [name, counts] of [
    ['fails', () => Promise.reject(new Error('away'))],
    ['hangs', () => new Promise<never>(() => undefined)],
  ] as const) {
    it(`answers within seconds when the store ${name}`, async () => {
      const outbox = Object.create(app.outbox) as AppContext['outbox'];
      outbox.listPlatforms = counts;
      const read = exchangeMetrics({ ...app, outbox }, []);
      const asked = performance.now();
      expect(expose(await read())).to.match(/^# HELP [^\n]+\n# TYPE [^\n]+\ncredit_store_up 0\n$/);
      expect(performance.now() - asked).to.be.below(10_000);
    });
  }

  it('asks the store once in some seconds', async () => {
    let asked = 0;
    const outbox = Object.create(app.outbox) as AppContext['outbox'];
    outbox.listPlatforms = (viewer) => {
      asked += 1;
      return app.outbox.listPlatforms(viewer);
    };
    const read = exchangeMetrics({ ...app, outbox }, []);
    await Promise.all([read(), read(), read()]);
    await read();
    expect(asked).to.equal(1);
  });
});
