import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import type { CounterpartKind, RecordKind, RecordOrigin } from '../template/index.ts';

/** What the public may see of a record, masked; nothing else is in here. */
export interface PublicationDoc {
  /** Id of the record. */
  _id: Types.ObjectId;
  revision: number;
  kind: RecordKind;
  sector: string;
  /** Path of the feed; left out where `feedPathOf` tells it from sector and kind. */
  feed?: string;
  /** Where the record came from when none of our agencies reported it. */
  origin?: RecordOrigin;
  counterpartKind: CounterpartKind;
  counterpartName: string;
  uscc?: string;
  documentNumber: string;
  authorityName: string;
  decidedOn: CivilDate;
  shownFrom: CivilDate;
  shownUntil: CivilDate;
  /** Public columns by field name. */
  fields: Record<string, string>;
}

export const publicationSchema = new Schema<PublicationDoc>(
  {
    revision: { type: Number, required: true },
    kind: { type: String, required: true },
    sector: { type: String, required: true },
    feed: String,
    origin: String,
    counterpartKind: { type: String, required: true },
    counterpartName: { type: String, required: true },
    uscc: String,
    documentNumber: { type: String, required: true },
    authorityName: { type: String, required: true },
    decidedOn: { type: String, required: true },
    shownFrom: { type: String, required: true },
    shownUntil: { type: String, required: true },
    fields: { type: Schema.Types.Mixed, required: true },
  } as never,
  baseOptions,
);
publicationSchema.index({ decidedOn: -1, _id: -1 });
publicationSchema.index({ uscc: 1, decidedOn: -1, _id: -1 }, { sparse: true });
publicationSchema.index({ documentNumber: 1 });
