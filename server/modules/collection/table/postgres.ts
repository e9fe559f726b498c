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

const BYTES = 17;
const TIME_WITH_ZONE = 1184;

/** Values as the server writes them; the zone is the session's, so it says nothing. */
const types = {
  getTypeParser: (type: number) => (text: string) => {
    if (type === BYTES) return null;
    return type === TIME_WITH_ZONE ? text.replace(/[+-]\d{2}(?::\d{2})*$/, '') : text;
  },
};

/** PostgreSQL. @throws RuleError COLLECT_UNREACHABLE, COLLECT_DENIED, COLLECT_CERTIFICATE */
export async function connectPostgres({ tls, port = 5432, ...address }: TableAddress): Promise<TableDriver> {
  // Few processes need it: it is loaded with the first table.
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    ...address,
    port,
    ssl: tls,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    options:
      '-c timezone=Asia/Shanghai -c datestyle=ISO,YMD -c default_transaction_isolation=read\\ committed',
    types: types as never,
  });
  // Without a listener a connection that breaks while nothing is asked ends the process; the next question tells it.
  client.on('error', () => undefined);
  const query = async ({ sql, params }: Statement): Promise<readonly TableRow[]> => {
    try {
      return (await client.query<Record<string, Cell>>(sql, [...params])).rows;
    } catch (error) {
      throw databaseFault(error);
    }
  };
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw databaseFault(error);
  }
  return {
    query,
    async inTransaction(work) {
      await query({ sql: 'BEGIN', params: [] });
      try {
        const result = await work();
        await query({ sql: 'COMMIT', params: [] });
        return result;
      } catch (error) {
        await query({ sql: 'ROLLBACK', params: [] }).catch(() => undefined);
        throw error;
      }
    },
    close: () => client.end().catch(() => undefined),
  };
}
