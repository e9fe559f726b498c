import { useEffect, useEffectEvent, useState } from 'react';
import { isFinal, waitForBatch, type BatchProgress } from './batch-api.ts';

/** Between two questions, should the server not hold its answer back. */
const PAUSE_MS = 1000;

/**
 * Follows a batch that is being worked.
 * @returns the last that was heard of it, and what is wrong when it cannot be followed
 */
export function useBatchProgress(
  batchId: string,
  active: boolean,
  onFinal: () => void,
): { progress: BatchProgress | undefined; problem: string | undefined } {
  const [progress, setProgress] = useState<BatchProgress>();
  const [problem, setProblem] = useState<string>();
  const final = useEffectEvent(onFinal);

  useEffect(() => {
    if (!active) return undefined;
    const stop = new AbortController();
    const follow = async () => {
      while (!stop.signal.aborted) {
        const answer = await waitForBatch(batchId, stop.signal);
        if (stop.signal.aborted) return;
        if (answer.ok) setProgress(answer.value);
        setProblem(answer.ok ? undefined : answer.problem.message);
        if (answer.ok && isFinal(answer.value.status)) {
          final();
          return;
        }
        await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
    };
    void follow();
    return () => stop.abort();
  }, [batchId, active]);

  return { progress, problem };
}
