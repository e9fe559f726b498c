import { mongo, type ClientSession, type Model } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey } from '../../db/native.ts';
import { auditEventSchema, type AuditEventDoc } from './audit-event.model.ts';

export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly object?: string;
}

export class AuditRepository {
  readonly #events: Model<AuditEventDoc>;

  constructor(db: Db) {
    this.#events = db.model('AuditEvent', auditEventSchema, 'audit_events');
  }

  async last(tx?: ClientSession): Promise<AuditEventDoc | undefined> {
    const query = this.#events.findOne({}).sort({ _id: -1 }).lean<AuditEventDoc>();
    return (await (tx ? query.session(tx) : query)) ?? undefined;
  }

  /** @returns the driver's error when another writer took the place, undefined when it is written */
  async insert(event: AuditEventDoc, tx?: ClientSession): Promise<mongo.MongoServerError | undefined> {
    try {
      await this.#events.collection.insertOne(event as never, tx ? { session: tx } : {});
      return undefined;
    } catch (error) {
      if (isDuplicateKey(error)) return error as mongo.MongoServerError;
      throw error;
    }
  }

  inOrder(): AsyncIterable<AuditEventDoc> {
    return this.#events.find({}).sort({ _id: 1 }).lean<AuditEventDoc[]>().cursor({ batchSize: 1000 });
  }

  /** Newest first. */
  page(filter: AuditFilter, before: number | undefined, limit: number): Promise<AuditEventDoc[]> {
    const range = before === undefined ? {} : { _id: { $lt: before } };
    return this.#events
      .find({ ...filter, ...range })
      .sort({ _id: -1 })
      .limit(limit)
      .lean<AuditEventDoc[]>()
      .exec();
  }
}
