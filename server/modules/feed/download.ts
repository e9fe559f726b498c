import { createHash, randomBytes } from 'node:crypto';
import { Schema, type Model } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import { NotFoundError } from '../../lib/errors.ts';

const VALID_MS = 5 * 60_000;

interface TicketDoc {
  /** Hash of the token: the store alone opens nothing. */
  _id: string;
  batchId: string;
  expiresAt: Date;
}

const ticketSchema = new Schema<TicketDoc>(
  {
    _id: { type: String, required: true },
    batchId: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  baseOptions,
);
ticketSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

function idOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Links that work once and for five minutes. */
export class DownloadTickets {
  readonly #tickets: Model<TicketDoc>;
  readonly #clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.#tickets = db.model('DownloadTicket', ticketSchema, 'download_tickets');
    this.#clock = clock;
  }

  async make(batchId: string): Promise<{ token: string; expiresAt: Date }> {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(this.#clock.now().getTime() + VALID_MS);
    await this.#tickets.collection.insertOne({ _id: idOf(token), batchId, expiresAt } as never);
    return { token, expiresAt };
  }

  /** Takes a ticket: of two callers one gets it. @returns the batch @throws NotFoundError DOWNLOAD_NOT_FOUND */
  async take(token: string): Promise<string> {
    const found = (await this.#tickets.collection.findOneAndDelete({
      _id: idOf(token),
      expiresAt: { $gt: this.#clock.now() },
    } as never)) as unknown as TicketDoc | null;
    if (!found) throw new NotFoundError('DOWNLOAD_NOT_FOUND');
    return found.batchId;
  }
}
