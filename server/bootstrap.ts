import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from './auth/roles.ts';
import { systemViewer } from './auth/viewer.ts';
import type { AppContext } from './context.ts';
import { demoFiles, demoSubjectsCsv } from './demo/demo-records.ts';
import { acquireLease, releaseLease, renewLease } from './db/lease.ts';
import { nativeCollection } from './db/native.ts';
import { civilDateOf } from './lib/civil-date.ts';
import { InputError } from './lib/errors.ts';
import { DEMO_BANK, DEMO_FIRM } from './demo/demo-organizations.ts';

const LEASE = 'bootstrap';
const LEASE_MS = 15_000;
const DEMO_STEP = 'demo-records';
export const ACCOUNTS_FILE = 'demo-accounts.txt';

interface DemoAccount {
  readonly username: string;
  readonly roles: readonly Role[];
  /** `center`, `bank`, `firm`, or `agency:<sector>`. */
  readonly of: string;
}

const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  { username: 'center', roles: ['CENTER_OPERATOR'], of: 'center' },
  { username: 'center-checker', roles: ['CENTER_CHECKER'], of: 'center' },
  { username: 'admin', roles: ['SYSTEM_ADMIN'], of: 'center' },
  { username: 'security', roles: ['SECURITY_ADMIN'], of: 'center' },
  { username: 'auditor', roles: ['AUDIT_ADMIN'], of: 'center' },
  // Maker and checker in one, for the trial alone.
  { username: 'agency-market', roles: ['AGENCY_MAKER', 'AGENCY_CHECKER'], of: 'agency:market' },
  { username: 'agency-tax', roles: ['AGENCY_MAKER', 'AGENCY_CHECKER'], of: 'agency:tax' },
  { username: 'bank-maker', roles: ['BANK_MAKER'], of: 'bank' },
  { username: 'bank-checker', roles: ['BANK_CHECKER'], of: 'bank' },
  { username: 'bank-reporter', roles: ['BANK_REPORTER'], of: 'bank' },
  { username: 'firm', roles: ['ENTERPRISE_USER'], of: 'firm' },
];

/** Reference data of every store: agencies, centre. May run at every start and in several processes. */
export async function loadReferenceData(app: AppContext): Promise<void> {
  await app.sectors.ensureOrganizations(app.organizations, app.config.cityName);
  await app.creditRecords.deadlines.recompute();
}

async function organizationsOf(app: AppContext): Promise<Map<string, string>> {
  const { organizations, sectors, config } = app;
  const ids = new Map<string, string>();
  const center = (await organizations.list(systemViewer, { first: 1 }, 'CENTER')).nodes[0];
  if (center) ids.set('center', center.id);
  for (const slug of ['market', 'tax']) {
    const code = sectors.bySlug(slug)?.agencyUscc ?? '';
    const agency = await organizations.byUscc(code);
    if (agency) ids.set(`agency:${slug}`, agency.id);
  }
  ids.set('bank', (await organizations.upsert(systemViewer, DEMO_BANK(config.cityName))).id);
  ids.set('firm', (await organizations.upsert(systemViewer, DEMO_FIRM(config.cityName))).id);
  return ids;
}

/** The demo password: given, or made once and kept beside the data. */
async function demoPassword(app: AppContext): Promise<string> {
  const { demoPassword: given, dataDir } = app.config;
  if (given !== undefined) return given;
  return (await keptPassword(dataDir)) ?? randomBytes(9).toString('base64url');
}

async function keptPassword(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, ACCOUNTS_FILE), 'utf8').catch(() => '');
  return /^密码 password: (.+)$/m.exec(text)?.[1];
}

/** Written whole or not at all. */
async function keepPassword(dataDir: string, password: string): Promise<void> {
  const path = join(dataDir, ACCOUNTS_FILE);
  const names = DEMO_ACCOUNTS.map(({ username, roles }) => `${username}\t${roles.join(' ')}`).join('\n');
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, `演示账号 demo accounts\n密码 password: ${password}\n\n${names}\n`, {
    mode: 0o600,
  });
  await rename(temporary, path);
}

/**
 * Does a step of the first start when the store is new for it; one that was killed is gone on with, since every step
 * may be repeated.
 */
async function firstTime(
  { db, clock }: AppContext,
  name: string,
  isNew: () => Promise<boolean>,
  work: () => Promise<void>,
): Promise<void> {
  const steps = nativeCollection<{ _id: string; startedAt: Date; doneAt?: Date }>(db, 'bootstrap_steps');
  const step = await steps.findOne({ _id: name });
  if (step?.doneAt !== undefined) return;
  if (!step) {
    if (!(await isNew())) return;
    await steps.insertOne({ _id: name, startedAt: clock.now() });
  }
  await work();
  await steps.updateOne({ _id: name }, { $set: { doneAt: clock.now() } });
}

/** Whether the store was begun as a demo city, or holds nothing yet that could be lost. */
export async function isDemoCity(app: AppContext): Promise<boolean> {
  const steps = nativeCollection<{ _id: string }>(app.db, 'bootstrap_steps');
  return (await steps.findOne({ _id: DEMO_STEP })) !== null || holdsNothing(app);
}

async function makeDemoAccounts(app: AppContext): Promise<void> {
  const password = await demoPassword(app);
  await keepPassword(app.config.dataDir, password);
  const ids = await organizationsOf(app);
  for (const { username, roles, of } of DEMO_ACCOUNTS) {
    const organizationId = ids.get(of);
    if (organizationId === undefined) continue;
    try {
      await app.accounts.create(systemViewer, { username, roles, organizationId, password, demo: true });
    } catch (error) {
      if (!(error instanceof InputError && error.code === 'ACCOUNT_USERNAME_TAKEN')) throw error;
    }
  }
}

async function holdsNothing({ creditRecords, subjects }: AppContext): Promise<boolean> {
  const records = Object.values(await creditRecords.counts()).reduce((a, b) => a + b, 0);
  return records === 0 && (await subjects.total()) === 0;
}

async function loadDemoRecords(app: AppContext): Promise<void> {
  const { config, clock, calendar, subjects, feeds, log } = app;
  const city = { today: civilDateOf(clock.now()), cityName: config.cityName, calendar };
  const path = join(config.dataDir, `demo-subjects.${String(process.pid)}.csv`);
  await writeFile(path, demoSubjectsCsv(city), { mode: 0o600 });
  await subjects.importFile(systemViewer, path);
  await rm(path, { force: true });
  for (const { feed, fileName, csv } of demoFiles(city)) {
    const { batch } = await feeds.receive(systemViewer, { feed, fileName, source: Readable.from([csv]) });
    await feeds.ingest.run(batch._id.toHexString());
  }
  log.info('demo.loaded');
}

/**
 * First start: reference data everywhere; outside production demo accounts when there is no account, and demo records
 * when asked for and the store holds neither subjects nor records. One process works, others wait for it.
 */
export async function bootstrap(app: AppContext, options: { demoRecords: boolean }): Promise<void> {
  const owner = randomBytes(12).toString('hex');
  while (!(await acquireLease(app.db, LEASE, owner, LEASE_MS, app.clock))) await sleep(200);
  // Short, so that a start which was killed does not hold up the next one.
  const renewal = setInterval(() => {
    renewLease(app.db, LEASE, owner, LEASE_MS, app.clock).catch(() => undefined);
  }, LEASE_MS / 3);
  try {
    await loadReferenceData(app);
    if (app.config.nodeEnv === 'production') return;
    const noAccount = async (): Promise<boolean> => !(await app.accounts.any());
    await firstTime(app, 'demo-accounts', noAccount, () => makeDemoAccounts(app));
    if (!options.demoRecords) return;
    await firstTime(
      app,
      DEMO_STEP,
      () => holdsNothing(app),
      () => loadDemoRecords(app),
    );
  } finally {
    clearInterval(renewal);
    await releaseLease(app.db, LEASE, owner);
  }
}

/** What the banner of a trial says of the demo accounts; undefined in production. */
export async function demoNotice(app: AppContext): Promise<string | undefined> {
  const { nodeEnv, dataDir, demoPassword: given } = app.config;
  if (nodeEnv === 'production') return undefined;
  const password = given ?? (await keptPassword(dataDir));
  if (password === undefined) return undefined;
  const names = DEMO_ACCOUNTS.map(({ username }) => username).join('、');
  return `演示账号 demo accounts: ${names}\n密码 password: ${password}`;
}
