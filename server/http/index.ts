export { createApp } from './app.ts';
export { localsOf, viewerOf } from './locals.ts';
export { TRIAL_LIMITS } from './rate-limit.ts';
