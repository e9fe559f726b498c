import { deflateRawSync } from 'node:zlib';
import * as XLSX from '@e965/xlsx';
import { expect } from 'chai';
import iconv from 'iconv-lite';
import { csvOf } from '../../../server/generate/index.ts';
import {
  COUNTERPART_KINDS,
  GENERATIONS,
  templateOf,
  type Generation,
} from '../../../server/modules/template/index.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { crc32 } from '../../support/crc32.ts';
import { bring, rowOf } from './feeds.ts';
import { feedOf, NATIONAL_KINDS, type NationalKind } from '../../support/feeds.ts';

interface Table {
  readonly header: readonly string[];
  readonly codes: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const STATE = { g1: '0', g2: '1', g3: '1' } as const;
let next = 1;

/** A table of an edition with a legal person, an individual business and a natural person. */
function tableOf(kind: NationalKind, generation: Generation): Table {
  const { columns } = templateOf(feedOf(kind), generation);
  const rows = COUNTERPART_KINDS.map((who) => {
    const row = rowOf(kind, (next += 1), { state: STATE[generation] }, who);
    return columns.map(({ field }) => row[field] ?? '');
  });
  return { header: columns.map(({ name }) => name), codes: columns.map(({ code }) => code), rows };
}

function book({ header, rows }: Table, bookType: XLSX.BookType): Buffer {
  const workbook = XLSX.utils.book_new();
  const sheet = XLSX.utils.aoa_to_sheet([[...header], ...rows.map((row) => [...row])]);
  XLSX.utils.book_append_sheet(workbook, sheet, '数据');
  return XLSX.write(workbook, { type: 'buffer', bookType }) as Buffer;
}

/** By column code, empty ones left out, as interfaces send them. */
function records({ codes, rows }: Table): Record<string, string>[] {
  return rows.map((row) =>
    Object.fromEntries(
      codes.map((code, i) => [code, row[i] ?? ''] as const).filter(([, value]) => value !== ''),
    ),
  );
}

function xml(table: Table): string {
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const rows = records(table).map(
    (record) =>
      `<ROW>${Object.entries(record)
        .map(([code, value]) => `<${code}>${escape(value)}</${code}>`)
        .join('')}</ROW>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><ROWDATA>${rows.join('')}</ROWDATA>`;
}

/** A zip of one deflated member. */
function zip(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const fileName = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(0x0800, 2);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(fileName.length, 22);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, fileName, packed]);
  const central = Buffer.concat([
    Buffer.from('PK\u0001\u0002\u0014\u0000'),
    common,
    Buffer.alloc(14),
    fileName,
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

const csv = ({ header, rows }: Table): string => csvOf([header, ...rows]);

const FORMATS: readonly (readonly [name: string, write: (table: Table) => Buffer])[] = [
  ['csv in UTF-8', (table) => Buffer.from(csv(table))],
  ['csv in GB18030', (table) => iconv.encode(csv(table), 'gb18030')],
  ['xlsx', (table) => book(table, 'xlsx')],
  ['xls', (table) => book(table, 'biff8')],
  ['SpreadsheetML', (table) => book(table, 'xlml')],
  ['xml', (table) => Buffer.from(xml(table))],
  ['json', (table) => Buffer.from(JSON.stringify(records(table)))],
  [
    'ndjson',
    (table) =>
      Buffer.from(
        records(table)
          .map((row) => JSON.stringify(row))
          .join('\n'),
      ),
  ],
  ['zip', (table) => zip('数据.csv', Buffer.from(csv(table)))],
];

describe('a file of each edition, kind and format, with every kind of counterpart', function () {
  this.timeout(60_000);
  let context: TestContext;
  before(async () => {
    context = await testContext();
  });
  after(() => context.close());

  for (const [format, write] of FORMATS) {
    for (const kind of NATIONAL_KINDS) {
      it(`is accepted whole: ${kind} as ${format}`, async () => {
        for (const generation of GENERATIONS) {
          const feed = `market/${kind.toLowerCase()}`;
          const { status, rows } = await bring(context.app, write(tableOf(kind, generation)), {
            feed,
            fileName: '数据',
          });
          expect({ generation, status, ...rows }).to.include({
            status: 'INGESTED',
            read: COUNTERPART_KINDS.length,
            inserted: COUNTERPART_KINDS.length,
          });
        }
      });
    }
  }
});
