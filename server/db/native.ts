import { mongo } from 'mongoose';
import type { Db } from './connect.ts';

/** The driver's collection, for the few collections of the store itself that need no model. */
export function nativeCollection<T extends mongo.Document>(db: Db, name: string): mongo.Collection<T> {
  return db.conn.getClient().db(db.conn.name).collection<T>(name);
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === 11000;
}

/** Makes the transaction around start again: for a lost race that the store itself does not call transient. */
export function asTransient(error: mongo.MongoServerError): mongo.MongoServerError {
  error.addErrorLabel('TransientTransactionError');
  return error;
}

/**
 * Does writes of a transaction that meet at a unique key with those of another one. The loser starts over, and finds
 * then what the winner wrote.
 */
export async function retryWhenLost<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isDuplicateKey(error) ? asTransient(error as mongo.MongoServerError) : error;
  }
}
