import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { systemViewer, type Viewer } from '../../server/auth/viewer.ts';
import type { Db } from '../../server/db/connect.ts';
import type { CivilDate } from '../../server/lib/civil-date.ts';
import { systemClock, type Clock } from '../../server/lib/clock.ts';
import { createCipher } from '../../server/lib/field-cipher.ts';
import { createLogger } from '../../server/lib/logger.ts';
import { AuditService } from '../../server/modules/audit/index.ts';
import type { PushableRecord, RecordChange, RevisionHead } from '../../server/modules/credit-record/index.ts';
import { OutboxService, type OutboxDeps, type RecordSource } from '../../server/modules/outbox/index.ts';
import {
  parseFaults,
  startSimulator,
  type JournalLine,
  type Simulator,
  type SimulatorOptions,
} from '../../server/upstream-sim/index.ts';

const DECIDED_ON = '2026-03-01' as CivilDate;

export const SIM_TOKEN = 'simulator-token';

/** Records in memory, as the outbox sees those of the store. */
export class MemoryRecords implements RecordSource {
  readonly #records = new Map<string, { change: RecordChange; content: string }>();

  /** Changes that `n` new records make. */
  make(n: number, fields: Partial<RecordChange> = {}): RecordChange[] {
    return Array.from({ length: n }, () => {
      const recordId = randomBytes(12).toString('hex');
      const change: RecordChange = {
        recordId,
        revision: 1,
        kind: 'LICENSE',
        sector: 'market',
        feed: `${fields.sector ?? 'market'}/${(fields.kind ?? 'LICENSE').toLowerCase()}`,
        counterpartKind: 'LEGAL_PERSON',
        agencyId: 'a',
        ...fields,
      };
      this.#records.set(recordId, { change, content: `${recordId}-1` });
      return change;
    });
  }

  /** The next revision of a record, with a content of its own. */
  revise({ recordId }: { recordId: string }): RecordChange {
    const known = this.#records.get(recordId);
    if (!known) throw new Error('no such record');
    const change = { ...known.change, revision: known.change.revision + 1 };
    this.#records.set(recordId, { change, content: `${recordId}-${String(change.revision)}` });
    return change;
  }

  remove({ recordId }: { recordId: string }): void {
    this.#records.delete(recordId);
  }

  /** Gives records a content that the schema of the platform does not let pass. */
  spoil({ recordId }: { recordId: string }, content = ''): void {
    const known = this.#records.get(recordId);
    if (known) known.content = content;
  }

  async pushable(ids: readonly { recordId: string; revision: number }[]): Promise<PushableRecord[]> {
    return ids.flatMap(({ recordId, revision }) => {
      const known = this.#records.get(recordId);
      return known ? [recordOf(known.change, revision, known.content)] : [];
    });
  }

  async headsOf(ids: readonly { recordId: string; revision: number }[]): Promise<RevisionHead[]> {
    return this.pushable(ids);
  }

  async headsByKeys(keys: readonly string[]): Promise<RevisionHead[]> {
    const ids = keys.flatMap((key) => this.#records.get(key.slice('key-'.length))?.change ?? []);
    return this.pushable(ids);
  }

  async visibleOf(_viewer: Viewer, ids: readonly string[]) {
    return ids
      .filter((id) => this.#records.has(id))
      .map((id) => ({ id, documentNumber: `示字〔2026〕${id.slice(-8)}号`, counterpartName: '示例商贸' }));
  }

  async *allChanges(afterId = ''): AsyncIterable<RecordChange[]> {
    const ids = [...this.#records.keys()].filter((id) => id > afterId).sort();
    for (let i = 0; i < ids.length; i += 50) {
      yield ids.slice(i, i + 50).flatMap((id) => this.#records.get(id)?.change ?? []);
    }
  }
}

function recordOf(change: RecordChange, revision: number, content: string): PushableRecord {
  const { recordId, kind, sector, feed, counterpartKind, agencyId } = change;
  return {
    recordId,
    revision,
    currentRevision: change.revision,
    kind,
    sector,
    feed,
    counterpartKind,
    agencyId,
    naturalKey: `key-${recordId}`,
    contentHash:
      revision === change.revision ? content.replace(/[^!-~]/gu, '.') : `${recordId}-${String(revision)}`,
    fields: { documentNumber: content },
    decidedOn: DECIDED_ON,
  };
}

export interface TestOutbox {
  readonly outbox: OutboxService;
  readonly records: MemoryRecords;
  /** Enqueues in a transaction of its own. */
  enqueue(changes: readonly RecordChange[]): Promise<void>;
}

/** An outbox on a store; several on one store stand for several processes. */
export function testOutbox(
  db: Db,
  {
    clock = systemClock,
    records = new MemoryRecords(),
    source = records,
    ...deps
  }: Partial<OutboxDeps> & { records?: MemoryRecords; source?: RecordSource } = {},
): TestOutbox {
  const cipher = createCipher({ fieldKey: 'field-key', hashKey: 'hash-key' });
  const outbox = new OutboxService({
    db,
    clock,
    cipher,
    records: source,
    log: createLogger('silent'),
    audit: new AuditService({ db, clock, cipher }),
    columnCode: (_kind, field) => `XK_${field.replace(/[A-Z]/g, '').toUpperCase()}`,
    ...deps,
    options: { leaseMs: 1000, receiptPatienceMs: 3000, patienceMs: 15_000, ...deps.options },
  });
  return {
    outbox,
    records,
    enqueue: (changes) => db.inTransaction((tx) => outbox.enqueueMany(changes, tx)),
  };
}

export function startSim(faults = '', options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  return startSimulator({
    port: 0,
    token: SIM_TOKEN,
    faults: parseFaults(faults),
    slowMs: 20,
    lateMs: 100,
    cutMs: 10,
    ...options,
  });
}

/** Sets a platform up to speak to a simulator. */
export async function connectPlatform(
  outbox: OutboxService,
  url: string,
  { code = 'province', ...rest }: { code?: string; callback?: string; batchSize?: number } = {},
): Promise<void> {
  await outbox.setPlatform(systemViewer, { code, url, token: SIM_TOKEN, enabled: true, ...rest });
}

/** Empties every collection: cheaper than a store for each test. */
export async function wipe(db: Db): Promise<void> {
  const database = db.conn.getClient().db(db.conn.name);
  for (const { name } of await database.listCollections({}, { nameOnly: true }).toArray()) {
    await database.collection(name).deleteMany({});
  }
}

export async function readJournal(path: string): Promise<JournalLine[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalLine);
}

/** A clock that can be set forward. */
export function movableClock(start = '2026-03-02T02:00:00Z'): Clock & { forward(ms: number): void } {
  let at = new Date(start).getTime();
  return {
    now: () => new Date(at),
    forward(ms) {
      at += ms;
    },
  };
}
