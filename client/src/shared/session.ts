import { createStore } from './store.ts';

type SessionState = 'unknown' | 'in' | 'out';

/** The access token lives in memory only; the refresh token is a cookie that scripts cannot read. */
let accessToken: string | undefined;
/** On the clock of `performance.now()`, in milliseconds. */
let expiresAt = 0;
const state = createStore<SessionState>('unknown');
export const useSession = state.use;

/** Refreshed this long before its end, so that no request leaves with a token that dies on the way. */
const EARLY_MS = 30_000;

/** Says that a refresh cookie may be there, which spares visitors a request that can only be refused. */
const MARK = 'logged-in';
function setMark(present: boolean): void {
  try {
    if (present) localStorage.setItem(MARK, '1');
    else localStorage.removeItem(MARK);
  } catch {
    // Storage may be switched off; then the login lasts as long as the page.
  }
}
function hasMark(): boolean {
  try {
    return localStorage.getItem(MARK) !== null;
  } catch {
    return false;
  }
}

interface TokenAnswer {
  readonly accessToken: string;
  readonly expiresIn: number;
}

function begin(answer: TokenAnswer): void {
  accessToken = answer.accessToken;
  expiresAt = performance.now() + answer.expiresIn * 1000;
  setMark(true);
  state.set('in');
}

function end(): void {
  accessToken = undefined;
  setMark(false);
  state.set('out');
}

/** What went wrong, in the server's words where it has any. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

export const UNREACHABLE: Problem = { code: 'NETWORK', message: '无法连接服务器，请检查网络后重试' };

export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  const error = (body as { error?: Partial<Problem> } | undefined)?.error;
  return {
    code: error?.code ?? 'UNKNOWN',
    message: error?.message ?? `服务暂时不可用（${String(response.status)}），请稍后重试`,
  };
}

let refreshing: Promise<boolean> | undefined;
/** Answers whether there is a valid access token afterwards. Parallel callers share one request. */
function refreshSession(): Promise<boolean> {
  refreshing ??= fetch('/auth/refresh', { method: 'POST', credentials: 'same-origin' })
    .then(async (response) => {
      if (!response.ok) return false;
      begin((await response.json()) as TokenAnswer);
      return true;
    })
    .catch(() => false)
    .then((ok) => {
      if (!ok) end();
      refreshing = undefined;
      return ok;
    });
  return refreshing;
}

/** Takes up the login of an earlier visit, if there was one. */
export function resumeSession(): void {
  if (state.get() !== 'unknown') return;
  if (hasMark()) void refreshSession();
  else state.set('out');
}

export async function login(username: string, password: string, otp?: string): Promise<Problem | undefined> {
  const response = await fetch('/auth/login', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password, ...(otp ? { otp } : {}) }),
  }).catch(() => undefined);
  if (!response) return UNREACHABLE;
  if (!response.ok) return problemOf(response);
  begin((await response.json()) as TokenAnswer);
  return undefined;
}

/** Leaves through a page load, so that nothing of the login stays in memory. */
export async function logout(): Promise<void> {
  await fetch('/auth/logout', { method: 'POST', credentials: 'same-origin' }).catch(() => undefined);
  setMark(false);
  location.assign('/');
}

/** `fetch` with the bearer token, if there is one; it is refreshed before it ends or when the server refuses it. */
export async function authorizedFetch(path: string, init: RequestInit = {}): Promise<Response> {
  if (accessToken !== undefined && performance.now() > expiresAt - EARLY_MS) await refreshSession();
  const send = () => {
    const headers = new Headers(init.headers);
    if (accessToken !== undefined) headers.set('authorization', `Bearer ${accessToken}`);
    return fetch(path, { ...init, headers });
  };
  const first = await send();
  return first.status === 401 && accessToken !== undefined && (await refreshSession()) ? send() : first;
}
