import { once } from 'node:events';
import { startJobs } from '../jobs/schedule.ts';
import { bootstrap, demoNotice } from './bootstrap.ts';
import { ConfigError, readConfig } from './config/config.ts';
import { createContext } from './context.ts';

/** Which part of the program this process is: both, or one of them. */
type Part = 'all' | 'server' | 'jobs';

function partOf(argument: string | undefined): Part {
  if (argument === undefined) return 'all';
  if (argument === 'server' || argument === 'jobs') return argument;
  throw new ConfigError([`unknown part: ${argument} (server, jobs)`]);
}

async function run(): Promise<void> {
  const part = partOf(process.argv[2]);
  const config = readConfig();
  // The doors are loaded while the store opens.
  const doors = part === 'jobs' ? undefined : import('./server.ts');
  const app = await createContext(config);
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  try {
    await bootstrap(app, { demoRecords: true });
    const running = doors
      ? await (await doors).startServer(app, { jobs: part === 'all' })
      : { url: undefined, ...startJobs(app) };
    if (running.url !== undefined) console.log(`信用信息共享平台（${config.cityName}）  ${running.url}`);
    const store = config.mongodbUri === undefined ? '内置存储（单机，无副本）embedded store' : 'MongoDB';
    console.log(`存储 store: ${store}`);
    const notice = await demoNotice(app);
    if (notice !== undefined) console.log(notice);
    await ended;
    await running.stop();
  } finally {
    await app.close();
  }
}

try {
  await run();
} catch (error) {
  if (error instanceof ConfigError) console.error(error.message);
  else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
    console.error(`端口被占用 ${(error as Error).message}`);
  else console.error(error);
  process.exitCode = 1;
}
