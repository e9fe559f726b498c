export { JobService, type JobRun } from './job.service.ts';
export type { JobRunDoc, JobRunStatus } from './job-run.model.ts';
export type { JobRunFilter } from './job.repository.ts';
