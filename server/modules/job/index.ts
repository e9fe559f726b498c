export { JobService, type JobRun } from './job.service.ts';
export type { JobRunFilter } from './job.repository.ts';
