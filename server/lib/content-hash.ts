import { hash } from 'node:crypto';

/** Text that is equal exactly for equal values; each kind of value keeps its own mark, so 1 and '1' stay apart. */
function serialise(value: unknown): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a content hash takes finite numbers only');
      return JSON.stringify(value);
    case 'bigint':
      return `${String(value)}n`;
    case 'object':
      return value === null ? 'null' : serialiseObject(value);
    default:
      throw new TypeError(`a content hash takes no ${typeof value}`);
  }
}

function serialiseObject(value: object): string {
  if (value instanceof Date) return `t${value.toISOString()}`;
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) {
    return `[${value.map((item) => (item === undefined ? 'null' : serialise(item))).join(',')}]`;
  }
  if (value instanceof Map || value instanceof Set) throw new TypeError('a content hash takes plain objects');
  const fields = value as Record<string, unknown>;
  let text = '{';
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field === undefined) continue;
    if (text.length > 1) text += ',';
    // Most objects hashed here are flat records of text: no call for those.
    text += `${JSON.stringify(key)}:${typeof field === 'string' ? JSON.stringify(field) : serialise(field)}`;
  }
  return `${text}}`;
}

/**
 * SHA-256 (hex) over the content alone: the order of keys and fields that are `undefined` make no difference.
 * @throws TypeError on values that have no stable text (functions, symbols, NaN, maps)
 */
export function contentHash(value: object): string {
  return hash('sha256', serialiseObject(value), 'hex');
}
