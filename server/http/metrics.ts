import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestHandler } from 'express';

const BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30];

interface Histogram {
  readonly buckets: number[];
  sum: number;
  count: number;
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${String(value)}`;
}

/** Counts of this process in the Prometheus text format; a few figures do not need a library. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #took: Histogram = { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 };
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });

  constructor() {
    this.#delay.enable();
  }

  /** Counts every answer by method, first part of the path and status. */
  readonly count: RequestHandler = (req, res, next) => {
    const start = performance.now();
    const route = KNOWN_ROUTES.has(firstPart(req.path)) ? firstPart(req.path) : 'client';
    res.once('finish', () => {
      const method = METHODS.has(req.method) ? req.method : 'OTHER';
      const labels = `method="${method}",route="${route}",status="${String(res.statusCode)}"`;
      this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
      this.#observe((performance.now() - start) / 1000);
    });
    next();
  };

  #observe(seconds: number): void {
    const took = this.#took;
    took.sum += seconds;
    took.count += 1;
    BUCKETS.forEach((bound, place) => {
      if (seconds <= bound) took.buckets[place] = (took.buckets[place] ?? 0) + 1;
    });
  }

  text(): string {
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const took = 'http_request_duration_seconds';
    const lines = [
      '# TYPE process_uptime_seconds gauge',
      line('process_uptime_seconds', '', process.uptime()),
      '# TYPE process_cpu_seconds_total counter',
      line('process_cpu_seconds_total', '', (user + system) / 1e6),
      '# TYPE process_resident_memory_bytes gauge',
      line('process_resident_memory_bytes', '', rss),
      '# TYPE nodejs_heap_size_used_bytes gauge',
      line('nodejs_heap_size_used_bytes', '', heapUsed),
      '# TYPE nodejs_eventloop_lag_p99_seconds gauge',
      line('nodejs_eventloop_lag_p99_seconds', '', this.#delay.percentile(99) / 1e9),
      '# TYPE http_requests_total counter',
      ...[...this.#requests].map(([labels, count]) => line('http_requests_total', labels, count)),
      `# TYPE ${took} histogram`,
      ...BUCKETS.map((bound, place) =>
        line(`${took}_bucket`, `le="${String(bound)}"`, this.#took.buckets[place] ?? 0),
      ),
      line(`${took}_bucket`, 'le="+Inf"', this.#took.count),
      line(`${took}_sum`, '', this.#took.sum),
      line(`${took}_count`, '', this.#took.count),
    ];
    return `${lines.join('\n')}\n`;
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
