import { Types } from 'mongoose';
import type { Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { civilDateOf } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AuditService } from '../audit/index.ts';
import type { OutboxService } from '../outbox/index.ts';
import type { Finding } from './compare-day.ts';
import type { DifferenceDoc, RunDoc } from './reconciliation.model.ts';
import type { ReconciliationRepository } from './reconciliation.repository.ts';

/** Of a run that finds more than a person can look through the first are kept; all are counted, all are mended. */
const KEPT = 10_000;
const BEAT_MS = 10_000;

interface FindingsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: AuditService;
  readonly outbox: Pick<OutboxService, 'holdings'>;
  readonly repository: ReconciliationRepository;
  readonly viewer: Viewer;
  readonly run: RunDoc;
}

/** Takes what a run finds: mends it where that was asked for, and keeps the list. */
export class Findings {
  repaired = 0;
  #kept = 0;
  #beat = 0;
  readonly #deps: FindingsDeps;

  constructor(deps: FindingsDeps) {
    this.#deps = deps;
  }

  async take(findings: readonly Finding[]): Promise<void> {
    const { repository, run, clock } = this.#deps;
    const mended = run.repair ? await this.#mend(findings) : new Set<string>();
    this.repaired += mended.size;
    const kept = findings.slice(0, KEPT - this.#kept);
    this.#kept += kept.length;
    await repository.addDifferences(kept.map((finding) => this.#docOf(finding, mended)));
    if (performance.now() - this.#beat < BEAT_MS) return;
    this.#beat = performance.now();
    await repository.update(run._id, { beatAt: clock.now(), repaired: this.repaired });
  }

  /** @returns the members that were put in again, `<recordId>:<revision>` */
  async #mend(findings: readonly Finding[]): Promise<Set<string>> {
    const { db, clock, audit, outbox, viewer, run } = this.#deps;
    const members = findings.flatMap((finding) => memberOf(finding) ?? []);
    const before = findings[0]?.askedAt;
    if (members.length === 0 || !before) return new Set();
    return db.inTransaction(async (tx) => {
      const put = await outbox.holdings.requeue(run.platform, members, { before, now: clock.now() }, tx);
      if (put.length > 0) {
        const detail = { platform: run.platform, day: run.day, items: put.length };
        const object = `reconciliation:${run._id.toHexString()}`;
        await audit.record(viewer, { action: 'reconciliation:repair', object, result: 'OK', detail }, tx);
      }
      return new Set(put);
    });
  }

  #docOf(finding: Finding, mended: ReadonlySet<string>): DifferenceDoc {
    const { place, kind, recordId, revision, hashHere, there } = finding;
    return {
      _id: new Types.ObjectId(),
      run: this.#deps.run._id,
      kind,
      agency: place.agency,
      recordKind: place.kind,
      key: place.key,
      ...(recordId === undefined ? {} : { recordId }),
      ...(revision === undefined ? {} : { revision }),
      ...(hashHere === undefined ? {} : { hashHere }),
      ...(there ? { hashThere: there.contentHash, dayThere: civilDateOf(new Date(there.acceptedAt)) } : {}),
      repairable: finding.repair !== undefined,
      repaired: mended.has(memberOf(finding) ?? ''),
      at: this.#deps.clock.now(),
    };
  }
}

function memberOf({ recordId, repair }: Finding): string | undefined {
  return recordId === undefined || repair === undefined ? undefined : `${recordId}:${String(repair)}`;
}
