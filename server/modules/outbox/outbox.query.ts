import { Types, type mongo } from 'mongoose';
import { gunzipSync } from 'node:zlib';
import { readCounters } from '../../db/counters.ts';
import { InputError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import { itemIdOf, memberParts, type Lot, type LotDoc } from './lot.model.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import { OUTBOX_STATES, type OutboxState } from './outbox.states.ts';
import type { Outcome, PlatformAdapter } from './platforms/types.ts';

export interface OutboxItem {
  /** `<platform>:<recordId>:<revision>` */
  readonly id: string;
  readonly platform: string;
  readonly recordId: string;
  readonly revision: number;
  readonly kind: string;
  readonly sector: string;
  readonly state: OutboxState;
  readonly attempts: number;
  /** Code of the last failure, or the platform's own code of a refusal. */
  readonly lastError?: string;
  readonly lastMessage?: string;
  readonly nextAttemptAt?: Date;
  readonly createdAt: Date;
  readonly settledAt?: Date;
}

export interface OutboxFilter {
  readonly platform?: string;
  readonly state?: OutboxState;
  readonly kind?: string;
  readonly recordId?: string;
}

export interface OutboxReceipt {
  /** Of the batch it speaks of. */
  readonly token: string;
  readonly result: Outcome['result'];
  readonly code?: string;
  readonly message?: string;
  readonly receivedAt: Date;
}

/** An item in its lot; together they are the order of a list. */
interface Place {
  readonly lot: Lot;
  readonly member: string;
}

function present({ lot, member }: Place): OutboxItem {
  const { platform, kind, sector, state, sends, at, createdAt, code, message } = lot;
  const due = state === 'PENDING' || state === 'RETRY';
  return {
    id: itemIdOf(platform, member),
    platform,
    ...memberParts(member),
    kind,
    sector,
    state,
    attempts: sends,
    createdAt,
    ...(code === undefined ? {} : { lastError: code }),
    ...(message === undefined ? {} : { lastMessage: message }),
    ...(due ? { nextAttemptAt: at } : {}),
    ...(state === 'CONFIRMED' || state === 'REFUSED' ? { settledAt: at } : {}),
  };
}

function afterOf(cursor: string | undefined): { lot: Types.ObjectId; member: string } | undefined {
  if (cursor === undefined) return undefined;
  const [lot, member] = decodeCursor(cursor, 2);
  if (typeof lot !== 'string' || !/^[0-9a-f]{24}$/.test(lot))
    throw new InputError(['after'], 'CURSOR_INVALID');
  return { lot: new Types.ObjectId(lot), member: String(member) };
}

/** Newest lots first, within a lot by member backwards. */
function byPlace(a: Place, b: Place): number {
  const [left, right] = [a.lot._id.toHexString(), b.lot._id.toHexString()];
  if (left !== right) return left < right ? 1 : -1;
  if (a.member === b.member) return 0;
  return a.member < b.member ? 1 : -1;
}

export class OutboxQuery {
  readonly #repository: OutboxRepository;
  readonly #codes: readonly string[];

  constructor(repository: OutboxRepository, codes: readonly string[]) {
    this.#repository = repository;
    this.#codes = codes;
  }

  /** Newest first. @throws InputError on a bad page size or cursor */
  async page(filter: OutboxFilter, args: PageArgs): Promise<Page<OutboxItem>> {
    const first = pageSize(args);
    const after = afterOf(args.after);
    const { recordId } = filter;
    const places =
      recordId === undefined
        ? await this.#walk(filter, after, first + 1)
        : await this.#ofRecord(recordId, filter);
    const rest = after
      ? places.filter((place) => byPlace({ lot: { _id: after.lot } as Lot, member: after.member }, place) < 0)
      : places;
    const key = ({ lot, member }: Place) => [lot._id.toHexString(), member] as const;
    return pageOf(rest.sort(byPlace), first, key, present);
  }

  /** Places from the cursor's lot on, enough for `wanted` behind the cursor. */
  async #walk(
    { platform, state, kind }: OutboxFilter,
    after: { lot: Types.ObjectId } | undefined,
    wanted: number,
  ): Promise<Place[]> {
    const codes = platform === undefined ? this.#codes : [platform];
    const rest: mongo.Filter<LotDoc> = {
      ...(state === undefined ? {} : { state }),
      ...(kind === undefined ? {} : { kind }),
      ...(after ? { _id: { $lte: after.lot } } : {}),
    };
    const heads: Pick<LotDoc, '_id' | 'n'>[] = [];
    for (const code of codes) {
      const found = this.#repository.lots.find({ ...rest, platform: code }, { projection: { n: 1 } });
      heads.push(
        ...(await found
          .sort({ _id: -1 })
          .limit(wanted + 1)
          .toArray()),
      );
    }
    heads.sort((a, b) => (a._id.toHexString() < b._id.toHexString() ? 1 : -1));
    const ids: Types.ObjectId[] = [];
    let n = 0;
    for (const head of heads) {
      if (n >= wanted) break;
      ids.push(head._id);
      // How much of the cursor's own lot lies behind the cursor is not known yet: it does not count.
      if (!after || !head._id.equals(after.lot)) n += head.n;
    }
    const lots = await this.#repository.lotsByIds(ids);
    return lots.flatMap((lot) => lot.members.map((member) => ({ lot, member })));
  }

  async #ofRecord(recordId: string, { platform, state, kind }: OutboxFilter): Promise<Place[]> {
    const places: Place[] = [];
    for (const code of platform === undefined ? this.#codes : [platform]) {
      const items = await this.#repository.itemsOfRecord(code, recordId);
      const lots = await this.#repository.lotsByIds(items.map(({ lot }) => lot));
      const byId = new Map(lots.map((lot) => [lot._id.toHexString(), lot]));
      for (const item of items) {
        const lot = byId.get(item.lot.toHexString());
        if (lot && (state ?? lot.state) === lot.state && (kind ?? lot.kind) === lot.kind) {
          places.push({ lot, member: item._id.slice(code.length + 1) });
        }
      }
    }
    return places;
  }

  async find(itemId: string): Promise<{ item: OutboxItem; lot: Lot; member: string } | undefined> {
    const [item] = await this.#repository.itemsByIds([itemId]);
    if (!item) return undefined;
    const [lot] = await this.#repository.lotsByIds([item.lot]);
    const member = itemId.slice(itemId.indexOf(':') + 1);
    return lot && { item: present({ lot, member }), lot, member };
  }

  /** What the platform said of an item so far, in the order it came. */
  async receipts(
    lot: Lot,
    member: string,
    read: { cipher: FieldCipher; decode: PlatformAdapter['decode'] },
  ): Promise<OutboxReceipt[]> {
    if (lot.tokens.length === 0) return [];
    const docs = await this.#repository.receipts
      .find({ token: { $in: lot.tokens } })
      .sort({ at: 1 })
      .toArray();
    return docs.flatMap((doc) => {
      const raw = gunzipSync(read.cipher.decrypt(doc.body, `receipt:${doc.token}`));
      const outcome = read.decode(raw)?.outcomes.get(member);
      return outcome ? [{ ...outcome, token: doc.token, receivedAt: doc.at }] : [];
    });
  }

  /** Items per state, from maintained counters. */
  async counts(platform: string): Promise<Record<OutboxState, number>> {
    const result = Object.fromEntries(OUTBOX_STATES.map((state) => [state, 0])) as Record<
      OutboxState,
      number
    >;
    for (const [name, n] of await readCounters(this.#repository.db, `outbox:${platform}:`)) {
      const state = name.split(':')[2] as OutboxState;
      if (state in result) result[state] += n;
    }
    return result;
  }
}
