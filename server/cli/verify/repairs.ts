import { Faults, type CheckRun } from './check.ts';

/** A record is kept from the public as its repairs say. */
export const repairs: CheckRun = {
  name: 'repairs',
  async run(app, onProgress) {
    const faults = new Faults();
    let checked = 0;
    for await (const page of app.creditRecords.unappliedRepairs()) {
      for (const id of page.ids) faults.add(`record ${id} is not what its repairs say`);
      onProgress((checked += page.checked));
    }
    return [{ name: 'repairs', checked, faults: faults.list() }];
  },
};
