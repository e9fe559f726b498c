import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../server/config/config.ts';
import { createContext, type AppContext } from '../server/context.ts';
import { connectDb } from '../server/db/connect.ts';
import { onCleanUp } from './cleanup.ts';
import { credit } from './processes.ts';

export const PASSWORD = 'demo-password-1';
export const YEAR = '2023';
export const YEAR_OF_RECORDS = 405_300;

/** A city on a store and a folder of its own: the embedded store, or a database on the server that MONGODB_URI names. */
export interface City {
  readonly env: NodeJS.ProcessEnv;
  /** Runs a command to its end. @returns what it printed */
  credit(...args: readonly string[]): Promise<string>;
  /** The application in this process; the caller closes it. */
  open(): Promise<AppContext>;
  /** Drops a database of a named server now; files go with the directory of the bench. */
  drop(): Promise<void>;
}

function ownDatabase(uri: string): string {
  const url = /^(mongodb(?:\+srv)?:\/\/[^/]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri);
  if (!url) throw new Error('MONGODB_URI is not a MongoDB address');
  return `${url[1] ?? ''}/credit_${randomBytes(6).toString('hex')}_bench${url[2] ?? ''}`;
}

async function dropDatabase(uri: string): Promise<void> {
  const db = await connectDb(uri);
  await db.conn.dropDatabase();
  await db.close();
}

export async function makeCity(directory: string, name: string): Promise<City> {
  const dataDir = join(directory, name);
  await mkdir(dataDir, { recursive: true });
  const named = process.env['MONGODB_URI'];
  const uri = named === undefined || named === '' ? undefined : ownDatabase(named);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    NODE_ENV: 'development',
    LOG_LEVEL: 'error',
    DEMO_PASSWORD: PASSWORD,
    // Set, so that no .env file sets it.
    MONGODB_URI: uri ?? '',
  };
  return {
    env,
    credit: (...args) => credit(args, env).ended,
    open: () => createContext(loadConfig(env)),
    drop: onCleanUp(async () => {
      if (uri !== undefined) await dropDatabase(uri);
    }),
  };
}

/** Writes a year of feed files of all sectors. @returns how many records are in them */
export async function generateYear(city: City, out: string, records: number): Promise<number> {
  const args = ['--records', String(records), '--year', YEAR, '--seed', '1', '--out', out, '--json'];
  const printed = await city.credit('generate', ...args);
  return (JSON.parse(printed) as { totals: { read: number } }).totals.read;
}

export interface Imported {
  readonly rows: { readonly read: number; readonly inserted: number };
  readonly tookMs: number;
}

/** @throws Error when not every row was inserted */
export function importedOf(printed: string): Imported {
  const answer = JSON.parse(printed) as Imported;
  if (answer.rows.inserted !== answer.rows.read)
    throw new Error(`not all was imported: ${printed.slice(0, 2000)}`);
  return answer;
}
