import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { NumberedFile } from './platforms/types.ts';

/**
 * OPEN: about to leave or on its way, under a lease. ASKING: no word on some items, to be asked for. WAITING: receipts
 * were announced. DONE: every item has left the batch.
 */
export type BatchState = 'OPEN' | 'ASKING' | 'WAITING' | 'DONE';

/** One request to a platform. Written before it leaves, so that its fate can always be asked for. */
export interface PushBatchDoc {
  /** The token the platform knows it by. */
  _id: string;
  platform: string;
  state: BatchState;
  /** Lots that are still open under this token. */
  lots: Types.ObjectId[];
  /** How many items went. */
  n: number;
  owner: string;
  /** Until then only the owner may touch it. */
  lease: Date;
  /** When it is to be asked for. */
  at: Date;
  /** How often it was asked for in vain. */
  asks: number;
  createdAt: Date;
  /** Names of the files it goes in, where the platform takes files; their numbers were taken with the batch. */
  files?: NumberedFile[];
}

export const pushBatchSchema = new Schema<PushBatchDoc>(
  {
    _id: { type: String, required: true },
    platform: { type: String, required: true },
    state: { type: String, enum: ['OPEN', 'ASKING', 'WAITING', 'DONE'], required: true },
    lots: { type: [Schema.Types.ObjectId], required: true },
    n: { type: Number, required: true },
    owner: { type: String, required: true },
    lease: { type: Date, required: true },
    at: { type: Date, required: true },
    asks: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    files: { type: [Schema.Types.Mixed], default: undefined } as never,
  },
  baseOptions,
);
pushBatchSchema.index({ platform: 1, state: 1, at: 1 });

/** What a platform said, as it came. The same words on the same batch are kept once. */
export interface PushReceiptDoc {
  /** Hash of platform, token and body. */
  _id: string;
  platform: string;
  token: string;
  via: 'ANSWER' | 'STATUS' | 'CALLBACK';
  at: Date;
  /** Compressed, then encrypted: platforms like to quote the data they refuse. */
  body: Buffer;
}

export const pushReceiptSchema = new Schema<PushReceiptDoc>(
  {
    _id: { type: String, required: true },
    platform: { type: String, required: true },
    token: { type: String, required: true },
    via: { type: String, enum: ['ANSWER', 'STATUS', 'CALLBACK'], required: true },
    at: { type: Date, required: true },
    body: { type: Buffer, required: true },
  },
  baseOptions,
);
pushReceiptSchema.index({ token: 1 });

/** A nonce of a signed receipt, kept longer than its signature holds. */
export interface ReceiptNonceDoc {
  _id: string;
  at: Date;
}

export const receiptNonceSchema = new Schema<ReceiptNonceDoc>(
  { _id: { type: String, required: true }, at: { type: Date, required: true } },
  baseOptions,
);
receiptNonceSchema.index({ at: 1 }, { expireAfterSeconds: 20 * 60 });

/** What a batch in files holds, until its fate is known: the same name must never come with another content. */
export interface PushFileDoc {
  /** Token of the batch. */
  _id: string;
  platform: string;
  /** `<recordId>:<revision>` each that the files hold, parted by spaces. */
  members: string;
  /** The zip, encrypted. */
  body: Buffer;
}

export const pushFileSchema = new Schema<PushFileDoc>(
  {
    _id: { type: String, required: true },
    platform: { type: String, required: true },
    members: { type: String },
    body: { type: Buffer, required: true },
  },
  baseOptions,
);

/** The last file number that was taken for a platform on a day. */
export interface PushSequenceDoc {
  /** `<platform>:<YYYY-MM-DD>` */
  _id: string;
  last: number;
}

export const pushSequenceSchema = new Schema<PushSequenceDoc>(
  { _id: { type: String, required: true }, last: { type: Number, required: true } },
  baseOptions,
);
