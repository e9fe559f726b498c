import { InputError } from '../../../lib/errors.ts';
import type { TableSettings } from '../settings.types.ts';

export type Dialect = TableSettings['dialect'];

/** Names as agencies give them, with Chinese and brackets; nothing that would have to be escaped. */
const NAME = /^[\p{L}_][\p{L}\p{N}_$()（）/、 -]{0,62}$/u;

/**
 * A name as it stands in a statement. Names cannot be parameters, so whatever is not plainly one is refused.
 * @throws InputError SOURCE_SETTINGS_INVALID
 */
export function quoted(name: string, dialect: Dialect): string {
  if (!NAME.test(name)) {
    throw new InputError(['settings'], 'SOURCE_SETTINGS_INVALID', {
      place: name.slice(0, 60),
      reason: 'name',
    });
  }
  return dialect === 'MYSQL' ? `\`${name}\`` : `"${name}"`;
}

export interface TableName {
  readonly schema?: string;
  readonly table: string;
}

/** `schema.table` in its parts. */
export function tableName(text: string): TableName {
  const [first = '', second, ...more] = text.split('.');
  if (more.length > 0)
    throw new InputError(['settings'], 'SOURCE_SETTINGS_INVALID', { place: text, reason: 'name' });
  return second === undefined ? { table: first } : { schema: first, table: second };
}

export function quotedTable({ schema, table }: TableName, dialect: Dialect): string {
  return schema === undefined
    ? quoted(table, dialect)
    : `${quoted(schema, dialect)}.${quoted(table, dialect)}`;
}
