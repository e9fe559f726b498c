import { Schema, type ClientSession, type Model } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { Db } from '../../db/connect.ts';
import { retryWhenLost } from '../../db/native.ts';
import { InputError } from '../../lib/errors.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import { columnName, type RecordKind, type RecordOrigin } from '../template/index.ts';
import type { CreditRecordDoc } from './credit-record.model.ts';
import type { CreditRecord } from './present.ts';
import type { ReturnedFinding } from './returned.ts';

/** A record of ours that the level above holds otherwise, as its last way down said. */
export interface ReturnedDifferenceDoc extends Omit<ReturnedFinding, 'there'> {
  /** `<recordId>-<sector>` of the returned feed. */
  _id: string;
  /** What it says, by field; public columns only. */
  there: Record<string, string>;
  foundAt: Date;
  /** When it was said last. */
  seenAt: Date;
}

const returnedDifferenceSchema = new Schema<ReturnedDifferenceDoc>(
  {
    _id: { type: String, required: true },
    recordId: { type: Schema.Types.ObjectId, required: true },
    agencyId: { type: Schema.Types.ObjectId, required: true },
    kind: { type: String, required: true },
    feed: { type: String, required: true },
    returnedBy: { type: String, required: true },
    origin: { type: String, required: true },
    batchId: { type: Schema.Types.ObjectId, required: true },
    seq: { type: Number, required: true },
    there: { type: Schema.Types.Mixed, required: true },
    foundAt: { type: Date, required: true },
    seenAt: { type: Date, required: true },
  } as never,
  baseOptions,
);
returnedDifferenceSchema.index({ foundAt: -1, _id: 1 });

function idOf({ recordId, returnedBy }: ReturnedFinding): string {
  return `${recordId.toHexString()}-${returnedBy.slice(0, returnedBy.indexOf('/'))}`;
}

/** A difference as the centre sees it. */
export interface ReturnedDifference {
  readonly id: string;
  readonly recordId: string;
  readonly agencyId: string;
  readonly kind: RecordKind;
  /** Feed our record came by, and the one that came down. */
  readonly feed: string;
  readonly returnedBy: string;
  readonly origin: RecordOrigin;
  readonly documentNumber: string;
  /** Of a natural person the masked name. */
  readonly counterpartName: string;
  /** Chinese names of the columns, with what either side says. */
  readonly columns: readonly { readonly name: string; readonly here: string; readonly there: string }[];
  readonly foundAt: Date;
  readonly seenAt: Date;
}

function presentDifference(
  { _id, there, batchId: _batch, seq: _seq, ...difference }: ReturnedDifferenceDoc,
  record: CreditRecord | undefined,
  here: Readonly<Record<string, string>>,
): ReturnedDifference {
  return {
    ...difference,
    id: _id,
    recordId: difference.recordId.toHexString(),
    agencyId: record?.agencyId ?? difference.agencyId.toHexString(),
    documentNumber: record?.documentNumber ?? '',
    counterpartName: record?.counterpartName ?? '',
    columns: Object.entries(there)
      .filter(([field, value]) => here[field] !== value)
      .map(([field, value]) => ({
        name: columnName(difference.feed, field),
        here: here[field] ?? '',
        there: value,
      })),
  };
}

interface DifferencePlace {
  readonly foundAt: Date;
  readonly id: string;
}

/** @throws InputError CURSOR_INVALID */
function placeOfDifference(cursor: string | undefined): DifferencePlace | undefined {
  if (cursor === undefined) return undefined;
  const [at, id] = decodeCursor(cursor, 2);
  const foundAt = new Date(String(at));
  if (Number.isNaN(foundAt.getTime())) throw new InputError(['after'], 'CURSOR_INVALID');
  return { foundAt, id: String(id) };
}

/** Kept until the level above says the same as we. */
export class ReturnedDifferences {
  readonly #differences: Model<ReturnedDifferenceDoc>;

  constructor(db: Db) {
    this.#differences = db.model('ReturnedDifference', returnedDifferenceSchema, 'returned_differences');
  }

  /** Notes what differs, and forgets what no longer does. */
  async note(findings: readonly ReturnedFinding[], now: Date, tx: ClientSession): Promise<void> {
    if (findings.length === 0) return;
    const last = new Map(findings.map((finding) => [idOf(finding), finding]));
    const operations = [...last].map(([_id, finding]) =>
      Object.keys(finding.there).length === 0
        ? { deleteOne: { filter: { _id } } }
        : {
            updateOne: {
              filter: { _id },
              update: { $set: { ...finding, seenAt: now }, $setOnInsert: { foundAt: now } },
              upsert: true,
            },
          },
    );
    await retryWhenLost(() => this.#differences.collection.bulkWrite(operations as never, { session: tx }));
  }

  /** Newest first, beside our records as they are now. @throws InputError on a bad page or cursor */
  async page(
    page: PageArgs,
    recordsOf: (ids: readonly string[]) => Promise<readonly CreditRecordDoc[]>,
    present: (record: CreditRecordDoc) => CreditRecord,
  ): Promise<Page<ReturnedDifference>> {
    const first = pageSize(page);
    const after = placeOfDifference(page.after);
    const found = await this.#find(after, first + 1);
    const ids = [...new Set(found.map(({ recordId }) => recordId.toHexString()))];
    const records = new Map((await recordsOf(ids)).map((record) => [record._id.toHexString(), record]));
    return pageOf(
      found,
      first,
      ({ foundAt, _id }) => [foundAt.toISOString(), _id],
      (difference) => {
        const record = records.get(difference.recordId.toHexString());
        return presentDifference(difference, record && present(record), record?.fields ?? {});
      },
    );
  }

  #find(after: DifferencePlace | undefined, limit: number): Promise<ReturnedDifferenceDoc[]> {
    const place = after
      ? { $or: [{ foundAt: { $lt: after.foundAt } }, { foundAt: after.foundAt, _id: { $gt: after.id } }] }
      : {};
    return this.#differences.collection
      .find(place as never)
      .sort({ foundAt: -1, _id: 1 })
      .limit(limit)
      .toArray() as never;
  }
}
