import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ClientSession } from 'mongoose';
import { retryWhenLost } from '../../db/native.ts';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { retryDelay, withJitter } from '../../lib/retry-schedule.ts';
import { scrubPersonal } from '../../lib/scrub.ts';
import { LotChanges } from './lot-changes.ts';
import { memberParts, type Lot } from './lot.model.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import { IN_FLIGHT, type OutboxState } from './outbox.states.ts';
import type { LocalFault, Outcome } from './platforms/types.ts';
import type { BatchState, PushBatchDoc, PushReceiptDoc } from './push-batch.model.ts';
import type { Target } from './split.ts';

/** An item the platform refused. */
export interface RefusedItem {
  readonly recordId: string;
  readonly revision: number;
  readonly platform: string;
  /** The platform's own code and text, the text without numbers of natural persons. */
  readonly code: string;
  readonly message: string;
  /** Found by ourselves: it never left. */
  readonly local?: boolean;
}

/** What became of an item, seen from here: a word of the platform, or a finding of our own before it left. */
export type Verdict =
  Outcome | { readonly result: 'missing' | 'outdated' } | ({ readonly result: 'invalid' } & LocalFault);

/** What to make of items of the batch that nothing was said of. */
export type Silence = 'KEEP' | 'FREE';

export interface Settling {
  readonly platform: string;
  readonly token: string;
  readonly now: Date;
  /** Target per open item; undefined leaves it. */
  readonly decide: (lot: Lot, batch: PushBatchDoc) => (member: string) => Target | undefined;
  readonly receipt?: { readonly via: PushReceiptDoc['via']; readonly raw: Uint8Array };
  /** Which set of counters to move: no two transactions under way use the same. */
  readonly lane: number;
  /** The batch stays with whoever holds its lease. */
  readonly keepLease?: boolean;
}

/** How many items came to each state. */
export type StateCounts = Partial<Record<OutboxState, number>>;

export interface Settled {
  /** False when no such batch went to this platform. */
  readonly known: boolean;
  /** Whether items of the batch still wait for a word. */
  readonly isOpen: boolean;
  readonly counts: StateCounts;
}

export interface SettleDeps {
  readonly repository: OutboxRepository;
  readonly cipher: FieldCipher;
  readonly onRefused: (items: readonly RefusedItem[], tx: ClientSession) => Promise<void>;
}

const SECOND = 1000;
const FIRST_FAULT_WAIT = 5 * SECOND;
const LONGEST_FAULT_WAIT = 300 * SECOND;
const FIRST_ASK_WAIT = 5 * SECOND;
const RECEIPT_WAIT = 600 * SECOND;
/** A look into a folder costs nothing. */
const FIRST_FILE_WAIT = 20 * SECOND;
/** From so many failed requests on a batch is halved, in case one of its items is the reason. */
const FAULTS_TO_HALVE = 3;
const LONGEST_MESSAGE = 300;
const LONGEST_CODE = 64;

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}

function doubling(first: number, longest: number, times: number): number {
  return withJitter(Math.min(first * 2 ** Math.min(times, 20), longest));
}

/** Makes targets once per kind of verdict, so that items that fare alike stay together. */
export function byVerdict(
  verdicts: ReadonlyMap<string, Verdict>,
  silence: Silence,
  now: Date,
): Settling['decide'] {
  return (lot, batch) => {
    const made = new Map<string, Target | undefined>();
    const freed = faultTarget(lot, batch, now, 'NOT_TAKEN');
    return (member) => {
      const verdict = verdicts.get(member);
      if (!verdict) return silence === 'FREE' ? freed : undefined;
      const {
        result,
        code = '',
        message = '',
        acceptedAt = '',
      } = verdict as { result: string; code?: string; message?: string; acceptedAt?: string };
      const key = `${result}/${code}/${message}/${acceptedAt === '' ? '' : dayOf(acceptedAt, now)}`;
      if (!made.has(key)) made.set(key, verdictTarget(lot, verdict, now));
      return made.get(key);
    };
  };
}

let lastDay: { at: string; day: CivilDate } | undefined;

/** Items of one answer were mostly taken at one instant, so the last day is remembered. */
function dayOf(acceptedAt: string | undefined, now: Date): CivilDate {
  if (acceptedAt === undefined) return civilDateOf(now);
  if (lastDay?.at !== acceptedAt) {
    const at = new Date(acceptedAt);
    lastDay = { at: acceptedAt, day: civilDateOf(Number.isNaN(at.getTime()) ? now : at) };
  }
  return lastDay.day;
}

export function verdictTarget(lot: Lot, verdict: Verdict, now: Date): Target | undefined {
  switch (verdict.result) {
    case 'accepted':
      return { state: 'CONFIRMED', at: now, faults: 0, day: dayOf(verdict.acceptedAt, now) };
    case 'refused': {
      const words = wordsOf(verdict, 'REFUSED');
      return { state: 'REFUSED', at: now, faults: 0, day: civilDateOf(now), ...words };
    }
    case 'pending':
      return lot.state === 'SENT' ? undefined : { state: 'SENT', at: now, faults: 0 };
    case 'retry':
      return triedTarget(lot, now, wordsOf(verdict, 'PLATFORM_BUSY'));
    case 'missing':
      return { state: 'DEAD', at: now, code: 'RECORD_MISSING' };
    case 'outdated':
      return { state: 'SUPERSEDED', at: now };
    case 'invalid':
      return { state: 'REFUSED', at: now, local: true, code: verdict.code, message: verdict.message };
  }
}

function wordsOf({ code, message }: Outcome, fallback: string): Pick<Target, 'code' | 'message'> {
  const text = scrubPersonal(message ?? '').slice(0, LONGEST_MESSAGE);
  return { code: (code ?? fallback).slice(0, LONGEST_CODE), ...(text === '' ? {} : { message: text }) };
}

/** The next step of the ladder, or the end of it. */
function triedTarget(lot: Lot, now: Date, words: Pick<Target, 'code' | 'message'>): Target {
  const tries = lot.tries + 1;
  const delay = retryDelay(tries);
  if (delay === undefined) return { state: 'DEAD', at: now, tries, ...words };
  return { state: 'RETRY', at: later(now, delay), tries, faults: 0, ...words };
}

/** A request failed as a whole: that is the platform's fault and costs the items no step of their ladder. */
export function faultTarget(lot: Lot, batch: PushBatchDoc, now: Date, code: string): Target {
  const faults = lot.faults + 1;
  const wait = doubling(FIRST_FAULT_WAIT, LONGEST_FAULT_WAIT, lot.faults);
  const halved = faults >= FAULTS_TO_HALVE ? { most: Math.ceil(batch.n / 2) } : {};
  return { state: 'RETRY', at: later(now, wait), faults, code, ...halved };
}

/** Turned down for what is in it: sent again by halves until the one item is found, which then climbs the ladder. */
export function turnedDownTarget(lot: Lot, batch: PushBatchDoc, now: Date, code: string): Target {
  if (batch.n === 1) return triedTarget(lot, now, { code });
  return { state: 'RETRY', at: now, code, most: Math.ceil(batch.n / 2) };
}

function batchStateOf(open: readonly Lot[]): BatchState {
  if (open.length === 0) return 'DONE';
  return open.some(({ state }) => state === 'SENDING') ? 'ASKING' : 'WAITING';
}

/** When an open batch is asked for next. */
export function askAt(
  { state, asks, files }: Pick<PushBatchDoc, 'state' | 'asks' | 'files'>,
  now: Date,
): Date {
  if (files && state === 'WAITING') return later(now, doubling(FIRST_FILE_WAIT, RECEIPT_WAIT, asks));
  if (state === 'ASKING') return later(now, doubling(FIRST_ASK_WAIT, LONGEST_FAULT_WAIT, asks));
  return later(now, doubling(RECEIPT_WAIT, 24 * RECEIPT_WAIT, asks));
}

/**
 * Writes what became of the open items of a batch. Items that were settled before are not open: of two words on one
 * item the first counts, and saying it again changes nothing.
 */
export async function settle(deps: SettleDeps, settling: Settling): Promise<Settled> {
  return deps.repository.db.inTransaction((tx) => settleIn(deps, settling, tx));
}

async function settleIn(deps: SettleDeps, settling: Settling, tx: ClientSession): Promise<Settled> {
  const { repository } = deps;
  const { platform, token, now, decide, receipt, keepLease, lane } = settling;
  const batch = await repository.batches.findOne({ _id: token, platform }, { session: tx });
  if (!batch) return { known: false, isOpen: false, counts: {} };
  const counts: StateCounts = {};
  const refused: RefusedItem[] = [];
  const open: Lot[] = [];
  if (batch.state !== 'DONE') {
    const changes = new LotChanges(lane);
    for (const lot of await repository.lotsByIds(batch.lots, tx)) {
      if (!IN_FLIGHT.has(lot.state) || lot.tokens.at(-1) !== token) continue;
      for (const next of changes.move(lot, decide(lot, batch))) {
        if (IN_FLIGHT.has(next.state)) open.push(next);
        if (next.state !== lot.state) counts[next.state] = (counts[next.state] ?? 0) + next.n;
        if (next.state === 'REFUSED') refused.push(...refusedOf(next));
      }
    }
    await changes.write(repository, tx);
    const state =
      keepLease === true && batch.state === 'OPEN' && open.length > 0 ? 'OPEN' : batchStateOf(open);
    const asks = state === batch.state ? batch.asks + 1 : 0;
    const lease = state === 'OPEN' ? {} : { lease: now, at: askAt({ ...batch, state, asks }, now), asks };
    await repository.batches.updateOne(
      { _id: token },
      { $set: { state, lots: open.map(({ _id }) => _id), ...lease } },
      { session: tx },
    );
    if (batch.files && state === 'DONE') await repository.files.deleteOne({ _id: token }, { session: tx });
  }
  if (receipt) await keepReceipt(deps, settling, receipt, tx);
  if (refused.length > 0) await deps.onRefused(refused, tx);
  return { known: true, isOpen: open.length > 0, counts };
}

function refusedOf({ platform, members, code, message, local }: Lot): RefusedItem[] {
  return members.map((member) => ({
    ...memberParts(member),
    platform,
    code: code ?? 'REFUSED',
    message: message ?? '',
    ...(local === true ? { local } : {}),
  }));
}

async function keepReceipt(
  { repository, cipher }: SettleDeps,
  { platform, token, now }: Settling,
  { via, raw }: NonNullable<Settling['receipt']>,
  tx: ClientSession,
): Promise<void> {
  const _id = createHash('sha256').update(`${platform}/${token}/`).update(raw).digest('hex');
  const body = Buffer.from(cipher.encrypt(gzipSync(raw, { level: 1 }), `receipt:${token}`));
  await retryWhenLost(() =>
    repository.receipts.updateOne(
      { _id },
      { $setOnInsert: { platform, token, via, at: now, body } },
      { upsert: true, session: tx },
    ),
  );
}
