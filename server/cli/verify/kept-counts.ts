import { mongo } from 'mongoose';
import type { AppContext } from '../../context.ts';
import { nativeCollection } from '../../db/native.ts';
import { differences, sum, type Check, type CheckRun } from './check.ts';

export const auditChain: CheckRun = {
  name: 'audit-chain',
  async run({ audit }) {
    const { checked, faults } = await audit.verify();
    const told = faults.map(({ sequence, fault }) => `${fault} ${String(sequence)}`);
    return [{ name: 'audit-chain', checked, faults: told }];
  },
};

/** What stores answer that do not offer `validate`, or not to us. */
const NOT_OFFERED = [59, 115, 13];

/** Every index of every collection against its documents; a store that does not offer `validate` is left to itself. */
export const indexes: CheckRun = {
  name: 'indexes',
  async run({ db }, onProgress) {
    const database = db.conn.getClient().db(db.conn.name);
    const names = (await database.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    const faults: string[] = [];
    let checked = 0;
    for (const name of names) {
      try {
        const { valid, errors } = await database.command({ validate: name });
        checked += 1;
        onProgress(checked);
        if (valid !== true) faults.push(`${name}: ${JSON.stringify(errors ?? 'invalid')}`);
      } catch (error) {
        const refused = error instanceof mongo.MongoServerError && NOT_OFFERED.includes(Number(error.code));
        if (!refused) throw error;
      }
    }
    return [{ name: 'indexes', checked, faults }];
  },
};

async function rows({ feeds }: AppContext): Promise<Check> {
  const { totals, uneven } = await feeds.recount();
  const kept = { ...(await feeds.counts()) };
  const told = uneven.map((id) => `batch ${id} does not add up`);
  return { name: 'rows', checked: totals.read, faults: [...differences(kept, { ...totals }), ...told] };
}

async function subjectTotals({ subjects, db }: AppContext): Promise<Check> {
  const counted = { subjects: await nativeCollection(db, 'subjects').countDocuments({}) };
  const kept = { subjects: await subjects.total() };
  return { name: 'subjects', checked: counted.subjects, faults: differences(kept, counted) };
}

/** Subjects against the fold of what is registered of them day by day. */
export const registrations: CheckRun = {
  name: 'registrations',
  async run({ subjects }, onProgress) {
    const { checked, kept, subjects: counted, wrong } = await subjects.checkRegistrations(onProgress);
    const faults = [
      ...differences({ registered: kept }, { registered: counted }),
      ...wrong.map((uscc) => `subject ${uscc} is not what is registered of it`),
    ];
    return [{ name: 'registrations', checked, faults }];
  },
};

/** Maintained counts against what they count. */
export const totals: CheckRun = {
  name: 'totals',
  async run(app) {
    const counted = await app.creditRecords.recount();
    const faults = differences(await app.creditRecords.counts(), counted);
    return [{ name: 'records', checked: sum(counted), faults }, await rows(app), await subjectTotals(app)];
  },
};
