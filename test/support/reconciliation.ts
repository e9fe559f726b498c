import { systemClock, type Clock } from '../../server/lib/clock.ts';
import type { Db } from '../../server/db/connect.ts';
import { createCipher } from '../../server/lib/field-cipher.ts';
import { createLogger } from '../../server/lib/logger.ts';
import { AuditService } from '../../server/modules/audit/index.ts';
import { ReconciliationService } from '../../server/modules/reconciliation/index.ts';
import type { JournalLine } from '../../server/upstream-sim/index.ts';
import { readFile, writeFile } from 'node:fs/promises';
import type { TestOutbox } from './upstream.ts';

export function testReconciliation(
  db: Db,
  { outbox, records }: TestOutbox,
  clock: Clock = systemClock,
): ReconciliationService {
  const cipher = createCipher({ fieldKey: 'field-key', hashKey: 'hash-key' });
  const audit = new AuditService({ db, clock, cipher });
  return new ReconciliationService({ db, clock, audit, outbox, records, log: createLogger('silent') });
}

/** Changes what a stopped simulator remembers: lines that become undefined are forgotten. */
export async function editJournal(
  path: string,
  edit: (line: JournalLine) => JournalLine | undefined,
): Promise<void> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const kept = lines.flatMap((line) => {
    const edited = edit(JSON.parse(line) as JournalLine);
    return edited ? [`${JSON.stringify(edited)}\n`] : [];
  });
  await writeFile(path, kept.join(''));
}
