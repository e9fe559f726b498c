import { Schema, type Types } from 'mongoose';
import { ROLES, type Role } from '../../auth/roles.ts';
import { baseOptions } from '../../db/base-schema.ts';

export interface ApiClientDoc {
  /** The client id. */
  _id: string;
  name: string;
  /** Keyed hash; the secret has 256 random bits, so nothing slower is needed. */
  secretHash: string;
  organizationId: Types.ObjectId;
  roles: Role[];
  active: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export const apiClientSchema = new Schema<ApiClientDoc>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    secretHash: { type: String, required: true },
    organizationId: { type: Schema.Types.ObjectId, required: true },
    roles: { type: [String], enum: ROLES, required: true },
    active: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  baseOptions,
);
