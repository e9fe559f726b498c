import { hash, parseOptions, verify } from '@node-rs/argon2';
import { InputError } from '../lib/errors.ts';

/** Argon2id, the package's default algorithm, with the parameters OWASP gives for it; memory in KiB. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const MIN_LENGTH = 12;
const MAX_LENGTH = 128;
const MIN_CLASSES = 3;
const MIN_STRONG_REST = 6;
const CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/];

/** What leaked passwords are mostly made of, longest first; a password must hold enough beside them. */
const WORN = [
  '1qaz2wsx3edc',
  'administrator',
  'changeme',
  'password',
  'passw0rd',
  'qwertyuiop',
  '1qaz2wsx',
  'asdfghjkl',
  '1q2w3e4r',
  'iloveyou',
  'qazwsx',
  'zxcvbnm',
  'welcome',
  '1234567890',
  '5201314',
  'letmein',
  'shanghai',
  'beijing',
  'woaini',
  'qwerty',
  'asdfgh',
  'dragon',
  'monkey',
  'credit',
  'xinyong',
  'zhongguo',
  'huawei',
  '123456',
  '654321',
  '112233',
  '123123',
  '147258',
  'abc123',
  'admin',
  'root',
  'test',
  '1234',
  '4321',
  'abcd',
  'abc',
  '123',
];
const LEET: Readonly<Record<string, string>> = { '@': 'a', $: 's', '!': 'i' };

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), PARAMETERS);
}

/** False also for a hash that cannot be read. */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  try {
    return await verify(stored, password.normalize('NFKC'));
  } catch {
    return false;
  }
}

/** Whether the hash was made with other parameters than today's and should be made anew at the next login. */
export function needsRehash(stored: string): boolean {
  const { memoryCost, timeCost, parallelism } = parseOptions(stored);
  return (
    memoryCost !== PARAMETERS.memoryCost ||
    timeCost !== PARAMETERS.timeCost ||
    parallelism !== PARAMETERS.parallelism
  );
}

let decoy: Promise<string> | undefined;

/** Costs what `verifyPassword` costs and is never true: an unknown name takes as long as a wrong password. */
export async function verifyNothing(password: string): Promise<false> {
  decoy ??= hashPassword('nobody has this password');
  await verifyPassword(await decoy, password);
  return false;
}

function isWorn(password: string, username: string): boolean {
  const plain = password.toLowerCase().replace(/[@$!]/g, (sign) => LEET[sign] ?? sign);
  const rest = [username.toLowerCase(), ...WORN]
    .filter((word) => word.length >= 3)
    .reduce((text, word) => text.split(word).join(''), plain);
  return new Set(rest).size < MIN_STRONG_REST;
}

/**
 * The rules of a new password.
 * @throws InputError on `path`: PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_TOO_PLAIN, PASSWORD_TOO_COMMON
 */
export function checkNewPassword(password: string, username: string, path: readonly string[]): void {
  const length = [...password].length;
  if (length < MIN_LENGTH) throw new InputError(path, 'PASSWORD_TOO_SHORT', { min: MIN_LENGTH });
  if (length > MAX_LENGTH) throw new InputError(path, 'PASSWORD_TOO_LONG', { max: MAX_LENGTH });
  if (CLASSES.filter((pattern) => pattern.test(password)).length < MIN_CLASSES) {
    throw new InputError(path, 'PASSWORD_TOO_PLAIN', { classes: MIN_CLASSES });
  }
  if (isWorn(password, username)) throw new InputError(path, 'PASSWORD_TOO_COMMON');
}
