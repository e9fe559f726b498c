import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';

export const ORGANIZATION_KINDS = ['AGENCY', 'CENTER', 'BANK', 'ENTERPRISE'] as const;

export type OrganizationKind = (typeof ORGANIZATION_KINDS)[number];

export interface OrganizationDoc {
  _id: Types.ObjectId;
  kind: OrganizationKind;
  name: string;
  uscc: string;
  /** Slugs of the sectors an agency reports for; empty for the other kinds. */
  sectors: string[];
  active: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export const organizationSchema = new Schema<OrganizationDoc>(
  {
    kind: { type: String, enum: ORGANIZATION_KINDS, required: true },
    name: { type: String, required: true },
    uscc: { type: String, required: true },
    sectors: { type: [String], required: true },
    active: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  baseOptions,
);
organizationSchema.index({ uscc: 1 }, { unique: true });
organizationSchema.index({ sectors: 1, kind: 1 });
organizationSchema.index({ name: 1, _id: 1 });
