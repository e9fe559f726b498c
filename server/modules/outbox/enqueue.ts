import { Types, type ClientSession } from 'mongoose';
import type { RecordChange } from '../credit-record/index.ts';
import { LotChanges } from './lot-changes.ts';
import { itemIdOf, type Lot } from './lot.model.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import type { Target } from './split.ts';

/** Of several changes of one record only the last is sent. */
export function latestOnly(changes: readonly RecordChange[]): RecordChange[] {
  const latest = new Map<string, RecordChange>();
  for (const change of changes) {
    const known = latest.get(change.recordId);
    if (!known || known.revision < change.revision) latest.set(change.recordId, change);
  }
  return [...latest.values()];
}

export function memberOf({ recordId, revision }: { recordId: string; revision: number }): string {
  return `${recordId}:${String(revision)}`;
}

/** The members of all revisions before this one. */
export function olderMembers({ recordId, revision }: { recordId: string; revision: number }): string[] {
  return Array.from({ length: revision - 1 }, (_, i) => memberOf({ recordId, revision: i + 1 }));
}

/** Whether a newer revision takes the place of an item; one that may have reached the platform keeps its own fate. */
export function isReplaceable({ state, local }: Pick<Lot, 'state' | 'local'>): boolean {
  return (
    state === 'PENDING' || state === 'RETRY' || state === 'DEAD' || (state === 'REFUSED' && local === true)
  );
}

/** Adds the items of one platform to the changes of a transaction, as lots of at most `size` items. */
export function addLots(
  into: LotChanges,
  platform: string,
  changes: readonly RecordChange[],
  { now, size }: { now: Date; size: number },
): void {
  const feeds = new Map<string, RecordChange[]>();
  for (const change of changes) {
    const feed = `${change.kind}/${change.sector}`;
    const known = feeds.get(feed);
    if (known) known.push(change);
    else feeds.set(feed, [change]);
  }
  for (const [first, ...rest] of feeds.values()) {
    if (!first) continue;
    const members = [first, ...rest].map(memberOf);
    for (let i = 0; i < members.length; i += size) {
      const part = members.slice(i, i + size);
      into.add({
        _id: new Types.ObjectId(),
        platform,
        kind: first.kind,
        sector: first.sector,
        state: 'PENDING',
        members: part,
        n: part.length,
        at: now,
        createdAt: now,
        sends: 0,
        tries: 0,
        faults: 0,
        tokens: [],
      });
    }
  }
}

/** Takes unsent older revisions out of the way. What is under way stays: the claim of the newer one waits for it. */
export async function supersedeOlder(
  repository: OutboxRepository,
  into: LotChanges,
  platform: string,
  changes: readonly RecordChange[],
  now: Date,
  tx: ClientSession,
): Promise<void> {
  const ids = changes
    .filter(({ revision }) => revision > 1)
    .flatMap((change) => olderMembers(change).map((member) => itemIdOf(platform, member)));
  if (ids.length === 0) return;
  const items = await repository.itemsByIds(ids, tx);
  const old = new Set(items.map(({ _id }) => _id));
  const lots = await repository.lotsByIds(
    [...new Map(items.map(({ lot }) => [lot.toHexString(), lot])).values()],
    tx,
  );
  const target: Target = { state: 'SUPERSEDED', at: now };
  for (const lot of lots) {
    if (isReplaceable(lot))
      into.move(lot, (member) => (old.has(itemIdOf(platform, member)) ? target : undefined));
  }
}
