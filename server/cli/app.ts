import { bootstrap } from '../bootstrap.ts';
import { readConfig } from '../config/config.ts';
import { createContext, type AppContext } from '../context.ts';

/** Opens the store for one command; a new store gets its reference data first. */
export async function openApp(): Promise<AppContext> {
  const config = readConfig();
  const app = await createContext(config);
  try {
    await bootstrap(app, { demoRecords: false });
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Runs a command's work with the store open, and closes it whatever happens. */
export async function withApp<T>(work: (app: AppContext) => Promise<T>): Promise<T> {
  const app = await openApp();
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
