import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError } from '../../lib/errors.ts';
import type { AuditService } from '../audit/index.ts';
import { isWindow, opensAt, type WindowDays, type WorkingDays } from './hours.ts';
import type { OutboxQuery } from './outbox.query.ts';
import type { OutboxState } from './outbox.states.ts';
import type { PlatformDoc } from './platform.model.ts';
import { ALWAYS, type PlatformRegistry, type ReadyPlatform } from './platform.registry.ts';
import { offersHoldings } from './platforms/file-drop-listing.ts';
import type { PlatformRouting, ReconciliationMode } from './routing.ts';

export interface PlatformInput {
  readonly code: string;
  /** Base address, or a folder (`file:`) for a platform that takes files; needed the first time. */
  readonly url?: string;
  /** Needed the first time, but for a folder. */
  readonly token?: string;
  /** Address the platform sends receipts to; empty text takes it away. */
  readonly callback?: string;
  /** Key of the signed receipts; without one it is the token. */
  readonly callbackKey?: string;
  /** True when left out the first time. */
  readonly enabled?: boolean;
  readonly batchSize?: number;
  /** When it takes anything, `01:00-05:00` each, Asia/Shanghai; an empty list: all day. */
  readonly windows?: readonly string[];
  readonly windowDays?: WindowDays;
}

export interface Platform {
  readonly code: string;
  readonly name: string;
  readonly template: string;
  readonly url?: string;
  readonly callback?: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windows: readonly string[];
  readonly windowDays: WindowDays;
  /** Outside its hours: when it opens next. */
  readonly opensAt?: Date;
  readonly dailyReconciliation: ReconciliationMode;
  readonly monthlyReconciliation: ReconciliationMode;
  /** False where the platform does not say what it holds. */
  readonly comparable: boolean;
  readonly faults: number;
  readonly pausedUntil?: Date;
  /** Still taking in what was stored before it was enabled. */
  readonly takingIn: boolean;
  readonly items: Readonly<Record<OutboxState, number>>;
}

const DEFAULT_BATCH_SIZE = 500;
const MAX_BATCH_SIZE = 5000;

/** Settings of the platforms. */
export class PlatformService {
  readonly #registry: PlatformRegistry;
  readonly #query: OutboxQuery;
  readonly #clock: Clock;
  readonly #audit: AuditService;
  readonly #calendar: WorkingDays;

  constructor(deps: {
    registry: PlatformRegistry;
    query: OutboxQuery;
    clock: Clock;
    audit: AuditService;
    calendar: WorkingDays;
  }) {
    this.#calendar = deps.calendar;
    this.#registry = deps.registry;
    this.#query = deps.query;
    this.#clock = deps.clock;
    this.#audit = deps.audit;
  }

  /** @throws ForbiddenError without `platform:read` */
  async list(viewer: Viewer): Promise<Platform[]> {
    requirePermission(viewer, 'platform:read');
    this.#registry.forget();
    const ready = new Map((await this.#registry.ready()).map((platform) => [platform.code, platform]));
    return Promise.all(
      this.#registry.routing.map((routing) => this.#present(routing, ready.get(routing.code))),
    );
  }

  async #present(routing: PlatformRouting, ready: ReadyPlatform | undefined): Promise<Platform> {
    const { code, name, template } = routing;
    const hours = ready?.hours ?? ALWAYS;
    const opening = opensAt(hours, this.#clock.now(), this.#calendar);
    return {
      code,
      name,
      template,
      enabled: ready?.enabled ?? false,
      batchSize: ready?.batchSize ?? DEFAULT_BATCH_SIZE,
      windows: hours.windows,
      windowDays: hours.days,
      dailyReconciliation: routing.dailyReconciliation ?? 'COMPARE',
      monthlyReconciliation: routing.monthlyReconciliation ?? 'COMPARE',
      comparable: ready === undefined || !isFolder(ready.url) || (await offersHoldings(ready.url)),
      faults: ready?.faults ?? 0,
      takingIn: ready?.backlog !== undefined,
      items: await this.#query.counts(code),
      ...(opening ? { opensAt: opening } : {}),
      ...(ready ? { url: ready.url } : {}),
      ...(ready?.callback === undefined ? {} : { callback: ready.callback }),
      ...(ready?.pausedUntil ? { pausedUntil: ready.pausedUntil } : {}),
    };
  }

  /**
   * Sets what is given and keeps the rest. Enabling also makes the platform take in what is stored already.
   * @returns whether there is something to take in
   * @throws InputError PLATFORM_UNKNOWN, PLATFORM_URL_INVALID, PLATFORM_FOLDER_MISSING, PLATFORM_TOKEN_MISSING,
   * PLATFORM_BATCH_SIZE_INVALID, PLATFORM_WINDOW_INVALID; ForbiddenError without `platform:manage`
   */
  async set(viewer: Viewer, input: PlatformInput): Promise<boolean> {
    requirePermission(viewer, 'platform:manage');
    const { code } = input;
    const routing = this.#registry.routing.find((known) => known.code === code);
    if (!routing) throw new InputError(['code'], 'PLATFORM_UNKNOWN', { code });
    const before = await this.#registry.repository.find(code);
    if (input.url !== undefined && isFolder(input.url)) await checkFolder(input.url, routing);
    const { set, gone } = this.#changes(input, before);
    const enabling = set.enabled === true && before?.enabled !== true;
    if (enabling) set.backlog = { id: randomUUID(), pass: 1, at: this.#clock.now() };
    await this.#registry.repository.save(code, set, gone);
    this.#registry.forget();
    const { token, callbackKey, ...shown } = input;
    await this.#audit.record(viewer, {
      action: 'platform:set',
      object: `platform:${code}`,
      result: 'OK',
      detail: { ...shown, tokenChanged: token !== undefined, callbackKeyChanged: callbackKey !== undefined },
    });
    return enabling || before?.backlog !== undefined;
  }

  #changes(
    {
      code,
      url,
      token: given,
      callback,
      callbackKey,
      enabled,
      batchSize,
      windows,
      windowDays,
    }: PlatformInput,
    before: PlatformDoc | undefined,
  ): { set: Partial<PlatformDoc>; gone: (keyof PlatformDoc)[] } {
    const address = url === undefined || isFolder(url) ? (url ?? before?.url) : checkedUrl(url, 'url');
    if (address === undefined) throw new InputError(['url'], 'PLATFORM_URL_INVALID');
    // Nobody shows a token to a folder, but an empty one would open the door for signed receipts.
    const token = given ?? (isFolder(address) && !before ? randomUUID() : undefined);
    if (token === undefined ? !before : !/^[\x21-\x7e]{1,500}$/.test(token)) {
      throw new InputError(['token'], 'PLATFORM_TOKEN_MISSING');
    }
    const bad = windows?.find((text) => !isWindow(text));
    if (bad !== undefined) throw new InputError(['windows'], 'PLATFORM_WINDOW_INVALID', { window: bad });
    const hours = before?.hours ?? ALWAYS;
    const size = batchSize ?? before?.batchSize ?? DEFAULT_BATCH_SIZE;
    if (!Number.isInteger(size) || size < 1 || size > MAX_BATCH_SIZE) {
      throw new InputError(['batchSize'], 'PLATFORM_BATCH_SIZE_INVALID', { max: MAX_BATCH_SIZE });
    }
    const seal = (secret: string) => this.#registry.seal(code, secret);
    const set: Partial<PlatformDoc> = {
      url: address,
      enabled: enabled ?? before?.enabled ?? true,
      batchSize: size,
      hours: { windows: windows ?? hours.windows, days: windowDays ?? hours.days },
      // New settings deserve a new try.
      faults: 0,
      updatedAt: this.#clock.now(),
      ...(token === undefined ? {} : { token: seal(token) }),
      ...(callback ? { callback: checkedUrl(callback, 'callback') } : {}),
      ...(callbackKey ? { callbackKey: seal(callbackKey) } : {}),
    };
    const gone: (keyof PlatformDoc)[] = ['pausedUntil', 'pauseMs'];
    if (callback === '') gone.push('callback');
    return { set, gone };
  }
}

function isFolder(url: string): boolean {
  return url.startsWith('file:');
}

/** A folder has to be there: one that is made here could be the place where a share is not mounted. */
async function checkFolder(url: string, { files }: PlatformRouting): Promise<void> {
  const plain = URL.canParse(url) && new URL(url).host === '' && url.length <= 500;
  if (!plain || !files) throw new InputError(['url'], 'PLATFORM_URL_INVALID');
  const path = fileURLToPath(url);
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) throw new InputError(['url'], 'PLATFORM_FOLDER_MISSING', { path });
}

function checkedUrl(text: string, field: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain =
    url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (!url || !plain || text.length > 500) throw new InputError([field], 'PLATFORM_URL_INVALID');
  return url.href;
}
