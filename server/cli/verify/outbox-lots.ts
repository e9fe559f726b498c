import { Types } from 'mongoose';
import type { AppContext } from '../../context.ts';
import { nativeCollection } from '../../db/native.ts';
import {
  itemIdOf,
  lotOf,
  OUTBOX_STATES,
  type ItemDoc,
  type LotDoc,
  type OutboxState,
  type PushBatchDoc,
} from '../../modules/outbox/index.ts';
import type { Faults } from './check.ts';
import { Fingerprint } from './fingerprint.ts';
import { byId } from './pages.ts';

export interface LotsSeen {
  /** Items by state, as the lots have them. */
  readonly counts: Record<OutboxState, number>;
  /** Of every member with its lot. */
  readonly members: Fingerprint;
}

const NO_ITEMS = Object.fromEntries(OUTBOX_STATES.map((state) => [state, 0])) as Record<OutboxState, number>;

/** Reads every lot once. @returns what was seen by platform */
export async function walkLots(app: AppContext, faults: Faults): Promise<Map<string, LotsSeen>> {
  const seen = new Map<string, LotsSeen>();
  const lots = nativeCollection<LotDoc>(app.db, 'outbox_lots');
  for await (const page of byId(lots)) {
    for (const doc of page) {
      const { _id, platform, state, members, n } = lotOf(doc);
      const lot = _id.toHexString();
      const own = seen.get(platform) ?? { counts: { ...NO_ITEMS }, members: new Fingerprint() };
      seen.set(platform, own);
      own.counts[state] += n;
      if (members.length !== n) faults.add(`lot ${lot}: says ${String(n)}, has ${String(members.length)}`);
      for (const member of members) own.members.add(itemIdOf(platform, member), lot);
    }
  }
  return seen;
}

/** Finds the pairs that made two fingerprints differ: slow, and only run then. */
export async function nameDifferences(app: AppContext, platform: string, faults: Faults): Promise<void> {
  const items = nativeCollection<ItemDoc>(app.db, 'outbox_items');
  const lots = nativeCollection<LotDoc>(app.db, 'outbox_lots');
  for await (const page of byId(items, { within: { $gte: `${platform}:`, $lt: `${platform};` } })) {
    const wanted = [...new Map(page.map(({ lot }) => [lot.toHexString(), lot])).values()];
    const found = new Map<string, Set<string>>();
    for (const id of wanted) {
      const doc = await lots.findOne({ _id: id });
      if (doc) found.set(id.toHexString(), new Set(lotOf(doc).members));
    }
    for (const { _id, lot } of page) {
      if (found.get(lot.toHexString())?.has(_id.slice(platform.length + 1)) === true) continue;
      // It may have moved since the page was read.
      const now = await items.findOne({ _id });
      const its = now && (await lots.findOne({ _id: now.lot }));
      if (now && !(its && lotOf(its).members.includes(_id.slice(platform.length + 1))))
        faults.add(`${_id}: its lot does not hold it`);
    }
  }
  for await (const page of byId(lots)) {
    for (const doc of page.filter((lot) => lot.platform === platform)) {
      const ids = lotOf(doc).members.map((member) => itemIdOf(platform, member));
      const own = await items.find({ _id: { $in: ids }, lot: doc._id }).toArray();
      if (own.length === ids.length) continue;
      const now = await lots.findOne({ _id: doc._id });
      if (now && now.members === doc.members)
        faults.add(
          `lot ${doc._id.toHexString()}: ${String(ids.length - own.length)} members have no item in it`,
        );
    }
  }
}

/** A batch that is not done names lots that are under way, and a lot under way lies in a batch that is not done. */
export async function batchesFit(app: AppContext, faults: Faults): Promise<void> {
  const batches = nativeCollection<PushBatchDoc>(app.db, 'push_batches');
  const lots = nativeCollection<LotDoc>(app.db, 'outbox_lots');
  for (const state of ['OPEN', 'ASKING', 'WAITING'] as const) {
    for await (const { _id, platform, lots: named } of batches.find({ state, platform: { $exists: true } })) {
      const there = await lots.find({ _id: { $in: named } }, { projection: { _id: 1 } }).toArray();
      const still = await batches.findOne({ _id, state, lots: named });
      if (still && there.length < named.length)
        faults.add(`batch ${platform}/${_id}: names a lot that is not there`);
    }
  }
  for (const state of ['SENDING', 'SENT'] as const) {
    for await (const { _id, tokens } of lots.find({ state }, { projection: { tokens: 1 } })) {
      const batch = await batches.findOne({ _id: tokens.at(-1) ?? '' });
      const held =
        batch && batch.state !== 'DONE' && batch.lots.some((id) => new Types.ObjectId(id).equals(_id));
      if (!held && (await lots.findOne({ _id, state, tokens })))
        faults.add(`lot ${_id.toHexString()}: lies in no open batch`);
    }
  }
}
