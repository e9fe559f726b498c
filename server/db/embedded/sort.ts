import { asNumber, type Doc } from './bson.ts';
import { fail } from './error.ts';
import { encodeComponent } from './key-bytes.ts';
import { extractKeys, keyParts, type KeyPart } from './keys.ts';

/**
 * Makes the sort key of a document: keys compare as bytes. Of an array the least element counts ascending, the
 * greatest descending.
 * @throws MongoError 2 for a direction that is neither 1 nor -1
 */
export function compileSort(spec: Doc): (doc: Doc) => Buffer {
  const parts = sortParts(spec);
  return (doc) => Buffer.concat(parts.map((part) => least(doc, part)));
}

export function sortParts(spec: Doc): KeyPart[] {
  for (const [path, direction] of Object.entries(spec)) {
    const number = asNumber(direction);
    if (number !== 1 && number !== -1) fail(2, `bad sort specification for '${path}'`);
  }
  return keyParts(
    Object.fromEntries(Object.entries(spec).map(([path, direction]) => [path, asNumber(direction)])),
  );
}

function least(doc: Doc, part: KeyPart): Buffer {
  if (part.parts.length === 1) {
    const value = Object.hasOwn(doc, part.path) ? doc[part.path] : undefined;
    if (!Array.isArray(value)) return encodeComponent(value ?? null, part.descending);
  }
  return extractKeys(doc, [part]).keys[0] ?? encodeComponent(null, part.descending);
}
