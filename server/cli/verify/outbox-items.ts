import type { AppContext } from '../../context.ts';
import { nativeCollection } from '../../db/native.ts';
import type { RecordChange } from '../../modules/credit-record/index.ts';
import {
  isRoutedTo,
  itemIdOf,
  loadRouting,
  type ItemDoc,
  type Platform,
} from '../../modules/outbox/index.ts';
import type { Faults, OnProgress } from './check.ts';
import { byId, Walk } from './pages.ts';
import type { Fingerprint } from './fingerprint.ts';

type Head = Omit<RecordChange, 'agencyId'>;

/** The items of one platform in the order of their records. */
interface Lane {
  readonly platform: Platform;
  readonly items: Walk<ItemDoc>;
  readonly isRouted: (change: Head) => boolean;
}

export interface ItemsSeen {
  readonly faults: Faults;
  /** Of every item with its lot, by platform. */
  readonly seen: ReadonlyMap<string, Fingerprint>;
}

function recordOf(itemId: string): string {
  const [, recordId = ''] = itemId.split(':');
  return recordId;
}

/** Looks again, alone: the record may have changed since. */
async function itemIsMissing(app: AppContext, code: string, { recordId }: Head): Promise<boolean> {
  const before = (BigInt(`0x${recordId}`) - 1n).toString(16).padStart(24, '0');
  const [now] = await app.creditRecords.contentsAfter(before, 1);
  if (now?.change.recordId !== recordId) return false;
  const id = itemIdOf(code, `${recordId}:${String(now.change.revision)}`);
  const item = await nativeCollection<ItemDoc>(app.db, 'outbox_items').findOne({ _id: id });
  return item === null;
}

async function walkLane(
  app: AppContext,
  lane: Lane,
  change: Head,
  { faults, seen }: ItemsSeen,
): Promise<void> {
  const { code, enabled, takingIn } = lane.platform;
  const { recordId } = change;
  const wanted = itemIdOf(code, `${recordId}:${String(change.revision)}`);
  let found = false;
  for (;;) {
    const next = lane.items.peek();
    const item = next instanceof Promise ? await next : next;
    if (!item || recordOf(item._id) > recordId) break;
    seen.get(code)?.add(item._id, item.lot.toHexString());
    if (recordOf(item._id) < recordId) faults.add(`${item._id}: its record is not stored`);
    else if (item._id === wanted) found = true;
    lane.items.skip();
  }
  if (found || !enabled || takingIn || !lane.isRouted(change)) return;
  if (await itemIsMissing(app, code, change)) faults.add(`${wanted}: is not there`);
}

/** Each record that goes to an enabled platform has the item of its current revision there; no item is without record. */
export async function walkItems(
  app: AppContext,
  platforms: readonly Platform[],
  result: ItemsSeen,
  onProgress: OnProgress,
): Promise<number> {
  const items = nativeCollection<ItemDoc>(app.db, 'outbox_items');
  const routing = new Map(loadRouting().map((entry) => [entry.code, entry]));
  const lanes = platforms.map((platform): Lane => {
    const { code } = platform;
    const route = routing.get(code);
    return {
      platform,
      items: new Walk(byId(items, { within: { $gte: `${code}:`, $lt: `${code};` } })),
      isRouted: (change) => route !== undefined && isRoutedTo(route, change),
    };
  });
  let checked = 0;
  for await (const changes of app.creditRecords.allChanges()) {
    for (const change of changes) for (const lane of lanes) await walkLane(app, lane, change, result);
    checked += changes.length;
    onProgress(checked);
  }
  for (const { items: rest, platform } of lanes) {
    for (let item = await rest.peek(); item; item = await rest.peek()) {
      result.seen.get(platform.code)?.add(item._id, item.lot.toHexString());
      result.faults.add(`${item._id}: its record is not stored`);
      rest.skip();
    }
  }
  return checked;
}
