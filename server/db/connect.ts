import './dead-socket.ts';
import mongoose, { type ClientSession, type Connection, type Model, type Schema } from 'mongoose';
import { laneOf } from './lane.ts';

/** The store as the services see it: one connection, its models and transactions. */
export interface Db {
  readonly conn: Connection;
  /** Registers the model on this connection, or answers the one registered before. */
  model<T>(name: string, schema: Schema<T>, collection: string): Model<T>;
  /**
   * Runs `fn` in one transaction and commits; a transient conflict runs it again from the start, so `fn` must keep
   * no state outside of what it returns.
   */
  inTransaction<T>(fn: (tx: ClientSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connects to the store that `uri` names.
 * @throws MongooseServerSelectionError when nothing answers within 10 s
 */
export async function connectDb(uri: string, onClose?: () => Promise<void>): Promise<Db> {
  const conn = await mongoose
    .createConnection(uri, { autoIndex: false, autoCreate: false, serverSelectionTimeoutMS: 10_000 })
    .asPromise();
  return {
    conn,
    model<T>(name: string, schema: Schema<T>, collection: string): Model<T> {
      return (conn.models[name] as Model<T> | undefined) ?? conn.model<T>(name, schema, collection);
    },
    inTransaction: (fn) =>
      conn.getClient().withSession((tx) => {
        laneOf(tx);
        return tx.withTransaction(() => fn(tx));
      }) as never,
    async close() {
      await conn.close();
      await onClose?.();
    },
  };
}
