import type { ClientSession } from 'mongoose';
import { Types } from 'mongoose';
import { bumpCounters, readCounters } from '../../db/counters.ts';
import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { messageOf } from '../../lib/messages.ts';
import type { CreditRecordService } from '../credit-record/index.ts';
import type { RefusedItem } from '../outbox/index.ts';
import { columnName, feedPathOf, templateOf } from '../template/index.ts';
import type { FeedBatchDoc } from './batch.model.ts';
import type { RawValue } from './feed.types.ts';
import type { ProblemRowDoc, RawCells } from './problem-row.model.ts';
import type { ProblemRowRepository } from './problem-row.repository.ts';
import { keyOfRow, seal, unseal } from './problem-row.ts';
import { problemWorkbook, type ProblemSheetRow } from './workbook/index.ts';

const PAGE = 500;
const OPEN_COUNTER = 'problems:open';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly problems: ProblemRowRepository;
  readonly records: CreditRecordService;
}

/** 疑问数据: rows that wait for their agency. */
export class ProblemRowService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async open(): Promise<number> {
    return (await readCounters(this.#deps.db, OPEN_COUNTER)).get(OPEN_COUNTER) ?? 0;
  }

  /** Counts the rows themselves, to be held against `open`. */
  recount(): Promise<number> {
    return this.#deps.problems.countOpen();
  }

  /** All open problem rows of a batch as a workbook to correct and upload again. */
  async workbook(batch: FeedBatchDoc): Promise<Buffer> {
    const { header, byField } = await this.#layout(batch);
    return problemWorkbook(header, this.#sheetRows(batch, header, byField), '疑问数据');
  }

  async *#pages(batch: FeedBatchDoc): AsyncGenerator<ProblemRowDoc[]> {
    let after: { seq: number; id: string } | undefined;
    for (;;) {
      const found = await this.#deps.problems.page(batch._id.toHexString(), after, PAGE, ['OPEN']);
      if (found.length === 0) return;
      yield found;
      const last = found.at(-1) as ProblemRowDoc;
      after = { seq: last.seq, id: last._id };
    }
  }

  /**
   * Columns of the workbook: those of the file where all rows have them alike, so that the edition of the template
   * stays; the current template otherwise, cells put where their field is.
   */
  async #layout(batch: FeedBatchDoc): Promise<{ header: string[]; byField: boolean }> {
    let header: readonly string[] | undefined;
    for await (const page of this.#pages(batch)) {
      for (const row of page) {
        const own = dataColumns(unseal(row, this.#deps.cipher)).map(({ name }) => name);
        header ??= own;
        if (own.join('\u0000') !== header.join('\u0000')) {
          return { header: templateOf(batch.feed).columns.map(({ name }) => name), byField: true };
        }
      }
    }
    return {
      header: [...(header ?? templateOf(batch.feed).columns.map(({ name }) => name))],
      byField: false,
    };
  }

  async *#sheetRows(
    batch: FeedBatchDoc,
    header: readonly string[],
    byField: boolean,
  ): AsyncGenerator<ProblemSheetRow> {
    const fieldNames = templateOf(batch.feed).columns.map(({ field }) => field);
    for await (const page of this.#pages(batch)) {
      for (const row of page) {
        const columns = dataColumns(unseal(row, this.#deps.cipher));
        const at = (field: string): number =>
          byField ? fieldNames.indexOf(field) : columns.findIndex((column) => column.field === field);
        const cells: RawValue[] = byField
          ? fieldNames.map((field) => columns.find((column) => column.field === field)?.value)
          : columns.map(({ value }) => value);
        yield {
          cells: header.map((_, i) => cells[i]),
          problemId: row._id,
          row: row.row,
          ...(row.part === undefined ? {} : { part: row.part }),
          faults: row.faults
            .filter(({ severity }) => severity !== 'WARNING')
            .map(({ field, column, code, params, severity }) => ({
              ...(at(field) < 0 ? {} : { columnIndex: at(field) }),
              column,
              message: messageOf(code, params),
              confirm: severity === 'CONFIRM',
            })),
        };
      }
    }
  }

  /**
   * The problem rows that belong to a record: what platforms refused of its revisions, and what was refused at the door
   * for the same document and counterpart before.
   */
  async ofRecord(recordId: string, platforms: readonly string[]): Promise<Omit<ProblemRowDoc, 'sealed'>[]> {
    const { records, problems, cipher } = this.#deps;
    const [current] = await records.currentOf([recordId]);
    if (!current) return [];
    const revisions = Array.from({ length: current.revision }, (_, i) => i + 1);
    const ids = platforms.flatMap((code) => revisions.map((n) => `${code}:${recordId}:${String(n)}`));
    const [pushed] = await records.pushable([{ recordId, revision: current.revision }]);
    const { documentNumber = '', counterpartName = '' } = pushed?.fields ?? {};
    const named = documentNumber !== '' && counterpartName !== '';
    return problems.about(ids, {
      agencyId: new Types.ObjectId(current.agencyId),
      feed: feedPathOf(pushed ?? current),
      rowKey: named ? keyOfRow(documentNumber, counterpartName, cipher) : undefined,
    });
  }

  /**
   * What a platform refused goes back to the agency that supplied it, in the transaction that notes the refusal; a
   * repeat changes nothing.
   */
  async addRefused(items: readonly RefusedItem[], tx: ClientSession): Promise<void> {
    const { records, problems, cipher, clock, db } = this.#deps;
    const pushed = new Map(
      (await records.pushable(items)).map((record) => [
        `${record.recordId}:${String(record.revision)}`,
        record,
      ]),
    );
    const origin = new Map(
      (await records.currentOf(items.map(({ recordId }) => recordId))).map((r) => [r.id, r]),
    );
    const rows = items.flatMap((item): ProblemRowDoc[] => {
      const record = pushed.get(`${item.recordId}:${String(item.revision)}`);
      const current = origin.get(item.recordId);
      if (!record || !current) return [];
      const _id = `${item.platform}:${item.recordId}:${String(item.revision)}`;
      const columns = templateOf(feedPathOf(record)).columns;
      const cells: RawCells = {
        header: columns.map(({ name }) => name),
        fields: columns.map(({ field }) => field),
        cells: columns.map(({ field }) => record.fields[field] ?? null),
      };
      return [
        {
          _id,
          batchId: new Types.ObjectId(current.batchId),
          agencyId: new Types.ObjectId(current.agencyId),
          feed: feedPathOf(record),
          kind: record.kind,
          seq: 0,
          row: 0,
          status: 'OPEN',
          documentNumber: current.documentNumber,
          rowKey: keyOfRow(
            record.fields['documentNumber'] ?? '',
            record.fields['counterpartName'] ?? '',
            cipher,
          ),
          faults: [
            {
              field: 'documentNumber',
              column: columnName(feedPathOf(record), 'documentNumber'),
              // Our own findings have texts of their own; a platform's words are passed on.
              code: item.local === true ? item.code : 'FEED_UPSTREAM_REFUSED',
              params: { platform: item.platform, code: item.code ?? '', message: item.message ?? '' },
              severity: 'ERROR',
            },
          ],
          sealed: seal(_id, cells, cipher),
          createdAt: clock.now(),
        },
      ];
    });
    const added = await problems.insertMissing(rows, tx);
    await bumpCounters(db, new Map([[OPEN_COUNTER, added]]), tx);
  }
}

interface DataColumn {
  readonly name: string;
  readonly field: string | null;
  readonly value: RawValue;
}

/** Without the helper columns of a problem workbook: the workbook brings its own. */
function dataColumns({ header, fields, cells }: RawCells): DataColumn[] {
  return header.flatMap((name, i) => {
    const field = fields[i] ?? null;
    if (field?.startsWith('$')) return [];
    return [{ name, field, value: cells[i] ?? undefined }];
  });
}
