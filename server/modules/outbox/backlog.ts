import { randomUUID } from 'node:crypto';
import { acquireLease, releaseLease, renewLease } from '../../db/lease.ts';
import { retryWhenLost } from '../../db/native.ts';
import type { Clock } from '../../lib/clock.ts';
import type { RecordChange } from '../credit-record/index.ts';
import { addLots, latestOnly, memberOf, supersedeOlder } from './enqueue.ts';
import { LotChanges } from './lot-changes.ts';
import { itemIdOf } from './lot.model.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import type { PlatformRegistry, ReadyPlatform } from './platform.registry.ts';
import { isRoutedTo } from './routing.ts';

/**
 * After this time nobody can still be writing records without knowing that the platform is enabled: the age of the
 * settings at hand, and the longest a transaction may last.
 */
const SECOND_PASS_MS = 65_000;
const PASSES = 2;
const LEASE_MS = 30_000;

interface BacklogDeps {
  readonly repository: OutboxRepository;
  readonly registry: PlatformRegistry;
  readonly clock: Clock;
  /** Every stored record at its current revision, by record id, behind `after`. */
  readonly allChanges: (after?: string) => AsyncIterable<RecordChange[]>;
}

/** Puts in what of the changes is routed to the platform and not there yet. @returns how many */
async function putMissing(
  { repository, clock }: BacklogDeps,
  platform: ReadyPlatform,
  changes: readonly RecordChange[],
): Promise<number> {
  const routed = latestOnly(changes).filter((change) => isRoutedTo(platform.routing, change));
  if (routed.length === 0) return 0;
  const idOf = (change: RecordChange) => itemIdOf(platform.code, memberOf(change));
  return repository.db.inTransaction(async (tx) => {
    const there = new Set((await repository.itemsByIds(routed.map(idOf), tx)).map(({ _id }) => _id));
    const missing = routed.filter((change) => !there.has(idOf(change)));
    if (missing.length === 0) return 0;
    const now = clock.now();
    const into = new LotChanges('enqueue');
    await supersedeOlder(repository, into, platform.code, missing, now, tx);
    addLots(into, platform.code, missing, { now, size: platform.batchSize });
    await retryWhenLost(() => into.write(repository, tx));
    return missing.length;
  });
}

/**
 * One pass over everything stored, from where the last one stopped. It notes its place after each step, so it goes on
 * after a stop, and finds nothing to do where it has been.
 * @returns how many items were put in
 */
async function runPass(deps: BacklogDeps, platform: ReadyPlatform, signal: AbortSignal): Promise<number> {
  const { backlog, code } = platform;
  if (!backlog) return 0;
  const platforms = deps.registry.repository;
  let put = 0;
  for await (const changes of deps.allChanges(backlog.after)) {
    if (signal.aborted) return put;
    put += await putMissing(deps, platform, changes);
    const after = changes.at(-1)?.recordId;
    const moved =
      after === undefined || (await platforms.moveBacklog(code, backlog.id, { ...backlog, after }));
    if (!moved) return put;
  }
  const pass = backlog.pass + 1;
  const at = new Date(deps.clock.now().getTime() + SECOND_PASS_MS);
  await platforms.moveBacklog(code, backlog.id, pass > PASSES ? undefined : { id: backlog.id, pass, at });
  deps.registry.forget();
  return put;
}

/**
 * Puts in what was stored before a platform was enabled, when that is due. One process at a time works on it.
 * @returns how many items were put in
 */
export async function takeIn(deps: BacklogDeps, code: string, signal: AbortSignal): Promise<number> {
  const { registry, repository, clock } = deps;
  const { db } = repository;
  const due = (platform: ReadyPlatform | undefined): boolean =>
    platform?.enabled === true && platform.backlog !== undefined && platform.backlog.at <= clock.now();
  if (!due((await registry.ready()).find((known) => known.code === code))) return 0;
  const lease = `outbox-backlog-${code}`;
  const owner = randomUUID();
  if (!(await acquireLease(db, lease, owner, LEASE_MS, clock))) return 0;
  const renewal = setInterval(
    () => void renewLease(db, lease, owner, LEASE_MS, clock).catch(() => undefined),
    LEASE_MS / 3,
  );
  try {
    const platform = await registry.fresh(code);
    return platform && due(platform) ? await runPass(deps, platform, signal) : 0;
  } finally {
    clearInterval(renewal);
    await releaseLease(db, lease, owner);
  }
}
