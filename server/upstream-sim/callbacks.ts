import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '../lib/http-client.ts';
import type { Clock } from '../lib/clock.ts';
import { sign } from '../lib/signature.ts';
import type { ItemResult } from './ledger.ts';

const TRIES = 3;

/** Sends signed receipts to the address that came with a batch; given up after three tries. */
export class Callbacks {
  readonly #client = createHttpClient({ answerTimeoutMs: 10_000 });
  readonly #stop = new AbortController();
  readonly #clock: Clock;
  readonly #key: string;

  constructor(clock: Clock, key: string) {
    this.#clock = clock;
    this.#key = key;
  }

  /** Returns at once. */
  schedule(url: string, token: string, results: readonly ItemResult[], afterMs: number): void {
    if (results.length > 0) this.#send(url, token, results, afterMs).catch(() => undefined);
  }

  async #send(url: string, token: string, results: readonly ItemResult[], afterMs: number): Promise<void> {
    const body = Buffer.from(JSON.stringify({ batch: token, results }));
    for (let tries = 1; tries <= TRIES; tries += 1) {
      await sleep(afterMs * tries, undefined, { signal: this.#stop.signal, ref: false });
      const { timestamp, nonce, signature } = sign(this.#key, body, this.#clock.now());
      try {
        const { status } = await this.#client.send({
          method: 'POST',
          url,
          headers: {
            'content-type': 'application/json',
            'x-timestamp': timestamp,
            'x-nonce': nonce,
            'x-signature': signature,
          },
          body,
          signal: this.#stop.signal,
        });
        if (status < 300) return;
      } catch {
        // Tried again; the sender can also ask for the batch.
      }
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#client.close();
  }
}
