import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { contentHash } from '../../lib/content-hash.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';

export const MANIFEST = 'manifest.json';
/** Below the backup: what goes into DATA_DIR. */
export const CONTENT = 'data';

const FORMAT = 1;
const PROOF = 'credit backup';

export interface BackupFile {
  /** Below `data`, with `/`. */
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

export interface ManifestContent {
  readonly format: typeof FORMAT;
  readonly createdAt: string;
  /** Of the program that made it. */
  readonly version: string;
  /** INCLUDED: `secrets.json` lies in it. ENVIRONMENT: the secrets of that time must be given. */
  readonly secrets: 'INCLUDED' | 'ENVIRONMENT';
  /** Documents by collection. */
  readonly collections: Readonly<Record<string, number>>;
  readonly files: readonly BackupFile[];
  /** A known text under the FIELD_KEY, base64: tells before a restore whether the key fits. */
  readonly sealed: string;
}

export interface Manifest extends ManifestContent {
  /** Keyed hash of all the rest. */
  readonly mac: string;
}

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const fields = {
  format: { const: FORMAT },
  createdAt: text,
  version: text,
  secrets: { enum: ['INCLUDED', 'ENVIRONMENT'] },
  collections: { type: 'object', additionalProperties: count },
  files: {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        // What a restore writes is named here, so no name may lead out of the folder.
        path: { type: 'string', pattern: '^[a-z0-9-]+(\\.[a-z]+)?(/[a-z0-9-]+(\\.[a-z]+)?)*$' },
        size: count,
        sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      },
      required: ['path', 'size', 'sha256'],
      additionalProperties: false,
    },
  },
  sealed: text,
  mac: text,
};
const isManifest = new Ajv2020({ strict: false }).compile<Manifest>({
  type: 'object',
  properties: fields,
  required: Object.keys(fields),
  additionalProperties: false,
});

export function sealedProof(cipher: FieldCipher): string {
  return Buffer.from(cipher.encrypt(PROOF, 'backup')).toString('base64');
}

export function signed(content: Omit<ManifestContent, 'format'>, cipher: FieldCipher): Manifest {
  const whole = { format: FORMAT, ...content } as const;
  return { ...whole, mac: cipher.hash(`backup:${contentHash(whole)}`) };
}

/** @throws Error in the words of the user when there is none, or none that this program reads */
export async function readManifest(backup: string): Promise<Manifest> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(join(backup, MANIFEST), 'utf8'));
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(
      absent ? `${backup} 中没有 ${MANIFEST}：不是备份，或备份没有完成` : `${MANIFEST} 无法读取`,
      { cause: error },
    );
  }
  if (!isManifest(parsed)) throw new Error(`${MANIFEST} 不是本程序可以读取的备份清单`);
  return parsed;
}

/** @throws Error when the manifest was changed, or when a secret is not the one of the backup */
export function requireKeys({ mac, ...content }: Manifest, cipher: FieldCipher): void {
  if (cipher.hash(`backup:${contentHash(content)}`) !== mac)
    throw new Error(`HASH_KEY 不是备份时的密钥，或 ${MANIFEST} 被改动`);
  try {
    cipher.decrypt(Buffer.from(content.sealed, 'base64'), 'backup');
  } catch (error) {
    throw new Error('FIELD_KEY 不是备份时的密钥（旧密钥请写入 FIELD_KEYS_OLD）', { cause: error });
  }
}
