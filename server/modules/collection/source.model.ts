import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { Cursor } from './pull.ts';
import { SOURCE_KINDS } from './settings.ts';
import type { SettingsByKind, SourceKind } from './settings.types.ts';

export interface RunFault {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** One source 采集源: where rows of a feed are taken from, and how far that is. */
export interface SourceDoc {
  /** Its code. */
  _id: string;
  name: string;
  /** `<sector>/<kind>` */
  feed: string;
  agencyId: Types.ObjectId;
  kind: SourceKind;
  settings: SettingsByKind[SourceKind];
  /** Token, client secret or password, encrypted. */
  secret?: Buffer;
  everyMinutes: number;
  enabled: boolean;
  cursor?: Cursor;
  /** The run that may move the cursor. */
  runId?: Types.ObjectId;
  /** Runs that failed in a row. */
  failures: number;
  /** Why the last run failed. */
  error?: RunFault;
  dueAt: Date;
  /** Start of the last run, and of the last one that took everything there was. */
  startedAt?: Date;
  doneAt?: Date;
  /** Time of change of the newest row taken. */
  newestAt?: Date;
  updatedAt: Date;
}

export const sourceSchema = new Schema<SourceDoc>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    feed: { type: String, required: true },
    agencyId: { type: Schema.Types.ObjectId, required: true },
    kind: { type: String, enum: SOURCE_KINDS, required: true },
    settings: { type: Schema.Types.Mixed, required: true },
    secret: Buffer,
    everyMinutes: { type: Number, required: true },
    enabled: { type: Boolean, required: true },
    cursor: Schema.Types.Mixed,
    runId: Schema.Types.ObjectId,
    failures: { type: Number, required: true },
    error: Schema.Types.Mixed,
    dueAt: { type: Date, required: true },
    startedAt: Date,
    doneAt: Date,
    newestAt: Date,
    updatedAt: { type: Date, required: true },
  } as never,
  baseOptions,
);
