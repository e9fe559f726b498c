import type { RequestHandler } from 'express';
import { messageOf } from '../lib/messages.ts';

/** Still answered while the server stops: a balancer learns from them that it does. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

/** The way from serving to stopped: knows the requests under way, and lets no new one in once it has begun. */
export class Drain {
  readonly #stop = new AbortController();
  readonly #idle = new Set<() => void>();
  #underWay = 0;

  /** Given when the stop begins: what waits for something answers as it is. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  readonly guard: RequestHandler = (req, res, next) => {
    if (this.#stop.signal.aborted) {
      res.set('connection', 'close');
      if (!PROBES.has(req.path)) {
        const code = 'SERVER_STOPPING';
        res
          .status(503)
          .set('retry-after', '5')
          .json({ error: { code, message: messageOf(code) } });
        return;
      }
    }
    this.#underWay += 1;
    res.once('close', () => {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const done of this.#idle) done();
    });
    next();
  };

  begin(): void {
    this.#stop.abort();
  }

  /** Resolves when no request is under way, at the latest after so many milliseconds. @returns whether none is */
  async idle(ms: number): Promise<boolean> {
    if (this.#underWay === 0) return true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#idle.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    return this.#underWay === 0;
  }
}
