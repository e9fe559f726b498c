import { createHttpClient } from '../../lib/http-client.ts';
import { FolderPuller, type FolderDeps } from './folder/folder-puller.ts';
import { HttpPuller } from './http/http-puller.ts';
import { ServiceClient } from './http/service-client.ts';
import type { Puller } from './pull.ts';
import type { SourceSettings } from './settings.types.ts';
import { connectMysql } from './table/mysql.ts';
import { connectPostgres } from './table/postgres.ts';
import { TablePuller } from './table/table-puller.ts';

/**
 * The way a source is read.
 * @throws RuleError COLLECT_UNREACHABLE, COLLECT_DENIED, COLLECT_CERTIFICATE
 */
export async function openPuller(
  code: string,
  source: SourceSettings,
  secret: string,
  deps: FolderDeps,
): Promise<Puller> {
  switch (source.kind) {
    case 'FOLDER':
      return new FolderPuller(deps, source.settings);
    case 'HTTP': {
      const http = createHttpClient({ connections: 1 });
      const client = new ServiceClient(http, source.settings, secret);
      const ask = client.ask.bind(client);
      return new HttpPuller(
        { source: code, clock: deps.clock, ask, close: () => http.close() },
        source.settings,
      );
    }
    case 'TABLE': {
      const { host, port, database, user, tls } = source.settings;
      const address = {
        host,
        database,
        user,
        tls,
        password: secret,
        ...(port === undefined ? {} : { port }),
      };
      const driver =
        source.settings.dialect === 'MYSQL' ? await connectMysql(address) : await connectPostgres(address);
      return new TablePuller(code, { driver, clock: deps.clock }, source.settings);
    }
  }
}
