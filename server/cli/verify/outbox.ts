import { systemViewer } from '../../auth/viewer.ts';
import type { AppContext } from '../../context.ts';
import { differences, Faults, type CheckRun } from './check.ts';
import { fileNumbersFit } from './file-numbers.ts';
import { Fingerprint } from './fingerprint.ts';
import { walkItems } from './outbox-items.ts';
import { batchesFit, nameDifferences, walkLots } from './outbox-lots.ts';

async function countsFit(
  app: AppContext,
  code: string,
  counted: Readonly<Record<string, number>>,
  faults: Faults,
): Promise<void> {
  for (const fault of differences(await app.outbox.counts(code), counted)) faults.add(`${code} ${fault}`);
}

/** Records, items, lots, counters and file numbers of each platform agree. */
export const outbox: CheckRun = {
  name: 'outbox',
  async run(app, onProgress) {
    const faults = new Faults();
    const platforms = await app.outbox.listPlatforms(systemViewer);
    const seen = new Map(platforms.map(({ code }) => [code, new Fingerprint()]));
    await walkItems(app, platforms, { faults, seen }, onProgress);
    const lots = await walkLots(app, faults);
    let checked = 0;
    for (const [code, items] of seen) {
      checked += items.count;
      const own = lots.get(code);
      if (!items.equals(own?.members ?? new Fingerprint())) await nameDifferences(app, code, faults);
      await countsFit(app, code, own?.counts ?? {}, faults);
    }
    for (const code of lots.keys())
      if (!seen.has(code)) faults.add(`lots of a platform that is not known: ${code}`);
    await batchesFit(app, faults);
    await fileNumbersFit(app, faults);
    return [{ name: 'outbox', checked, faults: faults.list() }];
  },
};
