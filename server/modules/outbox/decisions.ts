import type { FateAnswer, PushAnswer } from './platforms/types.ts';
import type { PushBatchDoc } from './push-batch.model.ts';
import {
  byVerdict,
  faultTarget,
  turnedDownTarget,
  verdictTarget,
  type Settling,
  type Verdict,
} from './settle.ts';

/** What becomes of the open items of a batch that was asked for. */
export function fateDecision(
  fate: Exclude<FateAnswer, { kind: 'FAILED' }>,
  batch: PushBatchDoc,
  numbered: boolean,
  now: Date,
): Settling['decide'] {
  if (fate.kind === 'KNOWN') return byVerdict(fate.outcomes, 'FREE', now);
  // Files that were in place, and are no longer, are being worked there.
  const isThere = fate.kind === 'PLACED' || (numbered && batch.files !== undefined);
  if (isThere) return (lot) => always(verdictTarget(lot, { result: 'pending' }, now));
  return (lot, of) => always(faultTarget(lot, of, now, 'NEVER_SEEN'));
}

/**
 * What becomes of the open items of a batch that was sent.
 * @param placed what is to be noted of each item once it is in place
 */
export function answerDecision(
  answer: PushAnswer,
  placed: ReadonlyMap<string, Verdict>,
  now: Date,
): Settling['decide'] {
  switch (answer.kind) {
    case 'ANSWER':
      return byVerdict(answer.outcomes, 'KEEP', now);
    case 'PLACED':
      return byVerdict(placed, 'FREE', now);
    case 'UNKNOWN':
      return () => () => undefined;
    case 'NOT_SENT':
      return (lot, batch) => always(faultTarget(lot, batch, now, answer.code));
    case 'TURNED_DOWN':
      return (lot, batch) =>
        always((answer.ours ? turnedDownTarget : faultTarget)(lot, batch, now, answer.code));
  }
}

function always<T>(value: T): () => T {
  return () => value;
}
