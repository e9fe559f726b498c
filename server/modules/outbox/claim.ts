import { randomUUID } from 'node:crypto';
import type { ClientSession, Types } from 'mongoose';
import { civilDateOf } from '../../lib/civil-date.ts';
import { olderMembers, isReplaceable } from './enqueue.ts';
import { LotChanges } from './lot-changes.ts';
import { itemIdOf, memberParts, type Lot } from './lot.model.ts';
import type { LotHead, OutboxRepository } from './outbox.repository.ts';
import { IN_FLIGHT } from './outbox.states.ts';
import { LAST_NUMBER, namesOf, tabledKinds } from './platforms/file-names.ts';
import type { FileNaming, NumberedFile } from './platforms/types.ts';
import type { Target } from './split.ts';

export interface ClaimWish {
  readonly platform: string;
  readonly owner: string;
  readonly now: Date;
  readonly leaseMs: number;
  /** Lots due until then; undefined ignores waiting times. */
  readonly until: Date | undefined;
  /** Which set of counters to move. */
  readonly lane: number;
  /** Most items. */
  readonly size: number;
  /** Lots not to look at: found to be waiting before. */
  readonly skip: Set<string>;
  /** For a platform that takes files: the batch gets their numbers. */
  readonly naming?: FileNaming;
}

export interface Claimed {
  readonly token: string;
  /** `<recordId>:<revision>` each. */
  readonly members: readonly string[];
  /** Members of which the platform holds an earlier revision. */
  readonly updates: ReadonlySet<string>;
  readonly files?: readonly NumberedFile[];
}

/** NONE: nothing is due. AGAIN: what was due went to others or has to wait; there may be more. */
export type ClaimResult = Claimed | 'NONE' | 'AGAIN';

/** How long an item waits to look again whether the revision before it has been settled. */
const HOLD_MS = 2000;
/** How many due lots are looked at: few when they are big, more until they fill a batch. */
const LOOKS = [4, 50];

/** The lots of one batch: whole ones while they fit; a single one that is too big is cut later. */
export function chooseLots(heads: readonly LotHead[], size: number): { chosen: LotHead[]; size: number } {
  const chosen: LotHead[] = [];
  let most = size;
  let total = 0;
  for (const head of heads) {
    const limit = Math.min(most, head.most ?? most);
    if (chosen.length > 0 && total + head.n > limit) continue;
    chosen.push(head);
    most = limit;
    total += head.n;
    if (total >= most) break;
  }
  return { chosen, size: most };
}

async function dueHeads(repository: OutboxRepository, wish: ClaimWish): Promise<LotHead[]> {
  for (const look of [...LOOKS, wish.size]) {
    const limit = look + wish.skip.size;
    const found = await repository.dueLots(wish.platform, wish.until, limit);
    const heads = found.filter(({ _id }) => !wish.skip.has(_id.toHexString()));
    const total = heads.reduce((sum, { n }) => sum + n, 0);
    if (found.length < limit || total >= wish.size || look === wish.size) return heads;
  }
  return [];
}

interface OlderRevisions {
  /** Members that wait for an older revision under way. */
  readonly held: Set<string>;
  readonly updates: Set<string>;
  /** Older ones that are not sent any more, by lot. */
  readonly replaced: Map<string, { lot: Lot; members: Set<string> }>;
}

/** Looks at the older revisions of what is to go: the platform has to see revisions in their order. */
async function olderRevisions(
  repository: OutboxRepository,
  platform: string,
  lots: readonly Pick<Lot, 'members'>[],
  tx?: ClientSession,
): Promise<OlderRevisions> {
  const result: OlderRevisions = { held: new Set(), updates: new Set(), replaced: new Map() };
  const later = lots.flatMap(({ members }) => members).filter((member) => memberParts(member).revision > 1);
  if (later.length === 0) return result;
  const newerOf = new Map<string, string[]>();
  for (const member of later) {
    for (const older of olderMembers(memberParts(member))) {
      newerOf.set(older, [...(newerOf.get(older) ?? []), member]);
    }
  }
  const items = await repository.itemsByIds(
    [...newerOf.keys()].map((member) => itemIdOf(platform, member)),
    tx,
  );
  const lotIds = new Map<string, Types.ObjectId>(items.map(({ lot }) => [lot.toHexString(), lot]));
  const found = new Map(
    (await repository.lotsByIds([...lotIds.values()], tx)).map((lot) => [lot._id.toHexString(), lot]),
  );
  for (const { _id, lot: lotId } of items) {
    const lot = found.get(lotId.toHexString());
    if (!lot) continue;
    const older = _id.slice(platform.length + 1);
    if (isReplaceable(lot)) {
      const known = result.replaced.get(lotId.toHexString()) ?? { lot, members: new Set() };
      result.replaced.set(lotId.toHexString(), known);
      known.members.add(older);
    }
    for (const member of newerOf.get(older) ?? []) {
      if (IN_FLIGHT.has(lot.state)) result.held.add(member);
      if (lot.state === 'CONFIRMED') result.updates.add(member);
    }
  }
  return result;
}

/**
 * Takes due items for one request: they become SENDING under a token that is stored before anything leaves. Two claims
 * of one lot meet at its document, so one of them starts over and finds it gone.
 */
export async function claimBatch(repository: OutboxRepository, wish: ClaimWish): Promise<ClaimResult> {
  const { chosen, size } = chooseLots(await dueHeads(repository, wish), wish.size);
  if (chosen.length === 0) return 'NONE';
  const token = randomUUID();
  const waiting: string[] = [];
  try {
    const claimed = await repository.db.inTransaction(async (tx) => {
      waiting.length = 0;
      return takeLots(repository, wish, { ids: chosen.map(({ _id }) => _id), size, token, waiting }, tx);
    });
    for (const id of waiting) wish.skip.add(id);
    return claimed ?? 'AGAIN';
  } catch (error) {
    if (error instanceof NumbersUsedUp) return 'NONE';
    throw error;
  }
}

/** All file numbers of the day are taken; the claim is given up, and what is left goes tomorrow. */
class NumbersUsedUp extends Error {}

async function takeFiles(
  repository: OutboxRepository,
  { platform, now, naming }: ClaimWish,
  lots: readonly Lot[],
  tx: ClientSession,
): Promise<NumberedFile[] | undefined> {
  if (!naming) return undefined;
  const kinds = tabledKinds(
    naming,
    lots.map(({ kind }) => kind),
  );
  if (kinds.length === 0) return [];
  const day = civilDateOf(now);
  const first = await repository.takeNumbers(platform, day, kinds.length, tx);
  if (first + kinds.length - 1 > LAST_NUMBER) throw new NumbersUsedUp();
  return namesOf(naming, kinds, day, first);
}

/** Members of a claimed batch of which the platform holds an earlier revision. */
export async function updatesAmong(
  repository: OutboxRepository,
  platform: string,
  members: readonly string[],
): Promise<ReadonlySet<string>> {
  return (await olderRevisions(repository, platform, [{ members: [...members] }])).updates;
}

async function takeLots(
  repository: OutboxRepository,
  wish: ClaimWish,
  { ids, size, token, waiting }: { ids: Types.ObjectId[]; size: number; token: string; waiting: string[] },
  tx: ClientSession,
): Promise<Claimed | undefined> {
  const { platform, owner, now, leaseMs, lane } = wish;
  const found = await repository.lotsByIds(ids, tx);
  const lots = found.filter(({ state }) => state === 'PENDING' || state === 'RETRY');
  if (lots.length === 0) return undefined;
  const { held, updates, replaced } = await olderRevisions(repository, platform, lots, tx);
  const changes = new LotChanges(lane);
  const superseded: Target = { state: 'SUPERSEDED', at: now };
  const own = new Set(lots.map(({ _id }) => _id.toHexString()));
  for (const [id, { lot, members }] of replaced) {
    if (!own.has(id)) changes.move(lot, (member) => (members.has(member) ? superseded : undefined));
  }
  const members: string[] = [];
  const taken: Lot[] = [];
  for (const lot of lots) {
    const old = replaced.get(lot._id.toHexString())?.members;
    const hold: Target = { ...kept(lot), state: lot.state, at: new Date(now.getTime() + HOLD_MS) };
    const send: Target = { ...kept(lot), state: 'SENDING', at: now, sends: lot.sends + 1, token };
    const after = changes.move(lot, (member) => {
      if (old?.has(member)) return superseded;
      if (held.has(member)) return hold;
      if (members.length >= size) return undefined;
      members.push(member);
      return send;
    });
    taken.push(...after.filter(({ state }) => state === 'SENDING'));
    if (lot.members.some((member) => held.has(member))) {
      waiting.push(
        ...after
          .filter(({ members: [first] }) => first !== undefined && held.has(first))
          .map(({ _id }) => _id.toHexString()),
      );
    }
  }
  const files = taken.length > 0 ? await takeFiles(repository, wish, taken, tx) : undefined;
  if (taken.length > 0) {
    await repository.batches.insertOne(
      {
        _id: token,
        platform,
        state: 'OPEN',
        lots: taken.map(({ _id }) => _id),
        n: members.length,
        owner,
        lease: new Date(now.getTime() + leaseMs),
        at: now,
        asks: 0,
        createdAt: now,
        ...(files ? { files } : {}),
      },
      { session: tx },
    );
  }
  await changes.write(repository, tx);
  return taken.length > 0 ? { token, members, updates, ...(files ? { files } : {}) } : undefined;
}

/** The last error stays to be seen until the next word of the platform. */
function kept({ code, message }: Lot): Pick<Target, 'code' | 'message'> {
  return { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
}
