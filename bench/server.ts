import { request } from 'undici';
import { PASSWORD, type City } from './city.ts';
import { freePort, start, untilReady, type Running } from './processes.ts';

export interface Served {
  readonly url: string;
  readonly running: Running;
}

/** Starts the whole program as `npm start` does, without building pages. */
export async function startCity(city: City): Promise<Served> {
  const port = String(await freePort());
  const running = start(['--import=tsx', 'server/index.ts'], { ...city.env, PORT: port });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(`${url}/readyz`, running);
  return { url, running };
}

/** Logs the operator of the centre in. @returns the access token, good for a quarter of an hour */
export async function logIn(url: string): Promise<string> {
  const answer = await request(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'center', password: PASSWORD }),
  });
  const body = (await answer.body.json()) as { accessToken?: string };
  if (body.accessToken === undefined) throw new Error(`no login: ${String(answer.statusCode)}`);
  return body.accessToken;
}
