import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../../../server/auth/roles.ts';
import { systemViewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import type { City, Copy } from '../../support/processes.ts';

/** Two servers and two jobs processes, and the store they share as this process sees it. */
export interface Copies {
  readonly city: City;
  readonly app: AppContext;
  readonly servers: [Copy, Copy];
  readonly jobs: [Copy, Copy];
}

/** The parts of the suite share the processes, which are there only once it runs. */
export type GetCopies = () => Copies;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Value of the refresh cookie, when one was set. */
  readonly cookie?: string;
}

interface Call {
  readonly method?: string;
  readonly token?: string;
  readonly cookie?: string;
  readonly json?: object;
  readonly form?: FormData;
}

export async function call(copy: Copy, path: string, { token, cookie, json, form, ...rest }: Call = {}) {
  const response = await fetch(copy.url + path, {
    method: rest.method ?? (json || form ? 'POST' : 'GET'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { cookie: `credit_refresh=${cookie}` }),
      ...(json ? { 'content-type': 'application/json' } : {}),
    },
    ...(json ? { body: JSON.stringify(json) } : form ? { body: form } : {}),
  });
  const text = await response.text();
  const set = /credit_refresh=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
  const answer: Answer = {
    status: response.status,
    body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {},
    ...(set === undefined ? {} : { cookie: set }),
  };
  return answer;
}

export function codeIn({ body }: Answer): unknown {
  return (body['error'] as { code?: unknown } | undefined)?.code;
}

export async function loginAt(copy: Copy, username: string, password: string) {
  const answer = await call(copy, '/auth/login', { json: { username, password } });
  if (answer.status !== 200) throw new Error(`login answers ${String(answer.status)}`);
  return { token: String(answer.body['accessToken']), cookie: answer.cookie ?? '' };
}

export async function graphql(copy: Copy, token: string, query: string, variables: object = {}) {
  const { body } = await call(copy, '/graphql', { token, json: { query, variables } });
  return body as { data?: Record<string, unknown> | null; errors?: unknown };
}

/** Until it holds; fails with what was seen last. */
export async function until<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  seconds = 60,
): Promise<T> {
  let last: unknown;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(100)) {
    try {
      const seen = await look();
      if (holds(seen)) return seen;
      last = seen;
    } catch (error) {
      // The store may be changing hands.
      last = error;
    }
  }
  throw new Error('it did not come to that', { cause: last });
}

/** Does it again while the store changes hands. */
export function tenacious<T>(work: () => Promise<T>): Promise<T> {
  return until(work, () => true, 30);
}

export const NEW_PASSWORD = 'Heron-by-9-lakes';

/** An account of the demo city's agency of the market sector, or of the centre. */
export async function someone({ app, city }: Copies, role: Role): Promise<{ id: string; username: string }> {
  const username = `u-${randomBytes(5).toString('hex')}`;
  const code = app.sectors.bySlug('market')?.agencyUscc ?? '';
  const organization = role.startsWith('AGENCY')
    ? await app.organizations.byUscc(code)
    : (await app.organizations.list(systemViewer, { first: 1 }, 'CENTER')).nodes[0];
  const { id } = await app.accounts.create(systemViewer, {
    username,
    roles: [role],
    organizationId: organization?.id ?? '',
    password: city.password,
    demo: true,
  });
  return { id, username };
}

export function collection(app: AppContext, name: string) {
  return app.db.conn.getClient().db(app.db.conn.name).collection<{ _id: string }>(name);
}
