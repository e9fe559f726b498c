import type { mongo, ClientSession, Types } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { nativeCollection, retryWhenLost } from '../../db/native.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import { itemIdOf, itemSchema, lotOf, lotSchema, type ItemDoc, type Lot, type LotDoc } from './lot.model.ts';
import type { OutboxState } from './outbox.states.ts';
import {
  pushBatchSchema,
  pushFileSchema,
  pushReceiptSchema,
  pushSequenceSchema,
  receiptNonceSchema,
  type PushBatchDoc,
  type PushFileDoc,
  type PushReceiptDoc,
  type PushSequenceDoc,
  type ReceiptNonceDoc,
} from './push-batch.model.ts';

/** A lot without its members: enough to choose. */
export type LotHead = Pick<LotDoc, '_id' | 'n' | 'at' | 'most'>;

const STEP = 500;

function inSession(tx: ClientSession | undefined): { session?: ClientSession } {
  return tx ? { session: tx } : {};
}

export class OutboxRepository {
  readonly db: Db;
  readonly lots: mongo.Collection<LotDoc>;
  readonly items: mongo.Collection<ItemDoc>;
  readonly batches: mongo.Collection<PushBatchDoc>;
  readonly receipts: mongo.Collection<PushReceiptDoc>;
  readonly nonces: mongo.Collection<ReceiptNonceDoc>;
  readonly files: mongo.Collection<PushFileDoc>;
  readonly #sequences: mongo.Collection<PushSequenceDoc>;

  constructor(db: Db) {
    this.db = db;
    db.model('OutboxLot', lotSchema, 'outbox_lots');
    db.model('OutboxItem', itemSchema, 'outbox_items');
    db.model('PushBatch', pushBatchSchema, 'push_batches');
    db.model('PushReceipt', pushReceiptSchema, 'push_receipts');
    db.model('ReceiptNonce', receiptNonceSchema, 'receipt_nonces');
    db.model('PushFile', pushFileSchema, 'push_files');
    db.model('PushSequence', pushSequenceSchema, 'push_sequences');
    this.lots = nativeCollection<LotDoc>(db, 'outbox_lots');
    this.items = nativeCollection<ItemDoc>(db, 'outbox_items');
    this.batches = nativeCollection<PushBatchDoc>(db, 'push_batches');
    this.receipts = nativeCollection<PushReceiptDoc>(db, 'push_receipts');
    this.nonces = nativeCollection<ReceiptNonceDoc>(db, 'receipt_nonces');
    this.files = nativeCollection<PushFileDoc>(db, 'push_files');
    this.#sequences = nativeCollection<PushSequenceDoc>(db, 'push_sequences');
  }

  /**
   * Takes the next file numbers of a platform's day, in the transaction of the batch that uses them: where that is
   * given up, so are they. @returns the first
   */
  async takeNumbers(platform: string, day: CivilDate, n: number, tx: ClientSession): Promise<number> {
    const options = { session: tx, upsert: true, returnDocument: 'after' } as const;
    const _id = `${platform}:${day}`;
    const taken = await retryWhenLost(() =>
      this.#sequences.findOneAndUpdate({ _id }, { $inc: { last: n } }, options),
    );
    return (taken?.last ?? n) - n + 1;
  }

  /** In steps: a store reads a short list of ids by key and a long one by scanning. */
  async itemsByIds(ids: readonly string[], tx?: ClientSession): Promise<ItemDoc[]> {
    const found: ItemDoc[] = [];
    for (let i = 0; i < ids.length; i += STEP) {
      const step = ids.slice(i, i + STEP);
      found.push(...(await this.items.find({ _id: { $in: step } }, inSession(tx)).toArray()));
    }
    return found;
  }

  async lotsByIds(ids: readonly Types.ObjectId[], tx?: ClientSession): Promise<Lot[]> {
    const found: Lot[] = [];
    for (let i = 0; i < ids.length; i += STEP) {
      const step = ids.slice(i, i + STEP);
      const docs = await this.lots.find({ _id: { $in: step } }, inSession(tx)).toArray();
      found.push(...docs.map(lotOf));
    }
    return found;
  }

  /** State and time alone: members make lots big. */
  async lotHeads(ids: readonly Types.ObjectId[]): Promise<Pick<LotDoc, '_id' | 'state' | 'at'>[]> {
    const found: Pick<LotDoc, '_id' | 'state' | 'at'>[] = [];
    for (let i = 0; i < ids.length; i += STEP) {
      const step = ids.slice(i, i + STEP);
      const heads = this.lots.find({ _id: { $in: step } }, { projection: { state: 1, at: 1 } });
      found.push(...((await heads.toArray()) as Pick<LotDoc, '_id' | 'state' | 'at'>[]));
    }
    return found;
  }

  /** All revisions of a record that were put in for a platform. */
  itemsOfRecord(platform: string, recordId: string, tx?: ClientSession): Promise<ItemDoc[]> {
    const range = { $gt: itemIdOf(platform, `${recordId}:`), $lt: itemIdOf(platform, `${recordId};`) };
    return this.items.find({ _id: range }, inSession(tx)).toArray();
  }

  /** Lots that may be sent, the longest due first. @param until undefined: waiting times are ignored */
  async dueLots(platform: string, until: Date | undefined, limit: number): Promise<LotHead[]> {
    const at = until ? { at: { $lte: until } } : {};
    const read = (state: OutboxState): Promise<LotHead[]> =>
      this.lots
        .find({ platform, state, ...at }, { projection: { n: 1, at: 1, most: 1 } })
        .sort({ at: 1 })
        .limit(limit)
        .toArray() as Promise<LotHead[]>;
    const found = (await Promise.all([read('PENDING'), read('RETRY')])).flat();
    return found.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  async hasLots(platform: string, states: readonly OutboxState[]): Promise<boolean> {
    for (const state of states) {
      if (await this.lots.findOne({ platform, state }, { projection: { _id: 1 } })) return true;
    }
    return false;
  }

  /**
   * Batches that wait for word and that nobody is at. @param until undefined: waiting times are ignored, leases never
   */
  async openBatches(
    platform: string,
    now: Date,
    until: Date | undefined,
    limit: number,
  ): Promise<PushBatchDoc[]> {
    const free = { platform, lease: { $lte: now } };
    const at = until ? { at: { $lte: until } } : {};
    const found: PushBatchDoc[] = [];
    for (const state of ['OPEN', 'ASKING', 'WAITING'] as const) {
      const batches = this.batches.find({ ...free, ...(state === 'OPEN' ? {} : at), state });
      found.push(...(await batches.sort({ at: 1 }).limit(limit).toArray()));
    }
    return found;
  }
}
