import { useSyncExternalStore } from 'react';

/** The access token lives in memory only; the refresh token is a cookie that scripts cannot read. */
let accessToken: string | undefined;
let known = false;
const listeners = new Set<() => void>();

function set(token: string | undefined): void {
  accessToken = token;
  known = true;
  for (const listener of listeners) listener();
}

export function currentToken(): string | undefined {
  return accessToken;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
}

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  const error = (body as { error?: Partial<Problem> } | undefined)?.error;
  return {
    code: error?.code ?? 'UNKNOWN',
    message: error?.message ?? `服务暂时不可用（${String(response.status)}）`,
  };
}

let refreshing: Promise<boolean> | undefined;
/** Answers whether there is a valid access token afterwards. Parallel callers share one request. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= fetch('/auth/refresh', { method: 'POST', credentials: 'same-origin' })
    .then(async (response) => {
      if (!response.ok) return false;
      const body = (await response.json()) as { accessToken: string };
      set(body.accessToken);
      return true;
    })
    .catch(() => false)
    .then((ok) => {
      if (!ok) set(undefined);
      refreshing = undefined;
      return ok;
    });
  return refreshing;
}

export async function login(username: string, password: string, otp?: string): Promise<Problem | undefined> {
  const response = await fetch('/auth/login', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password, ...(otp ? { otp } : {}) }),
  }).catch(() => undefined);
  if (!response) return { code: 'NETWORK', message: '无法连接服务器，请检查网络后重试' };
  if (!response.ok) return problemOf(response);
  set(((await response.json()) as { accessToken: string }).accessToken);
  return undefined;
}

export async function logout(): Promise<void> {
  await fetch('/auth/logout', { method: 'POST', credentials: 'same-origin' }).catch(() => undefined);
  set(undefined);
}

/** `fetch` with the bearer token; an expired one is refreshed once. */
export async function authorizedFetch(path: string, init: RequestInit = {}): Promise<Response> {
  const send = () => {
    const headers = new Headers(init.headers);
    if (accessToken !== undefined) headers.set('authorization', `Bearer ${accessToken}`);
    return fetch(path, { ...init, headers });
  };
  const first = await send();
  return first.status === 401 && (await refreshSession()) ? send() : first;
}

export { problemOf };

type SessionState = 'unknown' | 'in' | 'out';
function snapshot(): SessionState {
  if (!known) return 'unknown';
  return accessToken === undefined ? 'out' : 'in';
}

export function useSession(): SessionState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, snapshot);
}
