import { FIGURES, placeOf } from '../../modules/quality-counters/index.ts';
import { Faults, type Check, type CheckRun } from './check.ts';
import { wrongPlaces } from './quality-places.ts';

/** Quality figures and deadlines against the rows, decisions and calendar they come from. */
export const quality: CheckRun = {
  name: 'quality',
  async run(app, onProgress): Promise<Check[]> {
    const deadlines = new Faults();
    const faults = new Faults();
    let records = 0;
    let rows = 0;
    const wrong = wrongPlaces(app, {
      onProgress,
      onRows: (n) => (rows += n),
      onRecords: (n) => (records += n),
      onStray: (chunkId) => faults.add(`chunk ${chunkId}: its batch is not there`),
      onWrongDeadline: (recordId) =>
        deadlines.add(`record ${recordId}: its deadline is not that of the calendar`),
    });
    for await (const { key, more } of wrong) {
      const { period, agencyId, feed } = placeOf(key);
      const told = FIGURES.filter((name) => more[name] !== 0).map(
        (name) => `${name} ${more[name] > 0 ? '+' : ''}${String(more[name])}`,
      );
      faults.add(`${period} ${agencyId} ${feed}: kept against counted ${told.join(', ')}`);
    }
    return [
      { name: 'deadlines', checked: records, faults: deadlines.list() },
      { name: 'quality', checked: rows, faults: faults.list() },
    ];
  },
};
