import type { Types } from 'mongoose';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { feedPathOf } from '../template/index.ts';
import type { RecordContent } from './credit-record.model.ts';
import type { CreditRecordRepository, HeadDoc, SentDoc } from './credit-record.repository.ts';
import type { PushableRecord, RevisionHead } from './credit-record.types.ts';
import { personalContext } from './upsert.ts';

export interface RevisionId {
  readonly recordId: string;
  readonly revision: number;
}

type SentContent = Pick<RecordContent, 'fields' | 'personal' | 'contentHash'>;

function revisionIdOf({ recordId, revision }: RevisionId): string {
  return `${recordId}-${String(revision)}`;
}

function headOf({ _id, revision, kind, agencyId, naturalKey, contentHash }: HeadDoc): RevisionHead {
  return {
    recordId: _id.toHexString(),
    revision,
    currentRevision: revision,
    kind,
    agencyId: agencyId.toHexString(),
    naturalKey,
    contentHash,
  };
}

/** The encrypted columns of a revision, by field; empty where it has none. */
export function personalOf(
  cipher: FieldCipher,
  recordId: Types.ObjectId,
  { personal }: Pick<RecordContent, 'personal'>,
): Record<string, string> {
  if (personal === undefined) return {};
  return JSON.parse(cipher.decryptText(personal, personalContext(recordId))) as Record<string, string>;
}

/** Revisions as platforms are sent them, and as they are told from others without their columns. */
export class SentRecords {
  readonly #repository: CreditRecordRepository;
  readonly #cipher: FieldCipher;

  constructor(repository: CreditRecordRepository, cipher: FieldCipher) {
    this.#repository = repository;
    this.#cipher = cipher;
  }

  /** Those revisions that are stored, personal columns decrypted: for platforms only. */
  async pushable(ids: readonly RevisionId[]): Promise<PushableRecord[]> {
    const records = new Map(
      (await this.#repository.sentByIds([...new Set(ids.map(({ recordId }) => recordId))])).map((record) => [
        record._id.toHexString(),
        record,
      ]),
    );
    const older = ids.filter(({ recordId, revision }) => (records.get(recordId)?.revision ?? 0) > revision);
    const revisions = new Map(
      (older.length === 0 ? [] : await this.#repository.revisionsByIds(older.map(revisionIdOf))).map(
        (revision) => [revision._id, revision],
      ),
    );
    return ids.flatMap(({ recordId, revision }) => {
      const record = records.get(recordId);
      const content =
        record?.revision === revision ? record : revisions.get(revisionIdOf({ recordId, revision }));
      return record && content ? [this.#pushable(record, content, revision)] : [];
    });
  }

  #pushable(record: SentDoc, content: SentContent, revision: number): PushableRecord {
    return {
      recordId: record._id.toHexString(),
      revision,
      currentRevision: record.revision,
      kind: record.kind,
      sector: record.sector,
      feed: feedPathOf(record),
      counterpartKind: record.counterpartKind,
      agencyId: record.agencyId.toHexString(),
      naturalKey: record.naturalKey,
      contentHash: content.contentHash,
      fields: content.personal
        ? { ...content.fields, ...personalOf(this.#cipher, record._id, content) }
        : content.fields,
      decidedOn: record.decidedOn,
    };
  }

  /** Those revisions that are stored, in any order. At most some hundred at once. */
  async headsOf(ids: readonly RevisionId[]): Promise<RevisionHead[]> {
    const found = await this.#repository.headsByIds([...new Set(ids.map(({ recordId }) => recordId))]);
    const records = new Map(found.map((record) => [record._id.toHexString(), record]));
    const older = ids.filter(({ recordId, revision }) => (records.get(recordId)?.revision ?? 0) > revision);
    const hashes = new Map(
      (older.length === 0 ? [] : await this.#repository.revisionHashes(older.map(revisionIdOf))).map(
        ({ _id, contentHash }) => [_id, contentHash],
      ),
    );
    return ids.flatMap((id) => {
      const record = records.get(id.recordId);
      const contentHash =
        record?.revision === id.revision ? record.contentHash : hashes.get(revisionIdOf(id));
      return record && contentHash !== undefined ? [{ ...headOf(record), ...id, contentHash }] : [];
    });
  }

  /** The current revisions of records by their natural keys. At most some hundred at once. */
  async headsByKeys(naturalKeys: readonly string[]): Promise<RevisionHead[]> {
    return (await this.#repository.headsByKeys(naturalKeys)).map(headOf);
  }
}
