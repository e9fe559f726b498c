export { createApp, type AppDeps } from './app.ts';
export { localsOf, viewerOf } from './locals.ts';
export { TRIAL_LIMITS, type RateLimits } from './rate-limit.ts';
