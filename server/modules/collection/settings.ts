import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { contentHash } from '../../lib/content-hash.ts';
import { InputError } from '../../lib/errors.ts';
import type { SourceKind, SourceSettings } from './settings.types.ts';

const FOLDER = new URL('../../../schema/collection/', import.meta.url);

export const SOURCE_KINDS = ['FOLDER', 'HTTP', 'TABLE'] as const satisfies readonly SourceKind[];

const validators = new Map<SourceKind, ValidateFunction>();

function validatorOf(kind: SourceKind): ValidateFunction {
  let validate = validators.get(kind);
  if (!validate) {
    const ajv = new Ajv2020({ useDefaults: true, discriminator: true, strict: true, strictRequired: false });
    addFormats.default(ajv, ['date-time']);
    const file = new URL(`${kind.toLowerCase()}.json`, FOLDER);
    validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
    validators.set(kind, validate);
  }
  return validate;
}

function faultOf(error: ErrorObject | undefined): InputError {
  const extra = error?.params['additionalProperty'] as string | undefined;
  const place = `${error?.instancePath ?? ''}${extra === undefined ? '' : `/${extra}`}`;
  return new InputError(['settings'], 'SOURCE_SETTINGS_INVALID', {
    place: place.slice(0, 100),
    reason: error?.message ?? '',
  });
}

/**
 * Settings with their defaults filled in.
 * @throws InputError SOURCE_SETTINGS_INVALID with the place of the first fault
 */
export function checkedSettings(kind: SourceKind, given: unknown): SourceSettings {
  const settings = structuredClone(given);
  const validate = validatorOf(kind);
  if (!validate(settings)) throw faultOf(validate.errors?.[0]);
  return { kind, settings } as SourceSettings;
}

/** Whether somebody must be known to the other side. */
export function needsSecret(source: SourceSettings): boolean {
  if (source.kind === 'HTTP') return source.settings.auth.type !== 'NONE';
  return source.kind === 'TABLE';
}

/** Where the secret goes, and as whom: a secret given for one place is never sent to another. */
export function secretPlaceOf(source: SourceSettings): string {
  switch (source.kind) {
    case 'FOLDER':
      return '';
    case 'HTTP': {
      const { url, auth } = source.settings;
      const id = auth.type === 'CLIENT_CREDENTIALS' ? [auth.tokenUrl, auth.clientId] : [];
      return JSON.stringify([new URL(url).origin, auth.type, ...id]);
    }
    case 'TABLE': {
      const { dialect, host, port = 0, user, tls } = source.settings;
      return JSON.stringify([dialect, host, port, user, tls]);
    }
  }
}

/** What a cursor means; when it changes, reading begins anew. */
export function cursorMeaningOf(source: SourceSettings): string {
  switch (source.kind) {
    case 'FOLDER':
      return contentHash([source.settings.folder]);
    case 'HTTP': {
      const { url, params, paging } = source.settings;
      // A longer overlap or window changes nothing of what was read.
      const place =
        paging.by === 'CURSOR' ? paging : { by: paging.by, since: paging.since, page: paging.page ?? '' };
      return contentHash([url, { ...params }, { ...place }]);
    }
    case 'TABLE': {
      const { dialect, database, table, take } = source.settings;
      const at = take.by === 'TIME' ? take.updatedAt : '';
      return contentHash([dialect, database, table, take.by, take.key, at]);
    }
  }
}
