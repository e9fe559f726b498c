import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  getCiphers,
  getHashes,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** `NATIONAL` is SM4 and SM3 as the state's cryptography rules ask for; `INTERNATIONAL` AES-256-GCM and SHA-256. */
export type CryptoSuite = 'INTERNATIONAL' | 'NATIONAL';

/** What the store gives back for bytes: plain bytes, or the driver's Binary, which holds them in `buffer`. */
export type StoredBytes = Uint8Array | { readonly buffer: Uint8Array };

export interface FieldCipher {
  /** `context` must be given alike to decrypt: it ties the bytes to their place, so that they cannot be moved. */
  encrypt(plain: string | Uint8Array, context?: string): Uint8Array;
  /** @throws Error when the bytes were changed, moved, or made with a key that is not known here */
  decrypt(bytes: StoredBytes, context?: string): Uint8Array;
  decryptText(bytes: StoredBytes, context?: string): string;
  /** Keyed hash, hex: equal texts meet, and nobody without the key can try all numbers. */
  hash(text: string): string;
}

export interface CipherKeys {
  readonly fieldKey: string;
  readonly hashKey: string;
  /** Former field keys: still read, never written. */
  readonly oldFieldKeys?: readonly string[];
  readonly suite?: CryptoSuite;
}

/** One way of sealing; `id` is the first byte of everything it wrote. */
interface Sealer {
  readonly id: number;
  seal(plain: Uint8Array, context: Buffer): Buffer;
  open(sealed: Buffer, context: Buffer): Buffer;
}

const KEY_ID_BYTES = 4;
const HEADER_BYTES = 1 + KEY_ID_BYTES;

function derive(secret: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'credit-exchange', purpose, bytes));
}

function aesGcm(secret: string): Sealer {
  const key = derive(secret, 'field-aes-256-gcm', 32);
  return {
    id: 1,
    seal(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
      const body = cipher.update(plain);
      cipher.final();
      return Buffer.concat([nonce, body, cipher.getAuthTag()]);
    },
    open(sealed, context) {
      const end = sealed.length - 16;
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(context).setAuthTag(sealed.subarray(end));
      const body = decipher.update(sealed.subarray(12, end));
      decipher.final();
      return body;
    },
  };
}

/** OpenSSL offers SM4 without an authenticated mode, so it is counter mode, then HMAC-SM3 over all of it. */
function sm4Hmac(secret: string): Sealer {
  const key = derive(secret, 'field-sm4-ctr', 16);
  const macKey = derive(secret, 'field-hmac-sm3', 32);
  const mac = (body: Uint8Array, context: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(context.length);
    return createHmac('sm3', macKey).update(length).update(context).update(body).digest();
  };
  return {
    id: 2,
    seal(plain, context) {
      const nonce = randomBytes(16);
      const body = Buffer.concat([nonce, createCipheriv('sm4-ctr', key, nonce).update(plain)]);
      return Buffer.concat([body, mac(body, context)]);
    },
    open(sealed, context) {
      const end = sealed.length - 32;
      const body = sealed.subarray(0, Math.max(end, 0));
      if (end < 16 || !timingSafeEqual(mac(body, context), sealed.subarray(end))) {
        throw new Error('the bytes do not authenticate');
      }
      return createDecipheriv('sm4-ctr', key, body.subarray(0, 16)).update(body.subarray(16));
    },
  };
}

function keyIdOf(secret: string): Buffer {
  return createHash('sha256').update(`key-id:${secret}`).digest().subarray(0, KEY_ID_BYTES);
}

function nationalOffered(): boolean {
  return getCiphers().includes('sm4-ctr') && getHashes().includes('sm3');
}

function bufferOf(bytes: StoredBytes): Buffer {
  const plain = bytes instanceof Uint8Array ? bytes : bytes.buffer;
  return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
}

/**
 * The one place where fields are encrypted. Bytes carry suite and key id, so keys and suites can be changed while old
 * values stay readable.
 * @throws Error when the national suite is asked for and this Node does not offer it
 */
export function createCipher(keys: CipherKeys): FieldCipher {
  const suite = keys.suite ?? 'INTERNATIONAL';
  const national = nationalOffered();
  if (suite === 'NATIONAL' && !national) throw new Error('this build of Node offers no SM4 and SM3');
  const sealers = new Map<string, Sealer>();
  const makers = national ? [aesGcm, sm4Hmac] : [aesGcm];
  for (const secret of [keys.fieldKey, ...(keys.oldFieldKeys ?? [])]) {
    for (const make of makers) {
      const sealer = make(secret);
      sealers.set(Buffer.concat([Buffer.from([sealer.id]), keyIdOf(secret)]).toString('hex'), sealer);
    }
  }
  const writer = (suite === 'NATIONAL' ? sm4Hmac : aesGcm)(keys.fieldKey);
  const header = Buffer.concat([Buffer.from([writer.id]), keyIdOf(keys.fieldKey)]);
  const hashName = suite === 'NATIONAL' ? 'sm3' : 'sha256';
  const hashKey = derive(keys.hashKey, `hash-${hashName}`, 32);

  const decrypt = (bytes: StoredBytes, context = ''): Uint8Array => {
    const buffer = bufferOf(bytes);
    const sealer = sealers.get(buffer.subarray(0, HEADER_BYTES).toString('hex'));
    if (!sealer) throw new Error('encrypted with a key that is not known here');
    return sealer.open(buffer.subarray(HEADER_BYTES), Buffer.from(context));
  };
  return {
    encrypt: (plain, context = '') =>
      Buffer.concat([
        header,
        writer.seal(typeof plain === 'string' ? Buffer.from(plain) : plain, Buffer.from(context)),
      ]),
    decrypt,
    decryptText: (bytes, context) => Buffer.from(decrypt(bytes, context)).toString('utf8'),
    hash: (text) => createHmac(hashName, hashKey).update(text).digest('hex'),
  };
}
