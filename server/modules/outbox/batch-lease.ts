import type { Clock } from '../../lib/clock.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import type { PushBatchDoc } from './push-batch.model.ts';

/** Keeps the leases of the batches this process is at; a process that dies loses them within `ms`. */
export class BatchLeases {
  readonly owner: string;
  readonly ms: number;
  readonly #repository: OutboxRepository;
  readonly #clock: Clock;
  readonly #held = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: { repository: OutboxRepository; clock: Clock; owner: string; ms: number }) {
    this.#repository = deps.repository;
    this.#clock = deps.clock;
    this.owner = deps.owner;
    this.ms = deps.ms;
  }

  #end(): Date {
    return new Date(this.#clock.now().getTime() + this.ms);
  }

  /** The lease was written with the batch, at `since`. */
  hold(token: string, since: Date): void {
    this.#held.set(token, since.getTime() + this.ms);
    this.#timer ??= setInterval(() => void this.#renew().catch(() => undefined), this.ms / 3).unref();
  }

  /** Takes over a batch that nobody is at. Of two that try one gets it. */
  async take(batch: PushBatchDoc): Promise<boolean> {
    const since = this.#clock.now();
    const { modifiedCount } = await this.#repository.batches.updateOne(
      { _id: batch._id, state: batch.state, lease: batch.lease, asks: batch.asks },
      { $set: { lease: new Date(since.getTime() + this.ms), owner: this.owner } },
    );
    if (modifiedCount === 1) this.hold(batch._id, since);
    return modifiedCount === 1;
  }

  /** Whether there is time enough left to send something under the lease. */
  isSafe(token: string): boolean {
    return (this.#held.get(token) ?? 0) - this.#clock.now().getTime() > this.ms / 3;
  }

  drop(token: string): void {
    this.#held.delete(token);
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #renew(): Promise<void> {
    const tokens = [...this.#held.keys()];
    const end = this.#end();
    for (const token of tokens) {
      const { matchedCount } = await this.#repository.batches.updateOne(
        { _id: token, owner: this.owner, state: { $ne: 'DONE' }, lease: { $gt: this.#clock.now() } },
        { $set: { lease: end } },
      );
      if (matchedCount === 1 && this.#held.has(token)) this.#held.set(token, end.getTime());
    }
  }
}
