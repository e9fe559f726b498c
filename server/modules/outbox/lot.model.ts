import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import { OUTBOX_STATES, type OutboxState } from './outbox.states.ts';

/**
 * Items of one platform, kind and sector that share one state. Items that come to differ move to a lot of their own,
 * so what happens to 500 items alike is one write, and the state of an item is always the state of its lot.
 */
export interface LotDoc {
  _id: Types.ObjectId;
  platform: string;
  kind: string;
  sector: string;
  state: OutboxState;
  /** `<recordId>:<revision>` each, parted by spaces, never empty: one text, since lots are read far more than split. */
  members: string;
  n: number;
  /** PENDING and RETRY: not before this instant. Else when the state was reached. */
  at: Date;
  createdAt: Date;
  /** How often the items were sent. */
  sends: number;
  /** Failed attempts that count for the ladder. */
  tries: number;
  /** Whole requests in a row that failed with these items in them. */
  faults: number;
  /** At most so many together in one request: what halves a batch that is turned down as a whole. */
  most?: number;
  /** Tokens of the batches they went in, the last one last. */
  tokens: string[];
  /** Code of the last error, or the platform's own code of a refusal. */
  code?: string;
  message?: string;
  /** Refused by our own check: never left. */
  local?: boolean;
  /** CONFIRMED and REFUSED: Shanghai day of the platform's word, by its own clock where it tells the time. */
  day?: CivilDate;
}

/** A lot with its members taken apart. */
export interface Lot extends Omit<LotDoc, 'members'> {
  members: string[];
}

export function lotOf(doc: LotDoc): Lot {
  return { ...doc, members: doc.members.split(' ') };
}

export function lotDocOf(lot: Lot): LotDoc {
  return { ...lot, members: lot.members.join(' ') };
}

export const lotSchema = new Schema<LotDoc>(
  {
    platform: { type: String, required: true },
    kind: { type: String, required: true },
    sector: { type: String, required: true },
    state: { type: String, enum: OUTBOX_STATES, required: true },
    members: { type: String, required: true },
    n: { type: Number, required: true },
    at: { type: Date, required: true },
    createdAt: { type: Date, required: true },
    sends: { type: Number, required: true },
    tries: { type: Number, required: true },
    faults: { type: Number, required: true },
    most: Number,
    tokens: { type: [String], required: true },
    code: String,
    message: String,
    local: Boolean,
    day: String,
  },
  baseOptions,
);
lotSchema.index({ platform: 1, state: 1, at: 1 });
lotSchema.index({ platform: 1, state: 1, _id: -1 });
lotSchema.index({ platform: 1, _id: -1 });
lotSchema.index({ platform: 1, state: 1, day: 1, _id: 1 });

/** One revision of a record for one platform: `<platform>:<recordId>:<revision>`. Kept small: there are many. */
export interface ItemDoc {
  _id: string;
  lot: Types.ObjectId;
}

export const itemSchema = new Schema<ItemDoc>(
  { _id: { type: String, required: true }, lot: { type: Schema.Types.ObjectId, required: true } },
  baseOptions,
);

export function itemIdOf(platform: string, member: string): string {
  return `${platform}:${member}`;
}

/** Takes `<recordId>:<revision>` apart. */
export function memberParts(member: string): { recordId: string; revision: number } {
  const at = member.lastIndexOf(':');
  return { recordId: member.slice(0, at), revision: Number(member.slice(at + 1)) };
}
