import { systemViewer } from '../auth/viewer.ts';
import type { AppContext } from '../context.ts';
import type { Platform } from '../modules/outbox/index.ts';
import type { JobRun } from '../modules/job/index.ts';
import { gauge, type Family } from './exposition.ts';

/** Every process is scraped, often by more than one; the store is asked once in this time. */
const AGE_MS = 5_000;
/** A store that hangs counts as down: a scrape has to be over before the scraper gives up. */
const PATIENCE_MS = 3_000;

type Source = Pick<AppContext, 'outbox' | 'feeds' | 'creditRecords' | 'jobs' | 'clock' | 'log'>;

function seconds(from: Date | undefined, now: Date): number {
  return from ? Math.max(0, (now.getTime() - from.getTime()) / 1000) : 0;
}

function ofPlatforms(
  platforms: readonly { platform: Platform; oldest: Date | undefined }[],
  now: Date,
): Family[] {
  const each = (value: (platform: Platform, oldest: Date | undefined) => number) =>
    platforms.map(({ platform, oldest }) => ({
      labels: { platform: platform.code },
      value: value(platform, oldest),
    }));
  const items = platforms.flatMap(({ platform: { code, items: counts } }) =>
    Object.entries(counts).map(([state, value]) => ({ labels: { platform: code, state }, value })),
  );
  return [
    gauge('credit_outbox_items', 'Items by platform and state.', ...items),
    gauge(
      'credit_outbox_oldest_due_seconds',
      'How long the oldest item that may be sent has been waiting.',
      ...each((_, oldest) => seconds(oldest, now)),
    ),
    gauge(
      'credit_platform_enabled',
      'Whether the platform is pushed to.',
      ...each(({ enabled }) => Number(enabled)),
    ),
    gauge(
      'credit_platform_paused',
      'Whether pushing pauses because the platform fails.',
      ...each(({ pausedUntil }) => Number(pausedUntil !== undefined)),
    ),
    gauge('credit_platform_faults', 'Requests that failed in a row.', ...each(({ faults }) => faults)),
  ];
}

function ofJobs(jobs: readonly { name: string; last?: JobRun; success?: JobRun }[]): Family[] {
  const started = jobs.filter(({ last }) => last !== undefined);
  return [
    gauge(
      'credit_job_last_success_timestamp_seconds',
      'End of the last run that was done; 0 when there is none.',
      ...started.map(({ name, success }) => ({
        labels: { job: name },
        value: (success?.endedAt?.getTime() ?? 0) / 1000,
      })),
    ),
    gauge(
      'credit_job_last_run_failed',
      'Whether the last run failed.',
      ...started.map(({ name, last }) => ({
        labels: { job: name },
        value: Number(last?.status === 'FAILED'),
      })),
    ),
    gauge(
      'credit_job_last_success_duration_seconds',
      'How long the last run that was done took.',
      ...started.map(({ name, success }) => ({
        labels: { job: name },
        value: (success?.tookMs ?? 0) / 1000,
      })),
    ),
  ];
}

async function collect(source: Source, jobNames: readonly string[]): Promise<Family[]> {
  const { outbox, feeds, creditRecords, jobs, clock } = source;
  const now = clock.now();
  const platforms = await Promise.all(
    (await outbox.listPlatforms(systemViewer)).map(async (platform) => ({
      platform,
      oldest: await outbox.oldestDue(platform.code),
    })),
  );
  const runs = await Promise.all(
    jobNames.map(async (name) => {
      const [last] = (await jobs.runs(systemViewer, { name }, { first: 1 })).nodes;
      const [success] = (await jobs.runs(systemViewer, { name, status: 'DONE' }, { first: 1 })).nodes;
      return { name, ...(last ? { last } : {}), ...(success ? { success } : {}) };
    }),
  );
  const { waiting, oldest } = await feeds.backlog();
  const records = Object.entries(await creditRecords.counts());
  return [
    ...ofPlatforms(platforms, now),
    gauge('credit_feed_batches_waiting', 'Batches that are not worked to their end, at most 1000.', {
      value: waiting,
    }),
    gauge('credit_feed_oldest_waiting_seconds', 'Age of the oldest of them.', {
      value: seconds(oldest, now),
    }),
    gauge('credit_problem_rows_open', 'Rows that wait for their agency.', {
      value: await feeds.problems.open(),
    }),
    gauge(
      'credit_records',
      'Stored records by kind.',
      ...records.map(([kind, value]) => ({ labels: { kind }, value })),
    ),
    ...ofJobs(runs),
  ];
}

function storeUp(up: boolean): Family {
  return gauge('credit_store_up', 'Whether the store answered.', { value: Number(up) });
}

/** What operators watch of the exchange: maintained counters and reads of one entry of an index. Never fails. */
export function exchangeMetrics(
  source: Source,
  jobNames: readonly string[],
): () => Promise<readonly Family[]> {
  let cached: { at: number; families: Promise<readonly Family[]> } | undefined;
  const ask = async (): Promise<readonly Family[]> => {
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('the store does not answer')), PATIENCE_MS);
      });
      return [storeUp(true), ...(await Promise.race([collect(source, jobNames), late]))];
    } catch (error) {
      source.log.warn({ err: error }, 'metrics.store.down');
      return [storeUp(false)];
    } finally {
      clearTimeout(timer);
    }
  };
  return () => {
    const now = performance.now();
    if (!cached || now - cached.at > AGE_MS) cached = { at: now, families: ask() };
    return cached.families;
  };
}
