import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TableAddress, TableDriver } from '../../server/modules/collection/table/driver.ts';
import { connectMysql } from '../../server/modules/collection/table/mysql.ts';
import { connectPostgres } from '../../server/modules/collection/table/postgres.ts';

export type Dialect = 'MYSQL' | 'POSTGRES';

/** A real front-end database, and somebody of the agency who writes into it. */
export interface FrontDatabase extends TableAddress {
  readonly dialect: Dialect;
  readonly port: number;
  readonly agency: TableDriver;
}

export interface FrontDatabases {
  /** Undefined where none can be had. */
  of(dialect: Dialect): FrontDatabase | undefined;
  close(): Promise<void>;
}

const NAMES = { MYSQL: 'TEST_MYSQL_URL', POSTGRES: 'TEST_POSTGRES_URL' } as const;
const SCRIPT = fileURLToPath(new URL('../../scripts/test-databases', import.meta.url));

/** Addresses in the environment come first; otherwise servers of our own are started where their programs are. */
async function addresses(): Promise<{ urls: Record<string, string | undefined>; child?: ChildProcess }> {
  if (Object.values(NAMES).some((name) => process.env[name])) return { urls: process.env };
  const child = spawn('bash', [SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'] });
  const urls: Record<string, string> = {};
  child.once('error', () => undefined);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') break;
    const at = line.indexOf('=');
    urls[line.slice(0, at)] = line.slice(at + 1);
  }
  return { urls, child };
}

async function connected(dialect: Dialect, text: string): Promise<FrontDatabase> {
  const url = new URL(text);
  const address = {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    tls: false,
  };
  const agency = await (dialect === 'MYSQL' ? connectMysql(address) : connectPostgres(address));
  return { dialect, ...address, agency };
}

/** The databases of this machine. Where there is none, the tests of tables skip. */
export async function frontDatabases(): Promise<FrontDatabases> {
  const { urls, child } = await addresses();
  const found = new Map<Dialect, FrontDatabase>();
  for (const dialect of ['MYSQL', 'POSTGRES'] as const) {
    const url = urls[NAMES[dialect]];
    if (url) found.set(dialect, await connected(dialect, url));
  }
  return {
    of: (dialect) => found.get(dialect),
    async close() {
      for (const { agency } of found.values()) await agency.close();
      child?.stdin?.end();
      if (child && child.exitCode === null) await once(child, 'exit');
    },
  };
}

export const NO_DATABASE =
  'no such database here: neither TEST_MYSQL_URL, TEST_POSTGRES_URL nor the programs';
