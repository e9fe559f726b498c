import type { Connection } from 'mysql2/promise';
import {
  CONNECT_TIMEOUT_MS,
  STATEMENT_TIMEOUT_MS,
  type Cell,
  type Statement,
  type TableAddress,
  type TableDriver,
  type TableRow,
} from './driver.ts';
import { databaseFault } from './faults.ts';

/** Bytes are no text of a record; numbers keep the digits they came with. */
function cellOf(value: unknown): Cell {
  if (value === null || value === undefined || value instanceof Uint8Array) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** MariaDB and MySQL. @throws RuleError COLLECT_UNREACHABLE, COLLECT_DENIED, COLLECT_CERTIFICATE */
export async function connectMysql({
  password,
  tls,
  port = 3306,
  ...address
}: TableAddress): Promise<TableDriver> {
  // Few processes need it: it is loaded with the first table.
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({
    ...address,
    port,
    password,
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    // Readers of rows are interpreted: no code is made from what a server sends.
    disableEval: true,
    ...(tls ? { ssl: { verifyIdentity: true } } : {}),
  }).catch((error: unknown) => {
    throw databaseFault(error);
  });
  // Without a listener a connection that breaks while nothing is asked ends the process; the next question tells it.
  (connection as unknown as { connection: NodeJS.EventEmitter }).connection.on('error', () => undefined);
  const driver = new MysqlDriver(connection);
  try {
    await driver.begin();
    return driver;
  } catch (error) {
    await driver.close();
    throw error;
  }
}

class MysqlDriver implements TableDriver {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async begin(): Promise<void> {
    await this.#run("SET time_zone = '+08:00'");
    await this.#run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  }

  async #run(sql: string): Promise<void> {
    await this.#connection.query({ sql, timeout: STATEMENT_TIMEOUT_MS }).catch((error: unknown) => {
      throw databaseFault(error);
    });
  }

  async query({ sql, params }: Statement): Promise<readonly TableRow[]> {
    const options = { sql, timeout: STATEMENT_TIMEOUT_MS };
    const [rows] = await this.#connection.execute(options, [...params]).catch((error: unknown) => {
      throw databaseFault(error);
    });
    if (!Array.isArray(rows)) return [];
    return (rows as Record<string, unknown>[]).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)])),
    );
  }

  async inTransaction<T>(work: () => Promise<T>): Promise<T> {
    await this.#run('START TRANSACTION');
    try {
      const result = await work();
      await this.#run('COMMIT');
      return result;
    } catch (error) {
      await this.#run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    // A farewell would wait for a statement that hangs.
    this.#connection.destroy();
    return Promise.resolve();
  }
}
