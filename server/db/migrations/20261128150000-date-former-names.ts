import type { mongo } from 'mongoose';
import type { Db } from '../connect.ts';
import { nativeCollection } from '../native.ts';

interface Subject extends mongo.Document {
  _id: string;
  formerNames: (string | { name: string })[];
}

const STEP = 500;

/** Pairs of characters of a name; as they were made when this was written. */
function gramsOf(name: string): string[] {
  const plain = name.normalize('NFKC').toUpperCase().normalize('NFKC').replace(/\s/g, '');
  const characters = [...plain];
  return characters.slice(1).map((character, i) => `${characters[i] ?? ''}${character}`);
}

/** Former names were texts, oldest first, and found nobody. */
export async function up(db: Db): Promise<void> {
  const subjects = nativeCollection<Subject>(db, 'subjects');
  for (let after = ''; ;) {
    const found = await subjects
      .find({ _id: { $gt: after }, 'formerNames.0': { $exists: true } }, { projection: { formerNames: 1 } })
      .sort({ _id: 1 })
      .limit(STEP)
      .toArray();
    const writes = found.flatMap(({ _id, formerNames }) => {
      const names = formerNames.filter((name): name is string => typeof name === 'string');
      if (names.length === 0) return [];
      return {
        updateOne: {
          filter: { _id, formerNames },
          update: {
            $set: { formerNames: names.toReversed().map((name) => ({ name })) },
            $addToSet: { grams: { $each: names.flatMap(gramsOf) } },
          },
        },
      };
    });
    if (writes.length > 0) await subjects.bulkWrite(writes);
    if (found.length < STEP) break;
    after = found.at(-1)?._id ?? '';
  }
}
