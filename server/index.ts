import { ConfigError, readConfig } from './config/config.ts';
import { openEmbedded } from './db/embedded/index.ts';

/** Which part of the program this process is: both, or one of them. */
type Part = 'all' | 'server' | 'jobs';

function partOf(argument: string | undefined): Part {
  if (argument === undefined) return 'all';
  if (argument === 'server' || argument === 'jobs') return argument;
  throw new ConfigError([`unknown part: ${argument} (server, jobs)`]);
}

const SAME_SIGNAL_MS = 500;
/** The longest a stop may take: work that does not end by then is gone on with by another process, as after a kill. */
const STOP_MS = 25_000;

/**
 * Resolves at the first SIGINT or SIGTERM; the second ends the process at once. A terminal sends one to npm and to us,
 * and npm hands on its own: what comes right behind the first is the same.
 */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const asked = (): void => {
      const now = performance.now();
      if (first !== undefined && now - first > SAME_SIGNAL_MS) process.exit(1);
      if (first !== undefined) return;
      first = now;
      setTimeout(() => process.exit(0), STOP_MS).unref();
      resolve();
    };
    process.on('SIGINT', asked).on('SIGTERM', asked);
  });
}

async function run(): Promise<void> {
  const stop = stopAsked();
  const part = partOf(process.argv[2]);
  const config = readConfig();
  // The store's thread starts while the rest of the program is loaded.
  const embedded = config.mongodbUri === undefined ? openEmbedded(config.dataDir) : undefined;
  // Its failure is thrown by createContext; until then it must not count as unhandled.
  embedded?.catch(() => undefined);
  const [{ createContext }, { bootstrap, demoNotice }, { startServer }, { startJobs }] = await Promise.all([
    import('./context.ts'),
    import('./bootstrap.ts'),
    import('./server.ts'),
    import('../jobs/schedule.ts'),
  ]);
  const app = await createContext(config, embedded ? { embedded } : {});
  try {
    await bootstrap(app, { demoRecords: true });
    const running =
      part === 'jobs'
        ? { url: undefined, ...startJobs(app) }
        : await startServer(app, { jobs: part === 'all' });
    if (running.url !== undefined) console.log(`信用信息共享平台（${config.cityName}）  ${running.url}`);
    const store = config.mongodbUri === undefined ? '内置存储（单机，无副本）embedded store' : 'MongoDB';
    console.log(`存储 store: ${store}`);
    const notice = await demoNotice(app);
    if (notice !== undefined) console.log(notice);
    await stop;
    app.log.info('process.stopping');
    await running.stop();
  } finally {
    await app.close();
  }
  app.log.info('process.stopped');
}

try {
  await run();
} catch (error) {
  if (error instanceof ConfigError) console.error(error.message);
  else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
    console.error(`端口被占用 ${(error as Error).message}`);
  else console.error(`启动失败 the program did not start: ${(error as Error).message}`);
  process.exitCode = 1;
}
