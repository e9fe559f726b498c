import type { ClientSession, mongo, Types } from 'mongoose';
import type { CivilDate } from '../../lib/civil-date.ts';
import { memberOf, olderMembers } from './enqueue.ts';
import { LotChanges } from './lot-changes.ts';
import { itemIdOf, memberParts, type LotDoc } from './lot.model.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import type { OutboxState } from './outbox.states.ts';

/** Where one revision of a record stands. */
export interface Fate {
  readonly revision: number;
  readonly state: OutboxState;
  /** Since when. */
  readonly at: Date;
}

/** So many lots are read at once: with full lots some thousand members. */
const LOTS = 20;

/** What a platform should hold by what it said so far. */
export class Holdings {
  readonly #repository: OutboxRepository;

  constructor(repository: OutboxRepository) {
    this.#repository = repository;
  }

  /** Days on which the platform accepted anything. */
  async days(platform: string): Promise<CivilDate[]> {
    const found = await this.#repository.lots.distinct('day', { platform, state: 'CONFIRMED' });
    return found.filter((day) => day !== undefined).sort();
  }

  /** How many items the platform refused on a day. */
  async refused(platform: string, day: CivilDate): Promise<number> {
    const lots = this.#repository.lots.find(
      { platform, state: 'REFUSED', day },
      { projection: { n: 1 } },
    ) as AsyncIterable<Pick<LotDoc, 'n'>>;
    let sum = 0;
    for await (const { n } of lots) sum += n;
    return sum;
  }

  /** Every revision the platform accepted on a day, also those that a later one has replaced. */
  async *accepted(
    platform: string,
    day: CivilDate,
  ): AsyncGenerator<{ readonly recordId: string; readonly revision: number }[]> {
    for (let after: Types.ObjectId | undefined; ;) {
      const filter: mongo.Filter<LotDoc> = { platform, state: 'CONFIRMED', day };
      const lots = (await this.#repository.lots
        .find(after ? { ...filter, _id: { $gt: after } } : filter, { projection: { members: 1 } })
        .sort({ _id: 1 })
        .limit(LOTS)
        .toArray()) as Pick<LotDoc, '_id' | 'members'>[];
      yield lots.flatMap(({ members }) => members.split(' ').map(memberParts));
      if (lots.length < LOTS) return;
      after = lots.at(-1)?._id;
    }
  }

  /** By record: where each of its revisions up to the given one stands. */
  async fates(
    platform: string,
    records: readonly { readonly recordId: string; readonly revision: number }[],
  ): Promise<Map<string, Fate[]>> {
    const members = records.flatMap((record) => [...olderMembers(record), memberOf(record)]);
    const items = await this.#repository.itemsByIds(members.map((member) => itemIdOf(platform, member)));
    const lotIds = [...new Map(items.map(({ lot }) => [lot.toHexString(), lot])).values()];
    const lots = new Map(
      (await this.#repository.lotHeads(lotIds)).map((lot) => [lot._id.toHexString(), lot]),
    );
    const fates = new Map<string, Fate[]>();
    for (const { _id, lot } of items) {
      const { recordId, revision } = memberParts(_id.slice(platform.length + 1));
      const head = lots.get(lot.toHexString());
      if (!head) continue;
      const known = fates.get(recordId) ?? [];
      fates.set(recordId, known);
      known.push({ revision, state: head.state, at: head.at });
    }
    return fates;
  }

  /**
   * Puts accepted items in again that the platform has lost. Those that were accepted after `before`, or are no
   * longer accepted, are left alone: somebody else has seen to them.
   * @returns the members that were put in
   */
  async requeue(
    platform: string,
    members: readonly string[],
    { before, now }: { before: Date; now: Date },
    tx: ClientSession,
  ): Promise<string[]> {
    const wanted = new Set(members);
    const items = await this.#repository.itemsByIds(
      members.map((member) => itemIdOf(platform, member)),
      tx,
    );
    const lotIds = [...new Map(items.map(({ lot }) => [lot.toHexString(), lot])).values()];
    const changes = new LotChanges('enqueue');
    const target = { state: 'PENDING', at: now, tries: 0, faults: 0 } as const;
    const put: string[] = [];
    for (const lot of await this.#repository.lotsByIds(lotIds, tx)) {
      if (lot.state !== 'CONFIRMED' || lot.at > before) continue;
      changes.move(lot, (member) => {
        if (!wanted.has(member)) return undefined;
        put.push(member);
        return target;
      });
    }
    await changes.write(this.#repository, tx);
    return put;
  }
}
