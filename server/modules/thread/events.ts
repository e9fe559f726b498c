import { messageOf } from '../../lib/messages.ts';
import { scrubPersonal } from '../../lib/scrub.ts';
import type { RevisionOrigin } from '../credit-record/index.ts';
import type { ProblemRowDoc } from '../feed/index.ts';
import type { RevisionStory } from '../outbox/index.ts';
import type { RecordFinding } from '../reconciliation/index.ts';
import { THREAD_STEPS, type ThreadEvent, type ThreadStep } from './thread.types.ts';

export type ProblemHead = Omit<ProblemRowDoc, 'sealed'>;

const SAID: Readonly<Record<RevisionStory['said'][number]['result'], ThreadStep>> = {
  accepted: 'CONFIRMED',
  refused: 'REFUSED',
  pending: 'TAKEN',
  retry: 'RETRY',
};

/** Ends that come from us alone: no word of a platform tells of them. */
const OWN_ENDS: Readonly<Partial<Record<RevisionStory['state'], ThreadStep>>> = {
  DEAD: 'GIVEN_UP',
  SUPERSEDED: 'SUPERSEDED',
};

function words({
  code,
  message,
}: {
  code?: string;
  message?: string;
}): Pick<ThreadEvent, 'code' | 'message'> {
  return {
    ...(code === undefined ? {} : { code }),
    ...(message === undefined || message === '' ? {} : { message: scrubPersonal(message) }),
  };
}

/** What is known of one revision on its way to one platform. */
export function eventsOfStory(story: RevisionStory): ThreadEvent[] {
  const { platform, revision } = story;
  const place = { platform, revision };
  const events: ThreadEvent[] = [{ at: story.enqueuedAt, step: 'ENQUEUED', ...place }];
  story.sent.forEach((at, i) => events.push({ at, step: 'SENT', attempt: i + 1, ...place }));
  for (const said of story.said)
    events.push({ at: said.at, step: SAID[said.result], ...place, ...words(said) });
  const end = story.state === 'REFUSED' && story.local ? 'REFUSED' : OWN_ENDS[story.state];
  if (end)
    events.push({ at: story.since, step: end, ...place, ...(end === 'SUPERSEDED' ? {} : words(story)) });
  return events;
}

export function eventsOfOrigin({ revision, at, batchId, seq }: RevisionOrigin): ThreadEvent {
  return { at, step: 'ACCEPTED', revision, batchId, row: seq };
}

export function eventsOfProblem(row: ProblemHead): ThreadEvent[] {
  const { _id: problemId, batchId, createdAt, faults, seq, correctedAt, correctedBy } = row;
  const reasons = faults
    .filter(({ severity }) => severity !== 'WARNING')
    .map(({ column, code, params }) => `${column}：${messageOf(code, params)}`);
  const opened: ThreadEvent = {
    at: createdAt,
    step: 'PROBLEM',
    problemId,
    batchId: batchId.toHexString(),
    message: scrubPersonal(reasons.join('；')),
    ...(seq > 0 ? { row: row.row } : upstreamPlace(problemId)),
  };
  if (!correctedAt) return [opened];
  const by = correctedBy ? { batchId: correctedBy.toHexString() } : {};
  return [opened, { at: correctedAt, step: 'CORRECTED', problemId, ...by }];
}

/** A row that a platform found is named `<platform>:<recordId>:<revision>`. */
function upstreamPlace(problemId: string): Pick<ThreadEvent, 'platform' | 'revision'> {
  const [platform = '', , revision = ''] = problemId.split(':');
  return { platform, revision: Number(revision) };
}

export function eventsOfFinding({ at, kind, platform, revision, repaired }: RecordFinding): ThreadEvent[] {
  const place = { at, platform, ...(revision === undefined ? {} : { revision }) };
  return [
    { ...place, step: 'DIFFERENCE', code: kind },
    ...(repaired ? [{ ...place, step: 'REPAIRED' as const }] : []),
  ];
}

/** By time; what happened at one instant in the order in which it follows from each other. */
export function inOrder(events: readonly ThreadEvent[]): ThreadEvent[] {
  return events.toSorted(
    (a, b) => a.at.getTime() - b.at.getTime() || THREAD_STEPS.indexOf(a.step) - THREAD_STEPS.indexOf(b.step),
  );
}
