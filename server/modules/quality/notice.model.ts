import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';

/** 即将到期、逾期未报、漏报，督办单下达、退回、办结 */
export const NOTICE_KINDS = [
  'DUE_SOON',
  'OVERDUE',
  'GAP',
  'ORDER_ISSUED',
  'ORDER_RETURNED',
  'ORDER_CLOSED',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** A word to an organization, shown until somebody there has read it. */
export interface NoticeDoc {
  /** What makes it unique: the same notice is sent once. */
  _id: string;
  organizationId: Types.ObjectId;
  kind: NoticeKind;
  /** What the text is made of: feed, period, due day, number of the order. */
  params: Record<string, string>;
  at: Date;
  read: boolean;
}

const KEEP_S = 400 * 86_400;

export const noticeSchema = new Schema<NoticeDoc>(
  {
    _id: { type: String, required: true },
    organizationId: { type: Schema.Types.ObjectId, required: true },
    kind: { type: String, enum: NOTICE_KINDS, required: true },
    params: { type: Schema.Types.Mixed, required: true },
    at: { type: Date, required: true },
    read: { type: Boolean, required: true },
  } as never,
  baseOptions,
);
noticeSchema.index({ organizationId: 1, read: 1, at: -1, _id: -1 });
noticeSchema.index({ at: 1 }, { expireAfterSeconds: KEEP_S });
