/** How long a request may still take once the process is to stop: its fate can be asked for by another. */
const STOP_GRACE_MS = 3000;

/** Runs a request under a time limit, and under a short one from the stop on. */
export async function limited<T>(
  ms: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  let timer = setTimeout(() => limit.abort(), ms);
  const hurry = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => limit.abort(), Math.min(ms, STOP_GRACE_MS));
  };
  if (stop.aborted) hurry();
  stop.addEventListener('abort', hurry);
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', hurry);
  }
}
