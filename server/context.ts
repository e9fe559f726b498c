import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config/config.ts';
import { connectDb, type Db } from './db/connect.ts';
import { openEmbedded, type EmbeddedStore } from './db/embedded/index.ts';
import { migrate } from './db/migrate.ts';
import { createBlobStore, type BlobStore } from './lib/blob-store.ts';
import { loadCalendar } from './lib/calendar.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import { createCipher, type FieldCipher } from './lib/field-cipher.ts';
import { createLogger, type Logger } from './lib/logger.ts';
import type { WorkingCalendar } from './lib/working-day.ts';
import { AccountService } from './modules/account/index.ts';
import { AuditService } from './modules/audit/index.ts';
import { CollectionService } from './modules/collection/index.ts';
import { CreditRecordService } from './modules/credit-record/index.ts';
import { FeedService } from './modules/feed/index.ts';
import { JobService } from './modules/job/index.ts';
import { OrganizationService } from './modules/organization/index.ts';
import { OutboxService } from './modules/outbox/index.ts';
import { PublicationService } from './modules/publication/index.ts';
import { QualityService } from './modules/quality/index.ts';
import { ReconciliationService } from './modules/reconciliation/index.ts';
import { ReferenceService } from './modules/reference/index.ts';
import { SectorService } from './modules/sector/index.ts';
import { SubjectService } from './modules/subject/index.ts';
import { ThreadService } from './modules/thread/index.ts';
import { addSectorFolder } from './modules/template/index.ts';

/** Everything the doors and the jobs work with; built once per process. */
export interface AppContext {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly calendar: WorkingCalendar;
  readonly db: Db;
  readonly cipher: FieldCipher;
  readonly blobs: BlobStore;
  readonly audit: AuditService;
  readonly accounts: AccountService;
  readonly organizations: OrganizationService;
  readonly reference: ReferenceService;
  readonly sectors: SectorService;
  readonly subjects: SubjectService;
  readonly creditRecords: CreditRecordService;
  readonly publications: PublicationService;
  readonly outbox: OutboxService;
  readonly reconciliation: ReconciliationService;
  readonly feeds: FeedService;
  readonly collection: CollectionService;
  readonly quality: QualityService;
  readonly threads: ThreadService;
  readonly jobs: JobService;
  close(): Promise<void>;
}

export interface ContextOptions {
  /** The embedded store, where it was opened before: its thread starts while the rest of the program is loaded. */
  readonly embedded?: Promise<EmbeddedStore>;
  readonly clock?: Clock;
  readonly log?: Logger;
}

const DATABASE = 'credit';
const DAY_MS = 86_400_000;
/** Folder of this process under `work`: machine, process, start. */
const WORK = [hostname(), process.pid, randomBytes(6).toString('hex')].join('~');

async function openStore({ mongodbUri, dataDir }: Config, opened?: Promise<EmbeddedStore>): Promise<Db> {
  if (mongodbUri !== undefined) return connectDb(mongodbUri);
  const store = await (opened ?? openEmbedded(dataDir));
  try {
    return await connectDb(store.uri.replace(/\/[^/?]*\?/, `/${DATABASE}?`), () => store.close());
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Opens the store, brings it up to date and builds the services.
 * @throws Error when the store cannot be reached
 */
export async function createContext(config: Config, options: ContextOptions = {}): Promise<AppContext> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLogger(config.logLevel);
  const { secrets, oldFieldKeys, cryptoSuite: suite, dataDir } = config;
  const cipher = createCipher({ fieldKey: secrets.fieldKey, hashKey: secrets.hashKey, oldFieldKeys, suite });
  const calendar = loadCalendar();
  const blobs = createBlobStore(join(dataDir, 'files'), cipher);
  const db = await openStore(config, options.embedded);

  const audit = new AuditService({ db, clock, cipher });
  const jobs = new JobService({ db, clock });
  const organizations = new OrganizationService({ db, clock, audit });
  const accounts = new AccountService({
    db,
    clock,
    cipher,
    audit,
    organizations,
    jwtSecret: secrets.jwt,
    production: config.nodeEnv === 'production',
    issuer: `信用${config.cityName}`,
  });
  if (config.sectorsDir !== undefined) addSectorFolder(config.sectorsDir);
  const reference = new ReferenceService({ db, clock, log, calendar, audit, organizations });
  const sectors = new SectorService(reference.effective);
  const subjects = new SubjectService({ db, clock, audit });
  const creditRecords = new CreditRecordService({ db, clock, cipher, calendar });
  const publications = new PublicationService({ db, clock, catalogue: reference.effective });
  const outbox = new OutboxService({
    db,
    clock,
    cipher,
    log,
    audit,
    records: creditRecords,
    calendar,
    onRefused: (items, tx) => feeds.addRefused(items, tx),
  });
  const reconciliation = new ReconciliationService({
    db,
    clock,
    log,
    audit,
    outbox,
    organizations,
    records: creditRecords,
  });
  const feeds: FeedService = new FeedService({
    db,
    clock,
    cipher,
    log,
    audit,
    organizations,
    sectors,
    subjects,
    reference: reference.effective,
    records: creditRecords,
    publications,
    outbox,
    blobs,
    workDirectory: join(dataDir, 'work', WORK),
  });
  const quality = new QualityService({
    db,
    clock,
    calendar,
    audit,
    organizations,
    sectors,
    records: creditRecords,
    publications,
    cityName: config.cityName,
  });
  const collection = new CollectionService({
    db,
    clock,
    cipher,
    log,
    audit,
    organizations,
    sectors,
    feeds,
    collectDir: config.collectDir,
  });
  const threads = new ThreadService({ records: creditRecords, outbox, feeds, reconciliation });
  const context: AppContext = {
    config,
    log,
    clock,
    calendar,
    db,
    cipher,
    blobs,
    audit,
    accounts,
    organizations,
    reference,
    sectors,
    subjects,
    creditRecords,
    publications,
    outbox,
    reconciliation,
    feeds,
    collection,
    quality,
    threads,
    jobs,
    async close() {
      await reference.effective.stop();
      await collection.close();
      await reconciliation.close();
      await outbox.close();
      await db.close();
    },
  };
  try {
    await migrate(db, clock);
    await reference.effective.refresh();
    reference.effective.start();
    await sweepWork(join(dataDir, 'work'), clock);
  } catch (error) {
    await context.close();
    throw error;
  }
  return context;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Plain files that a process which was killed left while reading. In a container every start has the same process id,
 * and of another machine's processes nothing is known: their files are old after a day.
 */
async function sweepWork(directory: string, clock: Clock): Promise<void> {
  const started = systemClock.now().getTime() - process.uptime() * 1000;
  for (const name of await readdir(directory).catch(() => [] as string[])) {
    if (name === WORK) continue;
    const path = join(directory, name);
    const [machine, pid] = name.split('~');
    const touched = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    const abandoned =
      machine === hostname()
        ? Number(pid) === process.pid
          ? touched < started
          : !lives(Number(pid))
        : touched < clock.now().getTime() - DAY_MS;
    if (abandoned) await rm(path, { recursive: true, force: true });
  }
}
