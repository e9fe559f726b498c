import { InputError, NotFoundError } from '../lib/errors.ts';

const SHAPE = /^([A-Z][A-Za-z]*):(.+)$/s;

/** `Type:key` in base64url; callers treat it as opaque. */
export function toGlobalId(type: string, key: string): string {
  return Buffer.from(`${type}:${key}`).toString('base64url');
}

/** @returns undefined when it is not one of our ids */
export function parseGlobalId(id: string): { type: string; key: string } | undefined {
  const match = SHAPE.exec(Buffer.from(id, 'base64url').toString('utf8'));
  if (!match) return undefined;
  const [, type, key] = match as unknown as [string, string, string];
  // Base64 has many spellings of the same bytes; only ours counts.
  return toGlobalId(type, key) === id ? { type, key } : undefined;
}

/**
 * The key of an id in an input that must name such a type.
 * @throws InputError ID_INVALID on `path`
 */
export function keyOf(type: string, id: string, path: readonly string[]): string {
  const parsed = parseGlobalId(id);
  if (parsed?.type !== type) throw new InputError(path, 'ID_INVALID');
  return parsed.key;
}

/** As keyOf, for arguments of queries. @throws NotFoundError NODE_NOT_FOUND */
export function keyOfArgument(type: string, id: string): string {
  const parsed = parseGlobalId(id);
  if (parsed?.type !== type) throw new NotFoundError('NODE_NOT_FOUND');
  return parsed.key;
}
