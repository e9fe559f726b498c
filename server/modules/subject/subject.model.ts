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

export interface FormerName {
  name: string;
  /** Day of the change; unknown where exports without a day told it. */
  until?: CivilDate;
}

/** What a register says of a subject. */
export interface RegisteredFacts {
  name: string;
  /** State in the register 登记状态, a name of `schema/codes/registration-states.json`. */
  status?: string;
  /** 法定代表人, of an individual business 经营者. */
  legalRepresentative?: string;
  type?: string;
  foundedOn?: CivilDate;
  capital?: SubjectCapital;
  scope?: string;
  province?: string;
  region?: string;
  address?: string;
}

/** What became of a subject by all that is registered of it. */
export interface SubjectState extends RegisteredFacts {
  status: string;
  /** Day on which it came into this state, where a registration told it. */
  statusSince?: CivilDate;
  /** Registered names it had before, newest first. */
  formerNames: FormerName[];
  /** Day of its newest registration; without one, exports without a day are all that is known. */
  registeredOn?: CivilDate;
}

export interface SubjectDoc extends SubjectState {
  /** Unified social credit code. */
  _id: string;
  /** Pairs of neighbouring characters of the normalised names, former ones included; see subject-name.ts. */
  grams: string[];
  origin: SubjectOrigin;
  /** Over the last row without a day; empty where there was none. */
  contentHash: string;
  updatedAt: Date;
}

const text = { type: String };

const capital = new Schema<SubjectCapital>(
  { text, fen: { type: Schema.Types.BigInt }, currency: text, warning: text },
  { ...baseOptions, _id: false },
);

export const formerNameSchema = new Schema<FormerName>(
  { name: { type: String, required: true }, until: text },
  { ...baseOptions, _id: false },
);

export const factShape = {
  name: { type: String, required: true },
  status: text,
  legalRepresentative: text,
  type: text,
  foundedOn: text,
  capital: { type: capital },
  scope: text,
  province: text,
  region: text,
  address: text,
};

export const subjectSchema = new Schema<SubjectDoc>(
  {
    ...factShape,
    _id: { type: String, required: true },
    grams: { type: [String], required: true },
    status: { type: String, required: true },
    statusSince: text,
    origin: { type: String, enum: ['BASE', 'PROVISIONAL'], required: true },
    formerNames: { type: [formerNameSchema], required: true },
    registeredOn: text,
    contentHash: { type: String },
    updatedAt: { type: Date, required: true },
  },
  baseOptions,
);
// Name search walks one gram in the order of the codes.
subjectSchema.index({ grams: 1, _id: 1 });
