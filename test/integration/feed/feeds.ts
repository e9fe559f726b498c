import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { makeViewer, systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { csvOf } from '../../../server/generate/index.ts';
import { usccOf } from '../../../server/generate/identity.ts';
import type { CellFault, FeedBatchDoc } from '../../../server/modules/feed/index.ts';
import { sampleRow, templateOf, type CounterpartKind } from '../../../server/modules/template/index.ts';
import { feedOf, type NationalKind } from '../../support/feeds.ts';

export type Texts = Readonly<Record<string, string>>;

/** A valid row of a firm of its own per number. */
export function rowOf(
  kind: NationalKind,
  n: number,
  changes: Texts = {},
  who: CounterpartKind = 'LEGAL_PERSON',
): Texts {
  const own =
    who === 'NATURAL_PERSON'
      ? {}
      : {
          uscc: usccOf(who === 'LEGAL_PERSON' ? '91' : '92', '620300', n),
          counterpartName: `示例商贸${String(n)}号`,
        };
  return {
    ...sampleRow(feedOf(kind), who),
    ...own,
    documentNumber: `示字〔2025〕${String(n)}号`,
    ...changes,
  };
}

export function csvFile(kind: NationalKind, rows: readonly Texts[]): string {
  const { columns } = templateOf(feedOf(kind));
  return csvOf([
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map(({ field }) => row[field] ?? '')),
  ]);
}

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

interface Upload {
  readonly feed?: string;
  readonly viewer?: Viewer;
  readonly agency?: string;
  readonly again?: boolean;
  readonly fileName?: string;
}

export async function receive(
  app: AppContext,
  content: string | Buffer,
  { viewer = systemViewer, feed = 'market/license', fileName = '测试.csv', ...rest }: Upload = {},
) {
  return app.feeds.receive(viewer, { feed, fileName, source: Readable.from([content]), ...rest });
}

/** Brings a file and works it to its end. */
export async function bring(
  app: AppContext,
  content: string | Buffer,
  upload: Upload = {},
): Promise<FeedBatchDoc> {
  const { batch } = await receive(app, content, upload);
  const id = batch._id.toHexString();
  await app.feeds.ingest.run(id);
  return app.feeds.batch(systemViewer, id);
}

/** Somebody of the agency of a sector. */
export async function agencyViewer(app: AppContext, sector: string): Promise<Viewer> {
  const code = app.sectors.bySlug(sector)?.agencyUscc ?? '';
  const agency = await app.organizations.byUscc(code);
  if (!agency) throw new Error(`no agency for ${sector}`);
  return makeViewer({
    kind: 'account',
    accountId: sector.padEnd(24, '0'),
    organizationId: agency.id,
    sectors: agency.sectors,
    roles: ['AGENCY_MAKER'],
  });
}

export const centre = makeViewer({
  kind: 'account',
  accountId: 'c',
  roles: ['CENTER_OPERATOR'],
  sectors: [],
});

/** Code and column of every reason of a batch's problem rows. */
export async function reasons(
  app: AppContext,
  batch: FeedBatchDoc,
): Promise<{ row: number; codes: string[] }[]> {
  const { nodes } = await app.feeds.problemRows(systemViewer, batch._id.toHexString(), { first: 100 });
  const codesOf = (faults: readonly CellFault[]): string[] =>
    faults.filter(({ severity }) => severity !== 'WARNING').map(({ code }) => code);
  return nodes.map(({ row, faults }) => ({ row, codes: codesOf(faults) }));
}

export function collectionOf(app: AppContext, name: string) {
  return app.db.conn.getClient().db(app.db.conn.name).collection(name);
}

/** Every file of a folder with its bytes. */
export async function filesUnder(directory: string): Promise<Map<string, Buffer>> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, Buffer>();
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path, await readFile(path));
  }
  return files;
}
