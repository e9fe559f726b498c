import { testDb, type TestDb } from '../../support/store.ts';

/** The code of the error a promise ends with; undefined when it ends well. */
export async function codeOf(run: Promise<unknown>): Promise<unknown> {
  try {
    await run;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}

/** A store for the tests of one file, whichever MONGODB_URI names. */
export function habitsDb(): { readonly current: TestDb['db'] } {
  let store: TestDb | undefined;
  before(async function () {
    this.timeout(30_000);
    store = await testDb();
  });
  after(() => store?.drop());
  return {
    get current() {
      if (!store) throw new Error('not before the tests');
      return store.db;
    },
  };
}
