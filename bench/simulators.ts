import { join } from 'node:path';
import type { City } from './city.ts';
import { credit, freePort, untilReady, type Running } from './processes.ts';

const TOKEN = 'token-of-the-bench';
export const PLATFORMS = ['province', 'second'] as const;

export interface Simulator {
  readonly code: string;
  readonly url: string;
  readonly token: string;
  readonly running: Running;
}

/** A simulated platform per code, each a process of its own with its journal on disk. */
export async function startSimulators(city: City, directory: string): Promise<Simulator[]> {
  return Promise.all(
    PLATFORMS.map(async (code) => {
      const port = String(await freePort());
      const journal = join(directory, `${code}-${port}.ndjson`);
      const args = ['upstream-sim', '--port', port, '--token', TOKEN, '--journal', journal];
      const running = credit(args, city.env);
      const url = `http://127.0.0.1:${port}`;
      // It answers nobody without the token, so any answer will do.
      await untilReady(`${url}/`, running, (status) => status > 0);
      return { code, url, token: TOKEN, running };
    }),
  );
}

/** Names the platforms in the city and enables them. */
export async function enablePlatforms(
  city: City,
  simulators: readonly Pick<Simulator, 'code' | 'url' | 'token'>[],
) {
  for (const { code, url, token } of simulators)
    await city.credit('platform', 'set', code, '--url', url, '--token', token, '--enabled', 'true');
}

/** Enables the platforms without anybody behind them: nothing is sent there. */
export function enableSilent(city: City): Promise<void> {
  return enablePlatforms(
    city,
    PLATFORMS.map((code) => ({ code, url: 'http://127.0.0.1:9', token: TOKEN })),
  );
}

export async function stopAll(simulators: readonly Simulator[]): Promise<void> {
  for (const { running } of simulators) await running.stop();
}
