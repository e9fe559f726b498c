import { NotFoundError } from '../../lib/errors.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { CreditRecordService } from '../credit-record/index.ts';
import type { FeedService } from '../feed/index.ts';
import type { OutboxService } from '../outbox/index.ts';
import type { ReconciliationService } from '../reconciliation/index.ts';
import { eventsOfFinding, eventsOfOrigin, eventsOfProblem, eventsOfStory, inOrder } from './events.ts';
import type { ThreadEvent } from './thread.types.ts';

export interface ThreadDeps {
  readonly records: Pick<CreditRecordService, 'get' | 'origins'>;
  readonly outbox: Pick<OutboxService, 'story' | 'platformCodes'>;
  readonly feeds: Pick<FeedService, 'problems'>;
  readonly reconciliation: Pick<ReconciliationService, 'findingsOf'>;
}

/** 办理过程: what happened to a record between its agency, the centre and the platforms, told as one. */
export class ThreadService {
  readonly #deps: ThreadDeps;

  constructor(deps: ThreadDeps) {
    this.#deps = deps;
  }

  /**
   * The events of a record, oldest first: for the centre and the agency that supplies it.
   * @throws NotFoundError RECORD_NOT_FOUND for everybody else, the firm itself included; ForbiddenError without
   * `record:read`
   */
  async of(viewer: Viewer, recordId: string): Promise<ThreadEvent[]> {
    const { records, outbox, feeds, reconciliation } = this.#deps;
    const record = await records.get(viewer, recordId);
    const isCenter = viewer.kind === 'system' || viewer.can('record:decide-conflict');
    if (!isCenter && viewer.organizationId !== record.agencyId) throw new NotFoundError('RECORD_NOT_FOUND');
    const [origins, stories, problems, findings] = await Promise.all([
      records.origins(recordId),
      outbox.story(recordId),
      feeds.problems.ofRecord(recordId, outbox.platformCodes()),
      reconciliation.findingsOf(recordId),
    ]);
    return inOrder([
      ...origins.map(eventsOfOrigin),
      ...stories.flatMap(eventsOfStory),
      ...problems.flatMap(eventsOfProblem),
      ...findings.flatMap(eventsOfFinding),
    ]);
  }
}
