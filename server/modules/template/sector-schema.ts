import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { RECORD_KINDS } from './template.types.ts';

const SCHEMA = new URL('../../../schema/', import.meta.url);

function read(path: string): object {
  return JSON.parse(readFileSync(new URL(path, SCHEMA), 'utf8')) as object;
}

let compiled: { sector: ValidateFunction; feed: ValidateFunction } | undefined;

function validators(): { sector: ValidateFunction; feed: ValidateFunction } {
  if (!compiled) {
    const ajv = formats.default(new Ajv({ strict: true, strictRequired: false, strictTypes: false }));
    ajv.addSchema(read('feed/template.schema.json'));
    compiled = {
      sector: ajv.compile(read('sectors/sector.schema.json')),
      feed: ajv.compile(read('sectors/feed.schema.json')),
    };
  }
  return compiled;
}

function check(validate: ValidateFunction, path: string, file: unknown): void {
  if (validate(file)) return;
  const { instancePath = '', message = '' } = validate.errors?.[0] ?? {};
  throw new Error(`${path}: ${instancePath} ${message}`);
}

/** @throws Error with file and place */
export function checkSectorFile(path: string, file: unknown): void {
  check(validators().sector, path, file);
}

/** @throws Error with file and place */
export function checkFeedFile(path: string, file: unknown): void {
  check(validators().feed, path, file);
  const { kind } = file as { kind: string };
  if (!(RECORD_KINDS as readonly string[]).includes(kind)) throw new Error(`${path}: kind ${kind}`);
}
