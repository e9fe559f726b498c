import { randomUUID } from 'node:crypto';
import type { ClientSession, mongo } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { asTransient, isDuplicateKey } from '../../db/native.ts';
import { loadCalendar } from '../../lib/calendar.ts';
import type { Clock } from '../../lib/clock.ts';
import { NotFoundError, RuleError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { createHttpClient, type HttpClient } from '../../lib/http-client.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Page, PageArgs } from '../../lib/page.ts';
import type { SignatureHeaders } from '../../lib/signature.ts';
import type { AuditService } from '../audit/index.ts';
import type { PushableRecord, RecordChange } from '../credit-record/index.ts';
import { takeIn } from './backlog.ts';
import { BatchLeases } from './batch-lease.ts';
import { Delivery, type RunCounts } from './delivery.ts';
import { runDelivery, type DeliverOptions } from './delivery-run.ts';
import { Bell, dispatch } from './dispatcher.ts';
import { addLots, latestOnly, memberOf, supersedeOlder } from './enqueue.ts';
import { Holdings } from './holdings.ts';
import { heldBack, isOpen, type WorkingDays } from './hours.ts';
import { listingOf, type Listing } from './listing.ts';
import { LotChanges } from './lot-changes.ts';
import { itemIdOf } from './lot.model.ts';
import { OutboxQuery, type OutboxFilter, type OutboxItem, type OutboxReceipt } from './outbox.query.ts';
import { OutboxRepository } from './outbox.repository.ts';
import { PlatformRegistry, type ReadyPlatform } from './platform.registry.ts';
import { PlatformService, type Platform, type PlatformInput } from './platform.service.ts';
import { columnCodeOf } from './platforms/column-code.ts';
import { fileDropAdapter } from './platforms/file-drop.ts';
import { decodeReceipt } from './platforms/file-receipt.ts';
import { httpJsonAdapter } from './platforms/http-json.ts';
import type { ColumnCode, PlatformAdapter } from './platforms/types.ts';
import { ReceiptService } from './receipt.service.ts';
import { isRoutedTo, loadRouting, type RoutingTable } from './routing.ts';
import type { RefusedItem } from './settle.ts';
import { SharedRecords } from './shared-records.ts';
import { storyOf, type RevisionStory } from './story.ts';

/** Where the outbox gets the records from. */
export interface RecordSource {
  /** Those revisions that are stored, in any order. */
  pushable(ids: readonly { recordId: string; revision: number }[]): Promise<PushableRecord[]>;
  /** Every stored record at its current revision, by record id, behind `afterId`. */
  allChanges(afterId?: string): AsyncIterable<RecordChange[]>;
}

export interface OutboxDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly log: Logger;
  readonly audit: AuditService;
  readonly records: RecordSource;
  /** The codes of the current national template, unless given. */
  readonly columnCode?: ColumnCode;
  /** Told of refusals in the transaction that notes them. */
  readonly onRefused?: (items: readonly RefusedItem[], tx: ClientSession) => Promise<void>;
  readonly routing?: RoutingTable;
  /** Days on which platforms with hours take anything; the years that ship with the program, unless given. */
  readonly calendar?: WorkingDays;
  readonly http?: HttpClient;
  readonly options?: OutboxOptions;
}

interface OutboxOptions {
  /** How long a batch stays with a process that does not renew it. */
  readonly leaseMs?: number;
  readonly concurrency?: number;
  readonly requestMs?: number;
  /** How long a draining run goes on without any progress. */
  readonly patienceMs?: number;
  /** The same when all that is left are announced receipts. */
  readonly receiptPatienceMs?: number;
  /** How long a platform that does not answer is asked for what it holds. */
  readonly listingPatienceMs?: number;
}

/** `retry`: items that wait for another try when the run ends; the others count what happened in it. */
export interface PushSummary {
  readonly platform: string;
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly retry: number;
  readonly dead: number;
  /** Only outside the hours of the platform: items that wait for it to open, and when that is. */
  readonly held?: number;
  readonly opensAt?: Date;
}

/** The way of records to the upstream platforms. */
export class OutboxService {
  /** What the platforms should hold by what they said; for the modules behind. */
  readonly holdings: Holdings;
  readonly #repository: OutboxRepository;
  readonly #registry: PlatformRegistry;
  readonly #delivery: Delivery;
  readonly #receipts: ReceiptService;
  readonly #platforms: PlatformService;
  readonly #query: OutboxQuery;
  readonly #deps: OutboxDeps;
  readonly #http: HttpClient;
  readonly #adapters: { readonly http: PlatformAdapter; readonly folder: PlatformAdapter };
  readonly #calendar: WorkingDays;
  readonly #bell = new Bell();
  /** An item was met that should be new: until that has passed, each is looked for first. */
  #suspicious = false;

  constructor(deps: OutboxDeps) {
    const { db, clock, cipher, log, audit, options = {} } = deps;
    this.#deps = deps;
    this.#http = deps.http ?? createHttpClient();
    const columnCode = deps.columnCode ?? columnCodeOf;
    this.#adapters = {
      http: httpJsonAdapter(this.#http, columnCode),
      folder: fileDropAdapter(columnCode),
    };
    this.#calendar = deps.calendar ?? loadCalendar();
    this.#repository = new OutboxRepository(db);
    this.holdings = new Holdings(this.#repository);
    this.#registry = new PlatformRegistry({ db, clock, cipher, log, routing: deps.routing ?? loadRouting() });
    this.#query = new OutboxQuery(this.#repository, this.platformCodes());
    const adapterOf = (platform: ReadyPlatform): PlatformAdapter => this.#adapterOf(platform);
    const records = new SharedRecords(
      (ids) => deps.records.pushable(ids),
      async () => (await this.#enabled()).length,
    );
    this.#delivery = new Delivery({
      repository: this.#repository,
      registry: this.#registry,
      cipher,
      clock,
      log,
      adapterOf,
      pushable: (ids) => records.get(ids),
      onRefused: deps.onRefused ?? (async () => undefined),
      leases: new BatchLeases({
        repository: this.#repository,
        clock,
        owner: randomUUID(),
        ms: options.leaseMs ?? 15_000,
      }),
      concurrency: options.concurrency ?? 4,
      requestMs: options.requestMs ?? 60_000,
    });
    const shared = { repository: this.#repository, registry: this.#registry, clock };
    this.#receipts = new ReceiptService({ ...shared, delivery: this.#delivery, adapterOf });
    const calendar = this.#calendar;
    this.#platforms = new PlatformService({
      registry: this.#registry,
      query: this.#query,
      clock,
      audit,
      calendar,
    });
  }

  /** The address says how a platform is spoken to. */
  #adapterOf({ url }: Pick<ReadyPlatform, 'url'>): PlatformAdapter {
    return url.startsWith('file:') ? this.#adapters.folder : this.#adapters.http;
  }

  /** Ends open connections to platforms. */
  close(): Promise<void> {
    return this.#http.close();
  }

  /**
   * Puts in the items of changed records for every enabled platform they are routed to, in the transaction that
   * changes them, and takes unsent older revisions out of the way.
   */
  async enqueueMany(changes: readonly RecordChange[], tx: ClientSession): Promise<void> {
    if (changes.length === 0) return;
    const platforms = (await this.#registry.ready()).filter(({ enabled }) => enabled);
    if (platforms.length === 0) return;
    const now = this.#deps.clock.now();
    const into = new LotChanges('enqueue');
    for (const platform of platforms) {
      const routed = latestOnly(changes).filter((change) => isRoutedTo(platform.routing, change));
      const fresh = this.#suspicious ? await this.#unknown(platform.code, routed, tx) : routed;
      await supersedeOlder(this.#repository, into, platform.code, fresh, now, tx);
      addLots(into, platform.code, fresh, { now, size: platform.batchSize });
    }
    try {
      await into.write(this.#repository, tx);
      this.#suspicious = false;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      this.#suspicious = true;
      throw asTransient(error as mongo.MongoServerError);
    }
  }

  async #unknown(code: string, changes: readonly RecordChange[], tx: ClientSession): Promise<RecordChange[]> {
    const idOf = (change: RecordChange) => itemIdOf(code, memberOf(change));
    const there = new Set((await this.#repository.itemsByIds(changes.map(idOf), tx)).map(({ _id }) => _id));
    return changes.filter((change) => !there.has(idOf(change)));
  }

  /** Chinese name of a platform; its code when the routing table no longer has it. */
  nameOf(code: string): string {
    return this.#registry.routing.find((known) => known.code === code)?.name ?? code;
  }

  /** What a platform says it holds. @throws NotFoundError PLATFORM_NOT_FOUND when it has never been set up */
  async listing(code: string, signal: AbortSignal): Promise<Listing> {
    const platform = await this.#registry.fresh(code);
    if (!platform) throw new NotFoundError('PLATFORM_NOT_FOUND', { code });
    const { requestMs = 60_000, listingPatienceMs: patienceMs = 45_000 } = this.#deps.options ?? {};
    return listingOf(this.#adapterOf(platform).listing, platform, { requestMs, patienceMs, signal });
  }

  /** Tells the dispatcher of this process that there is something to send; called after a commit. */
  notify(): void {
    this.#bell.ring();
  }

  /** Delivers until the signal is given; resolves when all work under way has ended. */
  startDispatcher({ signal }: { signal: AbortSignal }): Promise<void> {
    return dispatch(
      {
        bell: this.#bell,
        log: this.#deps.log,
        codes: async () => (await this.#enabled()).map(({ code }) => code),
        deliver: (code, until) => this.#run(code, { signal: until }),
      },
      signal,
    );
  }

  async #enabled(): Promise<ReadyPlatform[]> {
    return (await this.#registry.ready()).filter(({ enabled }) => enabled);
  }

  /** Delivers what is due to every enabled platform, or to one. @throws NotFoundError PLATFORM_NOT_FOUND */
  async deliverAllDue(options: DeliverOptions & { platform?: string } = {}): Promise<PushSummary[]> {
    const { platform, ...rest } = options;
    if (platform !== undefined) return [await this.deliverDue(platform, rest)];
    this.#registry.forget();
    return Promise.all((await this.#enabled()).map(({ code }) => this.deliverDue(code, rest)));
  }

  /**
   * Delivers what is due to a platform; nothing when it is not enabled.
   * @throws NotFoundError PLATFORM_NOT_FOUND when it has never been set up
   */
  async deliverDue(code: string, options: DeliverOptions = {}): Promise<PushSummary> {
    if (!(await this.#registry.fresh(code))) throw new NotFoundError('PLATFORM_NOT_FOUND', { code });
    const { sent, states } = await this.#run(code, options);
    const { RETRY: retry, PENDING: pending } = await this.#query.counts(code);
    const { CONFIRMED: accepted = 0, REFUSED: refused = 0, DEAD: dead = 0 } = states;
    return {
      platform: code,
      sent,
      accepted,
      refused,
      retry,
      dead,
      ...(await this.#held(code, options, pending + retry)),
    };
  }

  async #held(
    code: string,
    { anytime = false }: DeliverOptions,
    waiting: number,
  ): Promise<Pick<PushSummary, 'held' | 'opensAt'>> {
    const platform = anytime
      ? undefined
      : (await this.#registry.ready()).find((known) => known.code === code);
    return platform ? heldBack(platform.hours, waiting, this.#deps.clock.now(), this.#calendar) : {};
  }

  async #run(code: string, options: DeliverOptions): Promise<RunCounts> {
    const until = options.signal ?? new AbortController().signal;
    await this.enqueueBacklog(code, until);
    const find = async () => (await this.#registry.ready()).find((known) => known.code === code);
    const { clock } = this.#deps;
    const open = ({ hours }: ReadyPlatform): boolean => isOpen(hours, clock.now(), this.#calendar);
    const deps = { delivery: this.#delivery, clock, find, isOpen: open, ...this.#deps.options };
    return runDelivery(deps, code, { ...options, signal: until });
  }

  /**
   * Puts in what was stored before a platform was enabled, when that is due. One process at a time works on it.
   * @returns how many items were put in
   */
  async enqueueBacklog(code: string, signal: AbortSignal = new AbortController().signal): Promise<number> {
    const put = await takeIn(
      {
        repository: this.#repository,
        registry: this.#registry,
        clock: this.#deps.clock,
        allChanges: (after?: string) => this.#deps.records.allChanges(after),
      },
      code,
      signal,
    );
    if (put > 0) this.notify();
    return put;
  }

  /**
   * Sets a platform up; enabling it puts in everything stored that is routed to it, before this returns.
   * @throws InputError, ForbiddenError without `platform:manage`
   */
  async setPlatform(viewer: Viewer, input: PlatformInput): Promise<Platform> {
    if (await this.#platforms.set(viewer, input)) await this.enqueueBacklog(input.code);
    const platform = (await this.#platforms.list(viewer)).find(({ code }) => code === input.code);
    if (!platform) throw new NotFoundError('PLATFORM_NOT_FOUND', { code: input.code });
    return platform;
  }

  /** @throws ForbiddenError without `platform:read` */
  listPlatforms(viewer: Viewer): Promise<Platform[]> {
    return this.#platforms.list(viewer);
  }

  /** See ReceiptService.receive. */
  receiveReceipt(code: string, headers: Partial<SignatureHeaders>, body: Uint8Array): Promise<number> {
    return this.#receipts.receive(code, headers, body);
  }

  /** Applies a receipt that came another way than signed. @throws NotFoundError, InputError RECEIPT_INVALID */
  async applyReceipt(code: string, body: Uint8Array): Promise<number> {
    const platform = await this.#registry.fresh(code);
    if (!platform) throw new NotFoundError('PLATFORM_NOT_FOUND', { code });
    return this.#receipts.apply(platform, body);
  }

  /** Newest first. @throws ForbiddenError without `outbox:read` */
  async page(viewer: Viewer, filter: OutboxFilter, page: PageArgs): Promise<Page<OutboxItem>> {
    requirePermission(viewer, 'outbox:read');
    return this.#query.page(filter, page);
  }

  /** @throws NotFoundError, ForbiddenError without `outbox:read` */
  async get(viewer: Viewer, itemId: string): Promise<OutboxItem> {
    requirePermission(viewer, 'outbox:read');
    return (await this.#found(itemId)).item;
  }

  /** What the platform said of an item so far. @throws NotFoundError, ForbiddenError without `outbox:read` */
  async receiptsOf(viewer: Viewer, itemId: string): Promise<OutboxReceipt[]> {
    requirePermission(viewer, 'outbox:read');
    const { lot, member } = await this.#found(itemId);
    return this.#query.receipts(lot, member, { cipher: this.#deps.cipher, decode: decodeReceipt });
  }

  /**
   * What became of all revisions of a record on their way to all platforms. Whether the viewer may know is for the
   * modules behind to say.
   */
  story(recordId: string): Promise<RevisionStory[]> {
    const { cipher } = this.#deps;
    const deps = { repository: this.#repository, query: this.#query, cipher, decode: decodeReceipt };
    return storyOf(deps, recordId, this.platformCodes());
  }

  /** Platforms of the routing table. */
  platformCodes(): readonly string[] {
    return this.#registry.routing.map(({ code }) => code);
  }

  async #found(itemId: string) {
    const found = await this.#query.find(itemId);
    if (!found) throw new NotFoundError('OUTBOX_ITEM_NOT_FOUND');
    return found;
  }

  /** Since when the oldest item that may be sent now has been waiting; undefined when none may. */
  async oldestDue(code: string): Promise<Date | undefined> {
    return (await this.#repository.dueLots(code, this.#deps.clock.now(), 1))[0]?.at;
  }

  /** Items of a platform per state. */
  counts(code: string): ReturnType<OutboxQuery['counts']> {
    return this.#query.counts(code);
  }

  /**
   * Sends a given-up item again.
   * @throws NotFoundError, RuleError OUTBOX_ITEM_NOT_DEAD, ForbiddenError without `outbox:replay`
   */
  async resend(viewer: Viewer, itemId: string): Promise<OutboxItem> {
    requirePermission(viewer, 'outbox:replay');
    await this.#found(itemId);
    await this.#repository.db.inTransaction(async (tx) => {
      const [item] = await this.#repository.itemsByIds([itemId], tx);
      const [lot] = item ? await this.#repository.lotsByIds([item.lot], tx) : [];
      if (lot?.state !== 'DEAD') throw new RuleError('OUTBOX_ITEM_NOT_DEAD', { state: lot?.state ?? '' });
      const changes = new LotChanges('enqueue');
      const target = { state: 'PENDING', at: this.#deps.clock.now(), tries: 0, faults: 0 } as const;
      changes.move(lot, (member) => (itemIdOf(lot.platform, member) === itemId ? target : undefined));
      await changes.write(this.#repository, tx);
      const entry = { action: 'outbox:resend', object: `outbox-item:${itemId}`, result: 'OK' } as const;
      await this.#deps.audit.record(viewer, entry, tx);
    });
    this.notify();
    return (await this.#found(itemId)).item;
  }
}
