import { authorizedFetch, problemOf, UNREACHABLE, type Problem } from '../../shared/session.ts';

export interface Uploaded {
  readonly batchId: string;
  readonly status: string;
  /** The same file came before as this batch. */
  readonly duplicateOf?: string;
}

export interface BatchProgress {
  readonly batchId: string;
  readonly status: string;
  readonly rows: Readonly<
    Record<'read' | 'inserted' | 'updated' | 'unchanged' | 'conflict' | 'refused', number>
  >;
}

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

async function call<T>(path: string, init?: RequestInit): Promise<Answer<T>> {
  try {
    const response = await authorizedFetch(path, init);
    if (!response.ok) return { ok: false, problem: await problemOf(response) };
    return { ok: true, value: (await response.json()) as T };
  } catch {
    // Not reached, or cut off in the middle of the answer.
    return { ok: false, problem: UNREACHABLE };
  }
}

/** `again` has a file that came before worked again. */
export function uploadFile(feed: string, file: File, again: boolean): Promise<Answer<Uploaded>> {
  const body = new FormData();
  body.append('file', file, file.name);
  return call<Uploaded>(`/feeds/${feed}/batches${again ? '?again=true' : ''}`, { method: 'POST', body });
}

const FINAL = new Set(['INGESTED', 'PARTLY_INGESTED', 'FAILED']);
export function isFinal(status: string): boolean {
  return FINAL.has(status);
}

/** The server holds the answer back for up to 30 seconds while the batch is being worked. */
export function waitForBatch(batchId: string, signal: AbortSignal): Promise<Answer<BatchProgress>> {
  return call<BatchProgress>(`/feeds/batches/${encodeURIComponent(batchId)}?wait=30`, { signal });
}
