import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { CryptoSuite } from '../lib/field-cipher.ts';
import { keepSecrets } from './secrets.ts';

export interface Secrets {
  readonly jwt: string;
  readonly fieldKey: string;
  readonly hashKey: string;
  readonly cookie: string;
  readonly metrics: string;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute; watched folders of agencies lie below it. */
  readonly collectDir: string;
  readonly mongodbUri?: string;
  /** `development` also stands for the trial, that is for NODE_ENV not being set. */
  readonly nodeEnv: 'production' | 'test' | 'development';
  readonly cityName: string;
  readonly cityRegionCode: string;
  /** Folder with sectors of the city's own. */
  readonly sectorsDir?: string;
  readonly logLevel: string;
  readonly trustProxy: number;
  readonly cryptoSuite: CryptoSuite;
  readonly secrets: Secrets;
  readonly oldFieldKeys: readonly string[];
  readonly demoPassword?: string;
}

/** The environment cannot be used; every fault is named, no value is. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`配置有误 configuration: ${faults.join('; ')}`);
    this.faults = faults;
  }
}

interface Variables {
  PORT: number;
  HOST: string;
  DATA_DIR: string;
  COLLECT_DIR?: string;
  MONGODB_URI?: string;
  NODE_ENV: Config['nodeEnv'];
  CITY_NAME: string;
  CITY_REGION_CODE: string;
  SECTORS_DIR?: string;
  LOG_LEVEL: string;
  TRUST_PROXY: number;
  CRYPTO_SUITE: CryptoSuite;
  FIELD_KEYS_OLD?: string;
  DEMO_PASSWORD?: string;
}

const SECRET_NAMES = {
  jwt: 'JWT_SECRET',
  fieldKey: 'FIELD_KEY',
  hashKey: 'HASH_KEY',
  cookie: 'COOKIE_SECRET',
  metrics: 'METRICS_TOKEN',
} as const satisfies Record<keyof Secrets, string>;

const schema = JSON.parse(readFileSync(new URL('../../schema/config/env.json', import.meta.url), 'utf8')) as {
  properties: Record<string, unknown>;
};
const validate = new Ajv2020({
  allErrors: true,
  coerceTypes: true,
  useDefaults: true,
  strict: true,
  keywords: ['x-secret'],
}).compile<Variables & Record<string, unknown>>(schema);

function faultOf(error: ErrorObject): string {
  const name = error.instancePath.slice(1) || String(error.params['missingProperty'] ?? '');
  const allowed = error.params['allowedValues'] as readonly string[] | undefined;
  return `${name} ${error.message ?? 'is wrong'}${allowed ? ` (${allowed.join(', ')})` : ''}`;
}

/** Known variables only; one that is empty counts as not set, as in an unedited .env file. */
function pick(env: NodeJS.ProcessEnv): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(schema.properties)
      .map((name) => [name, env[name]] as const)
      .filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

function secretsOf(variables: Record<string, unknown>, production: boolean, dataDir: string): Secrets {
  const given = (name: string): string | undefined => variables[name] as string | undefined;
  const missing = Object.values(SECRET_NAMES).filter((name) => given(name) === undefined);
  if (production && missing.length > 0) throw new ConfigError(missing.map((name) => `${name} is missing`));
  const kept = missing.length > 0 ? keepSecrets(dataDir, Object.values(SECRET_NAMES)) : {};
  const secret = (name: string): string => {
    const value = given(name) ?? kept[name];
    if (value === undefined) throw new ConfigError([`${name} is missing`]);
    return value;
  };
  return Object.freeze({
    jwt: secret(SECRET_NAMES.jwt),
    fieldKey: secret(SECRET_NAMES.fieldKey),
    hashKey: secret(SECRET_NAMES.hashKey),
    cookie: secret(SECRET_NAMES.cookie),
    metrics: secret(SECRET_NAMES.metrics),
  });
}

/**
 * Checks the environment against `schema/config/env.json`. Outside production missing secrets are made once and kept
 * under DATA_DIR, so this may write there.
 * @throws ConfigError with the name of every variable that is wrong or missing
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const variables = pick(env);
  if (!validate(variables)) throw new ConfigError((validate.errors ?? []).map(faultOf));
  const dataDir = resolve(variables.DATA_DIR);
  return Object.freeze({
    port: variables.PORT,
    host: variables.HOST,
    dataDir,
    collectDir: resolve(variables.COLLECT_DIR ?? join(dataDir, 'collect')),
    ...(variables.MONGODB_URI === undefined ? {} : { mongodbUri: variables.MONGODB_URI }),
    nodeEnv: variables.NODE_ENV,
    cityName: variables.CITY_NAME,
    cityRegionCode: variables.CITY_REGION_CODE,
    ...(variables.SECTORS_DIR === undefined ? {} : { sectorsDir: resolve(variables.SECTORS_DIR) }),
    logLevel: variables.LOG_LEVEL,
    trustProxy: variables.TRUST_PROXY,
    cryptoSuite: variables.CRYPTO_SUITE,
    secrets: secretsOf(variables, variables.NODE_ENV === 'production', dataDir),
    oldFieldKeys: (variables.FIELD_KEYS_OLD ?? '').split(',').filter((key) => key !== ''),
    ...(variables.DEMO_PASSWORD === undefined ? {} : { demoPassword: variables.DEMO_PASSWORD }),
  });
}

function loadEnvFile(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The configuration of this process: its environment, and for what is not set there a `.env` file beside it. */
export function readConfig(): Config {
  loadEnvFile();
  return loadConfig(process.env);
}

/**
 * Where this process keeps its data, told without making or reading a secret; `settings` is what `loadConfig` takes.
 * @throws ConfigError
 */
export function readPlaces(): Pick<Config, 'dataDir' | 'mongodbUri' | 'sectorsDir'> & {
  settings: NodeJS.ProcessEnv;
} {
  loadEnvFile();
  const variables = pick(process.env);
  if (!validate(variables)) throw new ConfigError((validate.errors ?? []).map(faultOf));
  const { DATA_DIR, MONGODB_URI, SECTORS_DIR } = variables;
  return {
    dataDir: resolve(DATA_DIR),
    ...(MONGODB_URI === undefined ? {} : { mongodbUri: MONGODB_URI }),
    ...(SECTORS_DIR === undefined ? {} : { sectorsDir: resolve(SECTORS_DIR) }),
    settings: { ...process.env },
  };
}
