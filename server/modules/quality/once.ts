import { Types, type mongo } from 'mongoose';
import { actorOf, type Viewer } from '../../auth/viewer.ts';
import { isDuplicateKey } from '../../db/native.ts';
import { contentHash } from '../../lib/content-hash.ts';

/** A new id; with a key the same one for the same caller, so that a repeat meets what it made. */
export function idFor(viewer: Viewer, what: string, key?: string): Types.ObjectId {
  if (key === undefined) return new Types.ObjectId();
  return new Types.ObjectId(contentHash([what, actorOf(viewer), key]).slice(0, 24));
}

/** @returns false when it is there already */
export async function insertOnce<T extends mongo.Document>(
  collection: mongo.Collection<T>,
  document: T,
): Promise<boolean> {
  try {
    await collection.insertOne(document as never);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
