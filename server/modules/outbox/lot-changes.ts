import { mongo, Types, type ClientSession } from 'mongoose';
import { bumpCounters } from '../../db/counters.ts';
import { itemIdOf, lotDocOf, type ItemDoc, type Lot, type LotDoc } from './lot.model.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import type { OutboxState } from './outbox.states.ts';
import { splitLot, type Target } from './split.ts';

/**
 * Which set of counters a transaction moves. The writers of records have one of their own, since their transactions
 * are long; deliveries that run at once have one each. A count is the sum of all sets.
 */
type CounterSet = 'enqueue' | number;

function counterName(platform: string, state: OutboxState, set: CounterSet): string {
  return `outbox:${platform}:${state}:${String(set)}`;
}

/** Writes of one transaction to lots, their items and the counters, gathered and then made in a few commands. */
export class LotChanges {
  readonly #set: CounterSet;
  readonly #lots: mongo.AnyBulkWriteOperation<LotDoc>[] = [];
  readonly #items: mongo.AnyBulkWriteOperation<ItemDoc>[] = [];
  readonly #newItems: ItemDoc[] = [];
  readonly #counts = new Map<string, number>();

  constructor(set: CounterSet) {
    this.#set = set;
  }

  count(platform: string, state: OutboxState, delta: number): void {
    const name = counterName(platform, state, this.#set);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + delta);
  }

  /** A new lot with new items. */
  add(lot: Lot): void {
    this.#lots.push({ insertOne: { document: lotDocOf(lot) } });
    for (const member of lot.members)
      this.#newItems.push({ _id: itemIdOf(lot.platform, member), lot: lot._id });
    this.count(lot.platform, lot.state, lot.n);
  }

  /**
   * Sends members of a lot where `targetOf` says.
   * @returns the lots they are in then, those that stay first
   */
  move(lot: Lot, targetOf: (member: string) => Target | undefined): Lot[] {
    const { stay, inPlace, moved } = splitLot(lot, targetOf);
    const result: Lot[] = [];
    if (inPlace) result.push(this.#keep(lot, inPlace.target, inPlace.members));
    else if (moved.length > 0) {
      this.#update(lot, { members: stay, n: stay.length });
      result.push({ ...lot, members: stay, n: stay.length });
    } else result.push(lot);
    for (const { target, members } of moved) {
      const next = { ...after(lot, target, members), _id: new Types.ObjectId() };
      this.#lots.push({ insertOne: { document: lotDocOf(next) } });
      const ids = members.map((member) => itemIdOf(lot.platform, member));
      this.#items.push({
        updateMany: { filter: { _id: { $in: ids } }, update: { $set: { lot: next._id } } },
      });
      this.#recount(lot, target, members.length);
      result.push(next);
    }
    return result;
  }

  #keep(lot: Lot, target: Target, members: string[]): Lot {
    const next = after(lot, target, members);
    const { _id, platform: _platform, kind: _kind, sector: _sector, createdAt: _at, ...fields } = next;
    const gone = (['code', 'message', 'local', 'day'] as const).filter(
      (name) => name in lot && !(name in next),
    );
    if (members.length === lot.n) {
      const { members: _members, n: _n, ...rest } = fields;
      this.#update(lot, rest, gone);
    } else this.#update(lot, fields, gone);
    this.#recount(lot, target, members.length);
    return next;
  }

  #update(lot: Lot, { members, ...fields }: Partial<Lot>, gone: readonly string[] = []): void {
    const set = members ? { ...fields, members: members.join(' ') } : fields;
    const unset = Object.fromEntries(gone.map((name) => [name, 1]));
    const update = gone.length > 0 ? { $set: set, $unset: unset } : { $set: set };
    this.#lots.push({
      updateOne: { filter: { _id: lot._id }, update: update as mongo.UpdateFilter<LotDoc> },
    });
  }

  #recount(lot: Lot, target: Target, n: number): void {
    if (lot.state === target.state) return;
    this.count(lot.platform, lot.state, -n);
    this.count(lot.platform, target.state, n);
  }

  /** @throws MongoServerError 11000 when an item was there before */
  async write(repository: OutboxRepository, tx: ClientSession): Promise<void> {
    const options = { session: tx };
    if (this.#lots.length > 0) await repository.lots.bulkWrite(this.#lots, options);
    if (this.#newItems.length > 0) await repository.items.insertMany(this.#newItems, options);
    if (this.#items.length > 0) await repository.items.bulkWrite(this.#items, options);
    await bumpCounters(repository.db, this.#counts, tx);
  }
}

function after(lot: Lot, target: Target, members: string[]): Lot {
  const { code: _code, message: _message, local: _local, day: _day, most: _most, ...rest } = lot;
  const most = target.most ?? lot.most;
  return {
    ...rest,
    state: target.state,
    members,
    n: members.length,
    at: target.at,
    sends: target.sends ?? lot.sends,
    tries: target.tries ?? lot.tries,
    faults: target.faults ?? lot.faults,
    tokens: target.token === undefined ? lot.tokens : [...lot.tokens, target.token],
    ...(most === undefined ? {} : { most }),
    ...(target.code === undefined ? {} : { code: target.code }),
    ...(target.message === undefined ? {} : { message: target.message }),
    ...(target.local === true ? { local: true } : {}),
    ...(target.day === undefined ? {} : { day: target.day }),
  };
}
