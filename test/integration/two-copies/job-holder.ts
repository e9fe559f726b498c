// Takes the lease of a job and keeps it until it is killed.
import { defineJob, minutes } from '../../../jobs/define-job.ts';
import { runJob } from '../../../jobs/run-job.ts';
import { readConfig } from '../../../server/config/config.ts';
import { createContext } from '../../../server/context.ts';

const app = await createContext(readConfig());
const job = defineJob({
  name: 'held',
  schedule: '0 0 1 1 *',
  timeLimitMs: minutes(10),
  run: () => {
    process.stdout.write('held\n');
    return new Promise(() => undefined);
  },
});
await runJob(app, job, new AbortController().signal);
