import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a signed call carries beside its body: `X-Timestamp`, `X-Nonce`, `X-Signature`. */
export interface SignatureHeaders {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

export type SignatureFault = 'SIGNATURE_MISSING' | 'SIGNATURE_STALE' | 'SIGNATURE_WRONG';

/** How far the clock of the caller may be off, in ms. */
const SIGNATURE_WINDOW_MS = 5 * 60_000;

function mac(key: string, timestamp: string, nonce: string, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${timestamp}.${nonce}.`).update(body).digest();
}

/** Signs a body: HMAC-SHA256 (hex) over `timestamp.nonce.body`, the timestamp in ms since 1970. */
export function sign(key: string, body: Uint8Array, now: Date, nonce?: string): SignatureHeaders {
  const stamp = String(now.getTime());
  const once = nonce ?? randomBytes(16).toString('hex');
  return { timestamp: stamp, nonce: once, signature: mac(key, stamp, once, body).toString('hex') };
}

/** Seconds, milliseconds or ISO text: callers differ, the signature covers the text as it came. */
function instantOf(timestamp: string): number {
  if (/^\d{10}$/.test(timestamp)) return Number(timestamp) * 1000;
  if (/^\d{13}$/.test(timestamp)) return Number(timestamp);
  return /^\d{4}-\d{2}-\d{2}T/.test(timestamp) ? Date.parse(timestamp) : NaN;
}

/**
 * Checks all but that the nonce is new, which only a store can tell.
 * @returns the fault, or undefined when the signature is good
 */
export function signatureFault(
  key: string,
  headers: Partial<SignatureHeaders>,
  body: Uint8Array,
  now: Date,
): SignatureFault | undefined {
  const { timestamp, nonce, signature } = headers;
  if (timestamp === undefined || nonce === undefined || signature === undefined) return 'SIGNATURE_MISSING';
  if (!/^[\x21-\x7e]{8,128}$/.test(nonce)) return 'SIGNATURE_MISSING';
  const off = Math.abs(instantOf(timestamp) - now.getTime());
  if (!(off <= SIGNATURE_WINDOW_MS)) return 'SIGNATURE_STALE';
  const given = Buffer.from(/^[0-9a-f]{64}$/i.test(signature) ? signature : '', 'hex');
  const wanted = mac(key, timestamp, nonce, body);
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? undefined : 'SIGNATURE_WRONG';
}
