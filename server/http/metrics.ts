import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import { counter, expose, gauge, type Family } from './exposition.ts';

const BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30];

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

interface Answered {
  readonly labels: Readonly<Record<string, string>>;
  count: number;
}

/** Counts of this process in the Prometheus text format; a few figures do not need a library. */
export class Metrics {
  readonly #requests = new Map<string, Answered>();
  readonly #buckets = BUCKETS.map(() => 0);
  #sum = 0;
  #count = 0;
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  readonly #more: (() => Promise<readonly Family[]>) | undefined;

  /** @param more what the store knows; must not throw */
  constructor(more?: () => Promise<readonly Family[]>) {
    this.#more = more;
    this.#delay.enable();
  }

  /** Counts every answer by method, first part of the path and status. */
  readonly count: RequestHandler = (req, res, next) => {
    const start = performance.now();
    const route = KNOWN_ROUTES.has(firstPart(req.path)) ? firstPart(req.path) : 'client';
    res.once('finish', () => {
      const method = METHODS.has(req.method) ? req.method : 'OTHER';
      const labels = { method, route, status: String(res.statusCode) };
      const key = Object.values(labels).join(' ');
      const known = this.#requests.get(key) ?? { labels, count: 0 };
      known.count += 1;
      this.#requests.set(key, known);
      this.#observe((performance.now() - start) / 1000);
    });
    next();
  };

  #observe(seconds: number): void {
    this.#sum += seconds;
    this.#count += 1;
    BUCKETS.forEach((bound, place) => {
      if (seconds <= bound) this.#buckets[place] = (this.#buckets[place] ?? 0) + 1;
    });
  }

  #ofProcess(): Family[] {
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const lag = this.#delay.percentile(99) / 1e9;
    // Of the time since the last scrape: a lag of last week says nothing.
    this.#delay.reset();
    return [
      gauge('credit_build_info', 'Version of the program and of Node; always 1.', {
        labels: { version, node: process.version },
        value: 1,
      }),
      gauge('process_uptime_seconds', 'Age of the process.', { value: process.uptime() }),
      counter('process_cpu_seconds_total', 'CPU time, user and system.', { value: (user + system) / 1e6 }),
      gauge('process_resident_memory_bytes', 'Resident memory.', { value: rss }),
      gauge('nodejs_heap_size_used_bytes', 'Used heap.', { value: heapUsed }),
      gauge('nodejs_eventloop_lag_p99_seconds', 'Delay of the event loop since the last scrape.', {
        value: Number.isFinite(lag) ? lag : 0,
      }),
    ];
  }

  #ofRequests(): Family[] {
    const answered = [...this.#requests.values()].map(({ labels, count }) => ({ labels, value: count }));
    const buckets = BUCKETS.map((bound, place) => ({
      suffix: '_bucket',
      labels: { le: String(bound) },
      value: this.#buckets[place] ?? 0,
    }));
    return [
      counter('http_requests_total', 'Answers by method, first part of the path and status.', ...answered),
      {
        name: 'http_request_duration_seconds',
        type: 'histogram',
        help: 'Time from request to answer.',
        samples: [
          ...buckets,
          { suffix: '_bucket', labels: { le: '+Inf' }, value: this.#count },
          { suffix: '_sum', value: this.#sum },
          { suffix: '_count', value: this.#count },
        ],
      },
    ];
  }

  async text(): Promise<string> {
    const more = (await this.#more?.()) ?? [];
    return expose([...this.#ofProcess(), ...this.#ofRequests(), ...more]);
  }
}

// Labels come from these lists alone: what callers invent must not grow the memory.
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const KNOWN_ROUTES = new Set([
  'auth',
  'graphql',
  'feeds',
  'upstream',
  'downloads',
  'healthz',
  'readyz',
  'metrics',
]);

function firstPart(path: string): string {
  return path.split('/', 2)[1] ?? '';
}
