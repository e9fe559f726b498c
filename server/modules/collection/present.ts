import { messageOf } from '../../lib/messages.ts';
import { scrubPersonal } from '../../lib/scrub.ts';
import type { Cursor } from './pull.ts';
import type { RunDoc } from './run.model.ts';
import type { RunFault, SourceDoc } from './source.model.ts';

/** A source as the centre sees it; its secret is never shown. */
export interface CollectionSource extends Omit<
  SourceDoc,
  '_id' | 'agencyId' | 'secret' | 'cursor' | 'runId' | 'error' | 'updatedAt'
> {
  readonly code: string;
  readonly agencyId: string;
  readonly hasSecret: boolean;
  /** How far it has been read, in words of the source. */
  readonly cursor?: string;
  /** Set while it waits because it keeps failing. */
  readonly pausedUntil?: Date;
  /** Seconds since the instant up to which everything it had is here; absent before the first success. */
  readonly lagSeconds?: number;
  readonly error?: string;
  readonly errorText?: string;
}

export interface CollectionRun extends Omit<
  RunDoc,
  '_id' | 'expiresAt' | 'cursorBefore' | 'cursorAfter' | 'error'
> {
  readonly id: string;
  readonly cursorBefore?: string;
  readonly cursorAfter?: string;
  readonly error?: string;
  readonly errorText?: string;
}

/** Runs that failed in a row, from which on a source counts as paused until its next try. */
const FAILURES_TO_PAUSE = 3;

function cursorText({ watched, next, high, key, at }: Cursor): string {
  if (watched) return messageOf('COLLECT_FILES_WAITING', { n: watched.length });
  return scrubPersonal([next, high, at, key].filter((part) => part !== undefined).join(' / '));
}

function cursorOf<N extends string>(name: N, cursor: Cursor | undefined): { [K in N]?: string } {
  return (cursor ? { [name]: cursorText(cursor) } : {}) as { [K in N]?: string };
}

function errorOf(error: RunFault | undefined): { error?: string; errorText?: string } {
  return error ? { error: error.code, errorText: messageOf(error.code, error.params) } : {};
}

export function presentSource(doc: SourceDoc, now: Date): CollectionSource {
  const { _id, agencyId, secret, cursor, runId: _run, error, updatedAt: _at, ...source } = doc;
  const paused = doc.enabled && doc.failures >= FAILURES_TO_PAUSE && doc.dueAt > now;
  const upTo = Math.max(doc.doneAt?.getTime() ?? 0, doc.newestAt?.getTime() ?? 0);
  return {
    ...source,
    code: _id,
    agencyId: agencyId.toHexString(),
    hasSecret: secret !== undefined,
    ...cursorOf('cursor', cursor),
    ...(paused ? { pausedUntil: doc.dueAt } : {}),
    ...(upTo > 0 ? { lagSeconds: Math.max(0, Math.floor((now.getTime() - upTo) / 1000)) } : {}),
    ...errorOf(error),
  };
}

export function presentRun(doc: RunDoc): CollectionRun {
  const { _id, expiresAt: _end, cursorBefore, cursorAfter, error, ...run } = doc;
  return {
    ...run,
    id: _id.toHexString(),
    ...cursorOf('cursorBefore', cursorBefore),
    ...cursorOf('cursorAfter', cursorAfter),
    ...errorOf(error),
  };
}
