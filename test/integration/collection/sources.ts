import { systemViewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import type { CollectionSource, SourceInput } from '../../../server/modules/collection/index.ts';
import { templateOf } from '../../../server/modules/template/index.ts';
import type { FrontDatabase } from '../../support/databases.ts';
import { collectionOf, rowOf, type Texts } from '../feed/feeds.ts';

export const FEED = 'market/license';

/** A row as an agency's system names it: by Chinese column names. */
export function namedRow(n: number, changes: Texts = {}): Record<string, string> {
  const row = rowOf('LICENSE', n, changes);
  return Object.fromEntries(
    templateOf(FEED).columns.flatMap(({ name, field }) => {
      const value = row[field];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

/** Chinese name of a column of the template. */
export function nameOf(field: string): string {
  return templateOf(FEED).columns.find((column) => column.field === field)?.name ?? field;
}

export function setSource(
  app: AppContext,
  input: Partial<SourceInput> & Pick<SourceInput, 'code' | 'kind' | 'settings'>,
): Promise<CollectionSource> {
  return app.collection.sources.set(systemViewer, {
    name: input.code,
    feed: FEED,
    everyMinutes: 5,
    ...input,
  });
}

/** Runs a source to its end. */
export function collect(app: AppContext, code: string, options: { fromStart?: boolean } = {}) {
  return app.collection.collect(systemViewer, code, options);
}

/** Document numbers of what is stored, with the revision of each. */
export async function stored(app: AppContext): Promise<Map<string, number>> {
  const found = await collectionOf(app, 'credit_records')
    .find({}, { projection: { documentNumber: 1, revision: 1 } })
    .toArray();
  return new Map(found.map((doc) => [String(doc['documentNumber']), Number(doc['revision'])]));
}

export const numberOf = (n: number): string => rowOf('LICENSE', n)['documentNumber'] ?? '';

/** A front-end table 前置表 with the columns of the template, and what an agency does with it. */
export class FrontTable {
  readonly name: string;
  readonly database: FrontDatabase;
  readonly #columns: readonly string[];

  constructor(database: FrontDatabase, name: string) {
    this.database = database;
    this.name = name;
    this.#columns = Object.keys(namedRow(1));
  }

  #quote(name: string): string {
    return this.database.dialect === 'MYSQL' ? `\`${name}\`` : `"${name}"`;
  }

  #place(n: number): string {
    return this.database.dialect === 'MYSQL' ? '?' : `$${String(n)}`;
  }

  async run(sql: string, params: readonly (string | null)[] = []) {
    return this.database.agency.query({ sql, params });
  }

  get quoted(): string {
    return this.#quote(this.name);
  }

  async create(): Promise<void> {
    const mysql = this.database.dialect === 'MYSQL';
    const columns = this.#columns.map((name) => `${this.#quote(name)} varchar(300)`);
    await this.run(
      `CREATE TABLE ${this.quoted} (id bigint PRIMARY KEY, ${columns.join(', ')}, taken int NOT NULL DEFAULT 0, ` +
        `changed_at ${mysql ? 'datetime(6)' : 'timestamptz'} NOT NULL DEFAULT ${mysql ? 'CURRENT_TIMESTAMP(6)' : 'clock_timestamp()'})`,
    );
  }

  drop = () => this.run(`DROP TABLE ${this.quoted}`);

  async insert(numbers: readonly number[], changes: (n: number) => Texts = () => ({})): Promise<void> {
    for (let i = 0; i < numbers.length; i += 100) {
      const part = numbers.slice(i, i + 100);
      const params: string[] = [];
      const values = part.map((n) => {
        const row = namedRow(n, changes(n));
        const cells = [String(n), ...this.#columns.map((name) => row[name] ?? '')];
        return `(${cells.map((cell) => this.#place(params.push(cell))).join(', ')})`;
      });
      const names = ['id', ...this.#columns].map((name) => this.#quote(name)).join(', ');
      await this.run(`INSERT INTO ${this.quoted} (${names}) VALUES ${values.join(', ')}`, params);
    }
  }

  /** The agency corrects a row: content, time of change, and its mark again open. */
  async change(n: number, field: string, value: string): Promise<void> {
    const now = this.database.dialect === 'MYSQL' ? 'CURRENT_TIMESTAMP(6)' : 'clock_timestamp()';
    await this.run(
      `UPDATE ${this.quoted} SET ${this.#quote(nameOf(field))} = ${this.#place(1)}, taken = 0, changed_at = ${now} ` +
        `WHERE id = ${String(n)}`,
      [value],
    );
  }

  async taken(): Promise<number[]> {
    const rows = await this.run(`SELECT id FROM ${this.quoted} WHERE taken = 1 ORDER BY id`);
    return rows.map(({ id }) => Number(id));
  }

  source(take: object, more: object = {}): Pick<SourceInput, 'kind' | 'settings' | 'secret'> {
    const { dialect, host, port, database, user, password } = this.database;
    const settings = { dialect, host, port, database, user, table: this.name, take, ...more };
    return { kind: 'TABLE', settings, secret: password };
  }
}

export const TAKES = {
  STATUS: { by: 'STATUS', key: 'id', status: 'taken', done: '1' },
  KEY: { by: 'KEY', key: 'id' },
  TIME: { by: 'TIME', key: 'id', updatedAt: 'changed_at' },
} as const;
