import { systemViewer } from '../../auth/viewer.ts';
import { civilDateOf } from '../../lib/civil-date.ts';
import { Faults, type CheckRun } from './check.ts';

/** Every period that was not reported when the job last looked has a gap; the job itself mends what came since. */
export const gaps: CheckRun = {
  name: 'gaps',
  async run(app) {
    const filter = { name: 'find-silent-agencies', status: 'DONE' } as const;
    const [last] = (await app.jobs.runs(systemViewer, filter, { first: 1 })).nodes;
    if (!last) return [{ name: 'gaps', checked: 0, faults: [] }];
    const { checked, ids } = await app.quality.silence.unfoundOn(civilDateOf(last.startedAt));
    const faults = new Faults();
    for (const id of ids) faults.add(`${id} was not reported and has no gap`);
    return [{ name: 'gaps', checked, faults: faults.list() }];
  },
};
