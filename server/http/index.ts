export { createApp } from './app.ts';
export { Drain } from './drain.ts';
export { exchangeMetrics } from './exchange-metrics.ts';
export { localsOf, viewerOf } from './locals.ts';
export { TRIAL_LIMITS } from './rate-limit.ts';
