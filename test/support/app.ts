import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from '../../server/bootstrap.ts';
import { loadConfig } from '../../server/config/config.ts';
import { createContext, type AppContext } from '../../server/context.ts';
import type { Clock } from '../../server/lib/clock.ts';
import { startServer } from '../../server/server.ts';
import { testDatabaseUri } from './store.ts';

export interface TestContext {
  readonly app: AppContext;
  readonly directory: string;
  close(): Promise<void>;
}

export interface TestApp extends TestContext {
  readonly url: string;
  readonly password: string;
}

const PASSWORD = 'demo-password-1';

/** The whole application without doors, on a store and a folder of its own, agencies loaded. */
export async function testContext(options: { clock?: Clock; demo?: boolean } = {}): Promise<TestContext> {
  const directory = await mkdtemp(join(tmpdir(), 'credit-app-'));
  const named = testDatabaseUri();
  const config = loadConfig({
    DATA_DIR: directory,
    PORT: '0',
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DEMO_PASSWORD: PASSWORD,
    ...(named === undefined ? {} : { MONGODB_URI: named }),
  });
  const app = await createContext(config, options.clock ? { clock: options.clock } : {});
  await bootstrap(app, { demoRecords: options.demo ?? false });
  return {
    app,
    directory,
    async close() {
      if (named !== undefined) await app.db.conn.dropDatabase();
      await app.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The same with its doors on a free port, the demo city loaded and everything that goes on by itself. */
export async function startTestApp(): Promise<TestApp> {
  const context = await testContext({ demo: true });
  const server = await startServer(context.app, { jobs: true });
  return {
    ...context,
    url: server.url,
    password: PASSWORD,
    async close() {
      await server.stop();
      await context.close();
    },
  };
}
