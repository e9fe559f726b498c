import { Schema, type mongo } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import type { CapitalWarning } from '../../lib/registered-capital.ts';

/** BASE: from the register of enterprises; PROVISIONAL: only a record named it. */
export type SubjectOrigin = 'BASE' | 'PROVISIONAL';

export interface SubjectCapital {
  /** As registered, unit included. */
  text: string;
  /** Hundredths of the currency: 分 for CNY. */
  fen?: mongo.Long;
  currency?: string;
  warning?: CapitalWarning;
}

export interface SubjectDoc {
  /** Unified social credit code. */
  _id: string;
  name: string;
  /** Pairs of neighbouring characters of the normalised name; see subject-name.ts. */
  grams: string[];
  type?: string;
  status: string;
  origin: SubjectOrigin;
  /** Registered names it had before, oldest first. */
  formerNames: string[];
  foundedOn?: CivilDate;
  capital?: SubjectCapital;
  scope?: string;
  province?: string;
  region?: string;
  address?: string;
  /** Over what the register says; empty for provisional ones. */
  contentHash: string;
  updatedAt: Date;
}

const text = { type: String };

export const subjectSchema = new Schema<SubjectDoc>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    grams: { type: [String], required: true },
    type: text,
    status: { type: String, required: true },
    origin: { type: String, enum: ['BASE', 'PROVISIONAL'], required: true },
    formerNames: { type: [String], required: true },
    foundedOn: text,
    capital: {
      type: new Schema<SubjectCapital>(
        { text, fen: { type: Schema.Types.BigInt }, currency: text, warning: text },
        { ...baseOptions, _id: false },
      ),
    },
    scope: text,
    province: text,
    region: text,
    address: text,
    contentHash: { type: String },
    updatedAt: { type: Date, required: true },
  },
  baseOptions,
);
// Name search walks one gram in the order of the codes.
subjectSchema.index({ grams: 1, _id: 1 });
