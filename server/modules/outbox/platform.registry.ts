import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import type { FieldCipher, StoredBytes } from '../../lib/field-cipher.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Hours } from './hours.ts';
import type { PlatformDoc } from './platform.model.ts';
import { PlatformRepository } from './platform.repository.ts';
import type { PlatformAddress } from './platforms/types.ts';
import { checkRouting, type PlatformRouting, type RoutingTable } from './routing.ts';

/** A platform that has been set up, secrets readable. Never leaves the module. */
export interface ReadyPlatform extends PlatformAddress {
  readonly code: string;
  readonly routing: PlatformRouting;
  readonly callbackKey: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly hours: Hours;
  readonly faults: number;
  readonly pausedUntil?: Date;
  readonly pauseMs?: number;
  readonly backlog?: NonNullable<PlatformDoc['backlog']>;
}

export const ALWAYS: Hours = { windows: [], days: 'ALL' };

/** So many failed requests in a row pause a platform. */
const FAULTS_TO_PAUSE = 10;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** A change of settings reaches the other processes within this time. */
const SETTINGS_AGE_MS = 1000;

/** The platforms with their settings and their health. */
export class PlatformRegistry {
  readonly repository: PlatformRepository;
  readonly routing: RoutingTable;
  readonly #clock: Clock;
  readonly #cipher: FieldCipher;
  readonly #log: Logger;
  #cached: { at: number; ready: Promise<ReadyPlatform[]> } | undefined;

  constructor(deps: { db: Db; clock: Clock; cipher: FieldCipher; log: Logger; routing: RoutingTable }) {
    this.repository = new PlatformRepository(deps.db);
    this.routing = checkRouting(deps.routing);
    this.#clock = deps.clock;
    this.#cipher = deps.cipher;
    this.#log = deps.log;
  }

  /** Those that have been set up; at most a second old. */
  ready(): Promise<ReadyPlatform[]> {
    const now = performance.now();
    if (!this.#cached || now - this.#cached.at > SETTINGS_AGE_MS) {
      this.#cached = { at: now, ready: this.#load() };
      this.#cached.ready.catch(() => this.forget());
    }
    return this.#cached.ready;
  }

  /** The next reader looks into the store. */
  forget(): void {
    this.#cached = undefined;
  }

  async fresh(code: string): Promise<ReadyPlatform | undefined> {
    this.forget();
    return (await this.ready()).find((platform) => platform.code === code);
  }

  async #load(): Promise<ReadyPlatform[]> {
    const docs = new Map((await this.repository.all()).map((doc) => [doc._id, doc]));
    return this.routing.flatMap((routing) => {
      const doc = docs.get(routing.code);
      return doc ? [this.#readyOf(routing, doc)] : [];
    });
  }

  #readyOf(routing: PlatformRouting, doc: PlatformDoc): ReadyPlatform {
    const open = (bytes: StoredBytes): string => this.#cipher.decryptText(bytes, `platform:${doc._id}`);
    const token = open(doc.token);
    return {
      code: doc._id,
      routing,
      template: routing.template,
      ...(routing.codeMaps ? { codeMaps: routing.codeMaps } : {}),
      ...(routing.files ? { files: routing.files } : {}),
      url: doc.url,
      token,
      callbackKey: doc.callbackKey ? open(doc.callbackKey) : token,
      enabled: doc.enabled,
      batchSize: doc.batchSize,
      hours: doc.hours ?? ALWAYS,
      faults: doc.faults,
      ...(doc.callback === undefined ? {} : { callback: doc.callback }),
      ...(doc.pausedUntil ? { pausedUntil: doc.pausedUntil } : {}),
      ...(doc.pauseMs === undefined ? {} : { pauseMs: doc.pauseMs }),
      ...(doc.backlog ? { backlog: doc.backlog } : {}),
    };
  }

  seal(code: string, secret: string): Buffer {
    return Buffer.from(this.#cipher.encrypt(secret, `platform:${code}`));
  }

  /** @returns whether the platform is paused now */
  async noteFault(code: string, fault: string): Promise<boolean> {
    const doc = await this.repository.addFault(code);
    if (!doc || doc.faults < FAULTS_TO_PAUSE) return false;
    const now = this.#clock.now().getTime();
    if (doc.pausedUntil && doc.pausedUntil.getTime() > now) return true;
    const pauseMs = Math.min(doc.pauseMs === undefined ? FIRST_PAUSE_MS : doc.pauseMs * 2, LONGEST_PAUSE_MS);
    const pausedUntil = new Date(now + pauseMs);
    await this.repository.save(code, { pausedUntil, pauseMs });
    this.forget();
    this.#log.warn({ event: 'platform-paused', platform: code, code: fault, pausedUntil });
    return true;
  }

  /** A request was answered. */
  async noteSuccess(platform: ReadyPlatform): Promise<void> {
    await this.repository.save(platform.code, { faults: 0 }, ['pausedUntil', 'pauseMs']);
    this.forget();
    if (platform.pausedUntil) this.#log.info({ event: 'platform-back', platform: platform.code });
  }

  /** The platform answers again; one more failure pauses it at once. */
  async noteAlive(code: string): Promise<void> {
    await this.repository.save(code, { faults: FAULTS_TO_PAUSE - 1 }, ['pausedUntil']);
    this.forget();
  }
}
