import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { PushableRecord } from '../credit-record/index.ts';
import type { BatchLeases } from './batch-lease.ts';
import { claimBatch, type Claimed, type ClaimResult } from './claim.ts';
import { answerDecision, fateDecision } from './decisions.ts';
import { memberOf } from './enqueue.ts';
import { addressOf, fixContent, goesAgain, type FileBatch, type Loaded } from './file-batches.ts';
import { memberParts } from './lot.model.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import { IN_FLIGHT, type OutboxState } from './outbox.states.ts';
import type { PlatformRegistry, ReadyPlatform } from './platform.registry.ts';
import type { PlatformAdapter, PushAnswer, PushItem } from './platforms/types.ts';
import type { PushBatchDoc } from './push-batch.model.ts';
import {
  askAt,
  byVerdict,
  settle,
  type SettleDeps,
  type Settled,
  type Settling,
  type StateCounts,
  type Verdict,
} from './settle.ts';
import { limited } from './time-limit.ts';
import { Lanes, Turns } from './turns.ts';

export interface DeliveryDeps extends SettleDeps {
  readonly registry: PlatformRegistry;
  readonly leases: BatchLeases;
  readonly adapterOf: (platform: ReadyPlatform) => PlatformAdapter;
  readonly pushable: (ids: readonly { recordId: string; revision: number }[]) => Promise<PushableRecord[]>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Requests under way at once to one platform. */
  readonly concurrency: number;
  /** The longest a whole request may take. */
  readonly requestMs: number;
}

export interface RunOptions {
  /** Waiting times and pauses are not kept. */
  readonly drain: boolean;
  /** Outside the hours of the platform: nothing is sent. */
  readonly closed: boolean;
  /** About how many items at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** What happened in a run, by state the items came to; `sent` counts an item as often as it went. */
export interface RunCounts {
  sent: number;
  readonly states: StateCounts;
}

const MOST_ASKED = 100;
/** Sends what is due to one platform and asks for what has no answer: one pass, in several requests at once. */
export class Delivery {
  readonly #deps: DeliveryDeps;
  readonly #repository: OutboxRepository;
  /** Claims on one platform follow each other: they would reach for the same lots. */
  readonly #turns = new Turns();
  readonly #lanes = new Lanes();

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#repository = deps.repository;
  }

  settle(settling: Omit<Settling, 'lane'>): Promise<Settled> {
    return this.#lanes.run(settling.platform, (lane) => settle(this.#deps, { ...settling, lane }));
  }

  /** @returns whether anything was sent or asked for */
  async pass(platform: ReadyPlatform, options: RunOptions, counts: RunCounts): Promise<boolean> {
    if (options.closed && !this.#deps.adapterOf(platform).alwaysOpen) return false;
    if (!(await this.#isUp(platform, options))) return false;
    const asked = await this.#askAll(platform, options, counts);
    const sent = !options.closed && (await this.#sendAll(platform, options, counts));
    return asked || sent;
  }

  /** A paused platform is asked for a batch that cannot be before anything is sent there. */
  async #isUp(platform: ReadyPlatform, { drain, signal }: RunOptions): Promise<boolean> {
    const { pausedUntil, code } = platform;
    if (!pausedUntil) return true;
    if (!drain && pausedUntil.getTime() > this.#deps.clock.now().getTime()) return false;
    const fate = await limited(this.#deps.requestMs, signal, (limit) =>
      this.#deps.adapterOf(platform).ask('probe', platform, limit),
    );
    if (signal.aborted) return false;
    if (fate.kind === 'FAILED') {
      await this.#deps.registry.noteFault(code, fate.code);
      return false;
    }
    await this.#deps.registry.noteAlive(code);
    return true;
  }

  async #askAll(platform: ReadyPlatform, options: RunOptions, counts: RunCounts): Promise<boolean> {
    const now = this.#deps.clock.now();
    const until = options.drain ? undefined : now;
    const open = await this.#repository.openBatches(platform.code, now, until, MOST_ASKED);
    const waiting = open.values();
    await this.#inParallel(async () => {
      for (const batch of waiting) {
        if (options.signal.aborted || !(await this.#ask(platform, batch, options, counts))) return;
      }
    });
    return open.length > 0;
  }

  /** @returns false when the platform does not answer */
  async #ask(
    platform: ReadyPlatform,
    batch: PushBatchDoc,
    { closed, drain, signal: stop }: RunOptions,
    counts: RunCounts,
  ): Promise<boolean> {
    const { leases, registry, clock, adapterOf, requestMs, log } = this.#deps;
    const token = batch._id;
    if (!(await leases.take(batch))) return true;
    try {
      const adapter = adapterOf(platform);
      const address = addressOf(platform, batch);
      const fate = await limited(requestMs, stop, (limit) => adapter.ask(token, address, limit));
      if (fate.kind === 'FAILED') {
        await this.#askLater(batch);
        // What was broken off by our own stop is no fault of the platform.
        return !stop.aborted && !(await registry.noteFault(platform.code, fate.code));
      }
      if (fate.kind === 'PLACED' && fate.code !== undefined)
        log.warn({ event: 'receipt-unreadable', platform: platform.code, batchId: token, code: fate.code });
      const again = batch.files !== undefined && adapter.numbered && goesAgain(batch, fate, drain);
      if (again && closed && batch.state !== 'WAITING') await this.#askLater(batch);
      else if (again && !closed && fate.kind !== 'KNOWN')
        return await this.#sendFiles(platform, await this.#asFileBatch(batch), stop, counts);
      else {
        const now = clock.now();
        const receipt = fate.kind === 'KNOWN' ? { receipt: { via: 'STATUS', raw: fate.raw } as const } : {};
        const decide = fateDecision(fate, batch, adapter.numbered, now);
        const settled = await this.settle({ platform: platform.code, token, now, decide, ...receipt });
        add(counts.states, settled.counts);
        if (again && !closed && settled.isOpen)
          return await this.#sendFiles(platform, await this.#asFileBatch(batch), stop, counts);
      }
      return true;
    } finally {
      leases.drop(token);
    }
  }

  async #askLater(batch: PushBatchDoc): Promise<void> {
    const { leases, clock } = this.#deps;
    const now = clock.now();
    const state = batch.state === 'OPEN' ? 'ASKING' : batch.state;
    const asks = batch.asks + 1;
    const { files } = batch;
    const at = askAt({ state: 'ASKING', asks, ...(files ? { files } : {}) }, now);
    await this.#repository.batches.updateOne(
      { _id: batch._id, owner: leases.owner, state: batch.state },
      { $set: { state, lease: now, at, asks } },
    );
  }

  async #asFileBatch({ _id: token, lots, files = [], state }: PushBatchDoc): Promise<FileBatch> {
    const open = (await this.#repository.lotsByIds(lots)).filter(
      (lot) => IN_FLIGHT.has(lot.state) && lot.tokens.at(-1) === token,
    );
    return { token, files, members: open.flatMap(({ members }) => members), isPlaced: state === 'WAITING' };
  }

  async #sendAll(platform: ReadyPlatform, options: RunOptions, counts: RunCounts): Promise<boolean> {
    const skip = new Set<string>();
    let left = options.limit;
    let up = true;
    let any = false;
    await this.#inParallel(async () => {
      while (up && left > 0 && !options.signal.aborted) {
        const claimed = await this.#claim(platform, Math.min(platform.batchSize, left), options.drain, skip);
        if (claimed === 'NONE') return;
        if (claimed === 'AGAIN') continue;
        any = true;
        left -= claimed.members.length;
        const { files } = claimed;
        const work = files
          ? this.#sendFiles(platform, { ...claimed, files, isPlaced: false }, options.signal, counts)
          : this.#send(platform, claimed, options.signal, counts);
        up = (await work) && up;
      }
    });
    return any;
  }

  #claim(platform: ReadyPlatform, size: number, drain: boolean, skip: Set<string>): Promise<ClaimResult> {
    const { leases, clock, adapterOf } = this.#deps;
    const naming = adapterOf(platform).numbered ? platform.files : undefined;
    const claim = async (lane: number): Promise<ClaimResult> => {
      const now = clock.now();
      const claimed = await claimBatch(this.#repository, {
        platform: platform.code,
        owner: leases.owner,
        now,
        leaseMs: leases.ms,
        lane,
        until: drain ? undefined : now,
        size,
        skip,
        ...(naming ? { naming } : {}),
      });
      if (typeof claimed === 'object') leases.hold(claimed.token, now);
      return claimed;
    };
    return this.#turns.run(platform.code, () => this.#lanes.run(platform.code, claim));
  }

  /** @returns false when the platform is paused now */
  async #send(
    platform: ReadyPlatform,
    claimed: Claimed,
    stop: AbortSignal,
    counts: RunCounts,
  ): Promise<boolean> {
    const { leases, adapterOf, requestMs } = this.#deps;
    const { token } = claimed;
    try {
      const adapter = adapterOf(platform);
      const { items, verdicts } = await this.#load(claimed);
      const encoded = adapter.encode(items, token, platform);
      for (const [member, fault] of encoded.invalid) verdicts.set(member, { result: 'invalid', ...fault });
      if (verdicts.size > 0) await this.#settleFound(platform, token, verdicts, counts);
      if (encoded.n === 0) return true;
      // Whoever took the batch over has asked for it and been told that it was never seen.
      if (!leases.isSafe(token)) return true;
      counts.sent += encoded.n;
      const answer = await limited(requestMs, stop, (limit) =>
        adapter.send(encoded.body, token, platform, limit),
      );
      return await this.#apply(platform, token, answer, stop, counts);
    } finally {
      leases.drop(token);
    }
  }

  /** @returns false when the platform is paused now */
  async #sendFiles(
    platform: ReadyPlatform,
    batch: FileBatch,
    stop: AbortSignal,
    counts: RunCounts,
  ): Promise<boolean> {
    const { leases, adapterOf, requestMs, cipher } = this.#deps;
    const { token, files } = batch;
    try {
      const adapter = adapterOf(platform);
      const load = (claimed: Claimed): Promise<Loaded> => this.#load(claimed);
      const content = await fixContent(
        { repository: this.#repository, cipher, load },
        adapter,
        platform,
        batch,
      );
      if (!content || !leases.isSafe(token)) return true;
      counts.sent += content.n;
      const address = addressOf(platform, { files });
      // No item has a table there: there is no file, and nothing to put in place.
      const answer: PushAnswer =
        files.length === 0
          ? { kind: 'PLACED' }
          : await limited(requestMs, stop, (limit) => adapter.send(content.body, token, address, limit));
      return await this.#apply(platform, token, answer, stop, counts, content.verdicts);
    } finally {
      leases.drop(token);
    }
  }

  async #load({ members, updates }: Claimed): Promise<Loaded> {
    const records = await this.#deps.pushable(members.map(memberParts));
    const byMember = new Map(records.map((record) => [memberOf(record), record]));
    const items: PushItem[] = [];
    const verdicts = new Map<string, Verdict>();
    for (const member of members) {
      const record = byMember.get(member);
      if (!record) verdicts.set(member, { result: 'missing' });
      else if (record.currentRevision > record.revision) verdicts.set(member, { result: 'outdated' });
      else items.push({ record, operation: updates.has(member) ? 'UPDATE' : 'INSERT' });
    }
    return { items, verdicts };
  }

  async #settleFound(
    { code }: ReadyPlatform,
    token: string,
    verdicts: ReadonlyMap<string, Verdict>,
    counts: RunCounts,
  ): Promise<void> {
    const now = this.#deps.clock.now();
    const decide = byVerdict(verdicts, 'KEEP', now);
    add(counts.states, (await this.settle({ platform: code, token, now, decide, keepLease: true })).counts);
  }

  async #apply(
    platform: ReadyPlatform,
    token: string,
    answer: PushAnswer,
    stop: AbortSignal,
    counts: RunCounts,
    placed: ReadonlyMap<string, Verdict> = new Map(),
  ): Promise<boolean> {
    const { registry, clock } = this.#deps;
    const { code } = platform;
    const now = clock.now();
    const decide = answerDecision(answer, placed, now);
    const receipt = answer.kind === 'ANSWER' ? { receipt: { via: 'ANSWER', raw: answer.raw } as const } : {};
    const settled = await this.settle({ platform: code, token, now, decide, ...receipt });
    add(counts.states, settled.counts);
    const { kind } = answer;
    if (kind === 'ANSWER' || kind === 'PLACED' || (kind === 'TURNED_DOWN' && answer.ours)) {
      const { faults, pausedUntil } =
        (await registry.ready()).find((known) => known.code === code) ?? platform;
      if (this.#failing.delete(code) || faults > 0 || pausedUntil) await registry.noteSuccess(platform);
      return true;
    }
    if (stop.aborted) return false;
    this.#failing.add(code);
    this.#deps.log.warn({ event: 'push-failed', platform: code, batchId: token, code: answer.code });
    return !(await registry.noteFault(code, answer.code));
  }

  /** Platforms with a failure that the settings at hand may not show yet. */
  readonly #failing = new Set<string>();

  async #inParallel(work: () => Promise<void>): Promise<void> {
    const done = await Promise.allSettled(Array.from({ length: this.#deps.concurrency }, work));
    for (const result of done) if (result.status === 'rejected') throw result.reason;
  }

  hasWork(code: string, states: readonly OutboxState[]): Promise<boolean> {
    return this.#repository.hasLots(code, states);
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}

function add(to: StateCounts, counts: StateCounts): void {
  for (const [state, n] of Object.entries(counts) as [keyof StateCounts, number][])
    to[state] = (to[state] ?? 0) + n;
}
