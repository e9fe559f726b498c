import type { Logger } from '../../lib/logger.ts';

const POLL_MS = 1000;

/** Wakes waiters: those that wait now, and the next one when nobody does. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Until it rings, the time is over or the signal is given. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done);
        this.#wake = done;
      });
      this.#wake = undefined;
    }
    this.#rung = false;
  }
}

export interface DispatcherDeps {
  /** Codes of the enabled platforms. */
  readonly codes: () => Promise<readonly string[]>;
  readonly deliver: (code: string, signal: AbortSignal) => Promise<unknown>;
  readonly bell: Bell;
  readonly log: Logger;
}

/**
 * Delivers as long as the process lives: at once when the bell rings, and each second for what other processes put in.
 * A platform that is slow holds up no other. Resolves when the signal was given and all work has ended.
 */
export async function dispatch(deps: DispatcherDeps, signal: AbortSignal): Promise<void> {
  const busy = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const start = (code: string): void => {
    if (busy.has(code)) {
      again.add(code);
      return;
    }
    again.delete(code);
    const work = deps
      .deliver(code, signal)
      .then(() => undefined)
      .catch((error: unknown) => deps.log.error({ event: 'dispatch-failed', platform: code, err: error }))
      .finally(() => {
        busy.delete(code);
        if (again.has(code) && !signal.aborted) start(code);
      });
    busy.set(code, work);
  };
  while (!signal.aborted) {
    try {
      for (const code of await deps.codes()) start(code);
    } catch (error) {
      deps.log.error({ event: 'dispatch-failed', err: error });
    }
    await deps.bell.wait(POLL_MS, signal);
  }
  await Promise.all(busy.values());
}
