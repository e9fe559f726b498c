import { Schema } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';

export type AuditResult = 'OK' | 'DENIED' | 'FAILED';

export type AuditDetail = Readonly<Record<string, unknown>>;

export interface AuditEventDoc {
  /** Place in the chain, from 1 without gaps. */
  _id: number;
  at: Date;
  actor: string;
  action: string;
  object: string;
  result: AuditResult;
  detail: AuditDetail;
  /** Hash of the event before; 64 zeros for the first. */
  prevHash: string;
  hash: string;
}

export const auditEventSchema = new Schema<AuditEventDoc>(
  {
    _id: { type: Number, required: true },
    at: { type: Date, required: true },
    actor: { type: String, required: true },
    action: { type: String, required: true },
    object: { type: String, required: true },
    result: { type: String, enum: ['OK', 'DENIED', 'FAILED'], required: true },
    detail: { type: Schema.Types.Mixed, required: true },
    prevHash: { type: String, required: true },
    hash: { type: String, required: true },
  },
  baseOptions,
);
auditEventSchema.index({ actor: 1, _id: -1 });
auditEventSchema.index({ action: 1, _id: -1 });
auditEventSchema.index({ object: 1, _id: -1 });
