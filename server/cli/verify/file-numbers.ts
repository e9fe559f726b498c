import type { AppContext } from '../../context.ts';
import { nativeCollection } from '../../db/native.ts';
import type { PushBatchDoc, PushFileDoc, PushSequenceDoc } from '../../modules/outbox/index.ts';
import type { Faults } from './check.ts';
import { byId } from './pages.ts';

/** Numbers of a platform's day as their count, sum and sum of squares: enough to tell 1 … n from what a fault leaves. */
interface Seen {
  n: number;
  sum: number;
  squares: number;
}

/** Sums of 1 … n. */
function whole(n: number): Seen {
  return { n, sum: (n * (n + 1)) / 2, squares: (n * (n + 1) * (2 * n + 1)) / 6 };
}

/**
 * File numbers run from 1 without a gap and without a repeat up to the last one taken, and what a batch in files holds
 * is kept exactly while its fate is open.
 */
export async function fileNumbersFit(app: AppContext, faults: Faults): Promise<void> {
  const batches = nativeCollection<PushBatchDoc>(app.db, 'push_batches');
  const files = nativeCollection<PushFileDoc>(app.db, 'push_files');
  const sequences = nativeCollection<PushSequenceDoc>(app.db, 'push_sequences');
  const seen = new Map<string, Seen>();
  for await (const page of byId(batches, { projection: { platform: 1, files: 1 } })) {
    for (const { platform, files: named = [] } of page) {
      for (const { name } of named) {
        const [, day = '', number = ''] = name.replace('.xml', '').split('_');
        const id = `${platform}:${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
        const own = seen.get(id) ?? { n: 0, sum: 0, squares: 0 };
        seen.set(id, own);
        own.n += 1;
        own.sum += Number(number);
        own.squares += Number(number) ** 2;
      }
    }
  }
  for await (const { _id, last } of sequences.find({})) {
    const { n, sum, squares } = seen.get(_id) ?? { n: 0, sum: 0, squares: 0 };
    const right = whole(last);
    // A batch may have been claimed since the batches were read.
    const still = await sequences.findOne({ _id, last });
    if (still && (n !== right.n || sum !== right.sum || squares !== right.squares))
      faults.add(`files ${_id}: ${String(n)} numbers up to ${String(last)}, with a gap or a repeat`);
    seen.delete(_id);
  }
  for (const id of seen.keys())
    if (!(await sequences.findOne({ _id: id }))) faults.add(`files ${id}: numbers that were not taken`);
  for await (const { _id } of files.find({}, { projection: { _id: 1 } })) {
    const batch = await batches.findOne({ _id });
    if ((batch?.state ?? 'DONE') === 'DONE' && (await files.findOne({ _id }, { projection: { _id: 1 } })))
      faults.add(`batch ${_id}: its files are kept although its fate is known`);
  }
}
