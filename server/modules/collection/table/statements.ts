import type { TableSettings } from '../settings.types.ts';
import type { Cell, Statement, TableColumn } from './driver.ts';
import { quoted, quotedTable, tableName, type Dialect } from './identifier.ts';

/** Names under which key and time of change come back, beside the columns. */
export const KEY = 'credit_key';
export const AT = 'credit_at';

const WHOLE = /^(?:tiny|small|medium|big)?int(?:eger)?$/i;
const TIME = /^(?:datetime|timestamp|date)$/i;

export function isWhole({ type }: TableColumn): boolean {
  return WHOLE.test(type);
}

/** One statement that grows, with its parameters. */
class Text {
  readonly params: Cell[] = [];
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** A placeholder that is compared with this column. MySQL would compare a text with a number as floats. */
  of(column: TableColumn, value: Cell): string {
    this.params.push(value);
    if (this.#dialect === 'POSTGRES') return `$${String(this.params.length)}`;
    if (isWhole(column)) return 'CAST(? AS SIGNED)';
    return TIME.test(column.type) ? 'CAST(? AS DATETIME(6))' : '?';
  }
}

/** The columns a source is read by, as the database describes them. */
export interface KnownColumns {
  readonly data: readonly string[];
  readonly key: TableColumn;
  readonly at?: TableColumn;
  readonly status?: TableColumn;
}

/** Behind this place; with `inclusive`, the times equal to `at` as well. */
export interface Place {
  readonly key?: string;
  readonly at?: string;
}

/** Every statement that goes to a front-end database: names are checked and quoted, values are parameters. */
export class Statements {
  readonly #settings: TableSettings;
  readonly #known: KnownColumns;
  readonly #dialect: Dialect;

  constructor(settings: TableSettings, known: KnownColumns) {
    this.#settings = settings;
    this.#known = known;
    this.#dialect = settings.dialect;
  }

  #name(column: string): string {
    return quoted(column, this.#dialect);
  }

  get #from(): string {
    return quotedTable(tableName(this.#settings.table), this.#dialect);
  }

  get #select(): string {
    const { data, key, at } = this.#known;
    const columns = data.map((name) => this.#name(name));
    columns.push(`${this.#name(key.name)} AS ${this.#name(KEY)}`);
    if (at) columns.push(`${this.#name(at.name)} AS ${this.#name(AT)}`);
    return `SELECT ${columns.join(', ')} FROM ${this.#from}`;
  }

  #isOpen(text: Text): string[] {
    const { take } = this.#settings;
    const { status } = this.#known;
    if (take.by !== 'STATUS' || !status) return [];
    const name = this.#name(status.name);
    return [take.open === null ? `${name} IS NULL` : `${name} = ${text.of(status, take.open)}`];
  }

  /** Rows behind a place, in order, as many as a batch holds. */
  next({ key, at }: Place): Statement {
    const text = new Text(this.#dialect);
    const { key: keyColumn, at: atColumn } = this.#known;
    const k = this.#name(keyColumn.name);
    const where = this.#isOpen(text);
    const order = [k];
    if (atColumn) {
      const t = this.#name(atColumn.name);
      order.unshift(t);
      where.push(`${t} IS NOT NULL`);
      if (at !== undefined) {
        where.push(`${t} >= ${text.of(atColumn, at)}`);
        if (key !== undefined)
          where.push(`(${t} > ${text.of(atColumn, at)} OR ${k} > ${text.of(keyColumn, key)})`);
      }
    } else if (key !== undefined) where.push(`${k} > ${text.of(keyColumn, key)}`);
    const filter = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
    const limit = ` ORDER BY ${order.join(', ')} LIMIT ${String(Math.trunc(this.#settings.batchRows))}`;
    return { sql: this.#select + filter + limit, params: text.params };
  }

  #among(text: Text, keys: readonly string[]): string {
    const { key } = this.#known;
    return `${this.#name(key.name)} IN (${keys.map((value) => text.of(key, value)).join(', ')})`;
  }

  /** The open ones among these rows, held until the transaction ends. */
  lock(keys: readonly string[]): Statement {
    const text = new Text(this.#dialect);
    const where = [...this.#isOpen(text), this.#among(text, keys)];
    return { sql: `${this.#select} WHERE ${where.join(' AND ')} FOR UPDATE`, params: text.params };
  }

  /** Marks rows as taken. */
  mark(keys: readonly string[]): Statement {
    const { take } = this.#settings;
    const { status } = this.#known;
    if (take.by !== 'STATUS' || !status) throw new TypeError('this source has no mark');
    const text = new Text(this.#dialect);
    const set = `${this.#name(status.name)} = ${text.of(status, take.done)}`;
    return { sql: `UPDATE ${this.#from} SET ${set} WHERE ${this.#among(text, keys)}`, params: text.params };
  }
}

/** Names and types of the columns of a table or view; no rows when there is none. */
export function describe({ dialect, table: name }: Pick<TableSettings, 'dialect' | 'table'>): Statement {
  const { schema, table } = tableName(name);
  const params = schema === undefined ? [table] : [table, schema];
  const place = (n: number): string => (dialect === 'MYSQL' ? '?' : `$${String(n)}`);
  const own = dialect === 'MYSQL' ? 'DATABASE()' : 'ANY (current_schemas(false))';
  return {
    sql:
      'SELECT column_name AS name, data_type AS type FROM information_schema.columns ' +
      `WHERE table_name = ${place(1)} AND table_schema = ${schema === undefined ? own : place(2)} ` +
      'ORDER BY ordinal_position',
    params,
  };
}
