import type { CivilDate } from '../../lib/civil-date.ts';
import type {
  CounterpartKind,
  DecisionState,
  Generation,
  RecordKind,
  RecordOrigin,
} from '../template/index.ts';

/** One validated row in the terms of the current template, ready to be stored. */
export interface RecordDraft {
  /** `<sector>/<feed>` */
  readonly feed: string;
  readonly kind: RecordKind;
  readonly counterpartKind: CounterpartKind;
  readonly counterpartName: string;
  /** Absent for natural persons, and for individual businesses that have no code. */
  readonly uscc?: string;
  /** 文书号; for records that have none, what tells them apart. */
  readonly documentNumber: string;
  readonly authorityName: string;
  readonly authorityCode: string;
  readonly decidedOn: CivilDate;
  readonly validFrom?: CivilDate;
  /** 2099-12-31 is 长期. */
  readonly validTo?: CivilDate;
  /** 公示截止期 as the agency gave it. */
  readonly publicUntil?: CivilDate;
  readonly state: DecisionState;
  /** Atomic values of 处罚类别; empty for licences. */
  readonly penaltyKinds: readonly string[];
  /** 罚款金额, 没收金额 in fen. */
  readonly fineFen?: bigint;
  readonly confiscatedFen?: bigint;
  /**
   * Every non-empty column by its field name of `schema/feed/g3`, as normalised text (dates YYYY-MM-DD, amounts in
   * 万元 as a plain decimal). Holds no number of a natural person, and for a natural person not the name either.
   */
  readonly fields: Readonly<Record<string, string>>;
  /** The columns left out of `fields`: identity numbers, names of natural persons. Stored encrypted. */
  readonly personal: Readonly<Record<string, string>>;
  readonly generation: Generation;
}

/** What one row of a batch did to the store. */
export type RowOutcome = 'INSERTED' | 'UPDATED' | 'UNCHANGED' | 'CONFLICT' | 'REFUSED';

/** A record whose current revision changed; what publication and outbox need to know of it. */
export interface RecordChange {
  readonly recordId: string;
  readonly revision: number;
  readonly kind: RecordKind;
  readonly sector: string;
  /** `<sector>/<feed>` */
  readonly feed: string;
  readonly counterpartKind: CounterpartKind;
  readonly agencyId: string;
  /** Present where none of our agencies reported it. */
  readonly origin?: RecordOrigin;
  /** Day since which a repair keeps it from the public. */
  readonly repairedOn?: CivilDate;
}

/** What tells a revision from others, without its columns. */
export type RevisionHead = Pick<
  PushableRecord,
  'recordId' | 'revision' | 'currentRevision' | 'kind' | 'agencyId' | 'naturalKey' | 'contentHash'
>;

/** One revision as it is sent upstream. */
export interface PushableRecord {
  readonly recordId: string;
  readonly revision: number;
  /** Highest revision stored; an item of a lower one is superseded. */
  readonly currentRevision: number;
  readonly kind: RecordKind;
  readonly sector: string;
  /** `<sector>/<feed>` */
  readonly feed: string;
  readonly counterpartKind: CounterpartKind;
  readonly agencyId: string;
  /** Stable over all revisions of the decision: hash of kind, document number, counterpart, authority. */
  readonly naturalKey: string;
  /** SHA-256 of the content of this revision. */
  readonly contentHash: string;
  /** Columns by field name, personal ones included: decrypted for the platform only. */
  readonly fields: Readonly<Record<string, string>>;
  readonly decidedOn: CivilDate;
}
