export const THREAD_STEPS = [
  'ACCEPTED',
  'ENQUEUED',
  'SENT',
  'TAKEN',
  'REFUSED',
  'PROBLEM',
  'CORRECTED',
  'RETRY',
  'CONFIRMED',
  'GIVEN_UP',
  'SUPERSEDED',
  'DIFFERENCE',
  'REPAIRED',
] as const;

/** What happened; the order is that of things that happen at one instant. */
export type ThreadStep = (typeof THREAD_STEPS)[number];

/** One event in the life of a record between its agency, the centre and the platforms. */
export interface ThreadEvent {
  readonly at: Date;
  readonly step: ThreadStep;
  readonly revision?: number;
  /** Code of the platform. */
  readonly platform?: string;
  /** SENT: the how manieth time to this platform, of this revision. */
  readonly attempt?: number;
  /** REFUSED, RETRY, GIVEN_UP: the platform's code, or ours; DIFFERENCE: how it differs. */
  readonly code?: string;
  /** The platform's words without numbers of natural persons, or reasons for the clerk. */
  readonly message?: string;
  /** ACCEPTED, CORRECTED: the batch that brought it; PROBLEM: the batch with the row. */
  readonly batchId?: string;
  /** ACCEPTED: ordinal of the row in the batch; PROBLEM: row of the sheet, unless a platform found it. */
  readonly row?: number;
  /** PROBLEM, CORRECTED. */
  readonly problemId?: string;
}
