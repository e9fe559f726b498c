import { Schema, type mongo } from 'mongoose';
import writeExcelFile, { type Cell, type Row } from 'write-excel-file/node';
import { actorOf, requirePermission, type Viewer } from '../../auth/viewer.ts';
import { baseOptions } from '../../db/base-schema.ts';
import type { Db } from '../../db/connect.ts';
import { nativeCollection } from '../../db/native.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError } from '../../lib/errors.ts';
import { scrubPersonal } from '../../lib/scrub.ts';
import type { AuditService } from '../audit/index.ts';
import { CITY_MONITORING, scoreOf, type CityFigure, type CityIndicator } from './city-sheet.ts';
import type { ReportService } from './report.service.ts';

/** What somebody entered of one indicator. */
interface EntryDoc {
  /** `<edition>|<year>|<code>` */
  _id: string;
  /** Points, with one decimal. */
  score?: number;
  note: string;
  at: Date;
  by: string;
}

const entrySchema = new Schema<EntryDoc>(
  {
    _id: { type: String, required: true },
    score: Number,
    note: { type: String },
    at: { type: Date, required: true },
    by: { type: String, required: true },
  } as never,
  baseOptions,
);

export interface CitySheetRow extends CityIndicator {
  readonly score?: number;
  readonly note: string;
  /** In words, out of the figures of the year. */
  readonly known?: string;
}

export interface CitySheet {
  readonly year: number;
  readonly name: string;
  readonly rows: readonly CitySheetRow[];
  /** Of all scores given. */
  readonly total?: number;
}

interface CityDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: AuditService;
  readonly reports: ReportService;
}

const LONGEST_NOTE = 500;

function percent(ppm: number | null): string {
  if (ppm === null) return '—';
  const hundredths = Math.floor((ppm + 50) / 100);
  return `${String(Math.floor(hundredths / 100))}.${String(hundredths % 100).padStart(2, '0')}%`;
}

/** Self-assessment by the national city monitoring: what our figures tell, and scores and notes entered by hand. */
export class CitySheetService {
  readonly #deps: CityDeps;
  readonly #entries: mongo.Collection<EntryDoc>;

  constructor(deps: CityDeps) {
    this.#deps = deps;
    deps.db.model('CitySheetEntry', entrySchema, 'city_sheet_entries');
    this.#entries = nativeCollection<EntryDoc>(deps.db, 'city_sheet_entries');
  }

  /** @throws InputError QUALITY_PERIOD_INVALID; ForbiddenError without `quality:read-all` */
  async sheet(viewer: Viewer, year: number): Promise<CitySheet> {
    requirePermission(viewer, 'quality:read-all');
    const known = await this.#known(viewer, String(year));
    const prefix = this.#id(year, '');
    const found = await this.#entries.find({ _id: { $gte: prefix, $lt: `${prefix}~` } }).toArray();
    const entries = new Map(found.map((entry) => [entry._id.slice(prefix.length), entry]));
    const scores = new Map(
      [...entries].flatMap(([code, { score }]) => (score == null ? [] : [[code, score] as const])),
    );
    const rows = CITY_MONITORING.indicators.map((indicator): CitySheetRow => {
      const score = scoreOf(indicator, scores);
      const told = indicator.figure && known[indicator.figure];
      return {
        ...indicator,
        note: entries.get(indicator.code)?.note ?? '',
        ...(score === undefined ? {} : { score }),
        ...(told === undefined ? {} : { known: told }),
      };
    });
    const firsts = rows.flatMap(({ level, score }) =>
      level === 1 && score !== undefined ? [score * 10] : [],
    );
    const total = firsts.length === 0 ? {} : { total: firsts.reduce((a, b) => a + b, 0) / 10 };
    return { year, name: CITY_MONITORING.name, rows, ...total };
  }

  #id(year: number, code: string): string {
    return `${CITY_MONITORING.edition}|${String(year)}|${code}`;
  }

  async #known(viewer: Viewer, period: string): Promise<Readonly<Record<CityFigure, string>>> {
    const { total, rows, reporting } = await this.#deps.reports.report(viewer, { period, by: 'KIND' });
    const national = rows.filter(({ key }) => key === 'LICENSE' || key === 'PENALTY');
    const double = national.map(({ key, received, stored, rates }) => {
      const name = key === 'LICENSE' ? '行政许可' : '行政处罚';
      return `${name}归集${String(received)}行、入库${String(stored)}行、合规率${percent(rates.compliance)}、及时率${percent(rates.timely)}`;
    });
    return {
      DOUBLE_PUBLICITY: double.join('；') || '本年没有收到双公示数据',
      COLLECTION: `归集${String(total.received)}行、入库${String(total.stored)}行、上报率${percent(reporting)}、漏报${String(total.gaps)}期`,
      WRONG_CODES: `错码率${percent(total.rates.wrongCode)}（${String(total.wrongCode)}行）、重复率${percent(total.rates.duplicate)}`,
    };
  }

  /**
   * Keeps a score, for second-level indicators, and a note.
   * @throws InputError QUALITY_INDICATOR_UNKNOWN, QUALITY_SCORE_INVALID, QUALITY_TEXT_INVALID, QUALITY_PERIOD_INVALID;
   *   ForbiddenError without `quality:manage`
   */
  async enter(
    viewer: Viewer,
    input: {
      readonly year: number;
      readonly code: string;
      readonly score?: number | null;
      readonly note: string;
    },
  ): Promise<CitySheet> {
    requirePermission(viewer, 'quality:manage');
    const { year, code, score } = input;
    const indicator = CITY_MONITORING.indicators.find((one) => one.code === code);
    if (!indicator || indicator.level === 1)
      throw new InputError(['code'], 'QUALITY_INDICATOR_UNKNOWN', { code });
    const most = indicator.level === 2 ? (indicator.weight ?? 0) : 0;
    const tenths = (score ?? 0) * 10;
    if (
      score != null &&
      (most === 0 || score < 0 || score > most || Math.abs(tenths - Math.floor(tenths + 0.5)) > 1e-9)
    )
      throw new InputError(['score'], 'QUALITY_SCORE_INVALID', { max: most });
    const note = scrubPersonal(input.note.trim());
    if (note.length > LONGEST_NOTE)
      throw new InputError(['note'], 'QUALITY_TEXT_INVALID', { max: LONGEST_NOTE });
    const before = await this.sheet(viewer, year);
    const entry = {
      note,
      at: this.#deps.clock.now(),
      by: actorOf(viewer),
      ...(score == null ? {} : { score: Math.floor(tenths + 0.5) / 10 }),
    };
    await this.#entries.replaceOne({ _id: this.#id(year, code) }, entry, { upsert: true });
    await this.#deps.audit.record(viewer, {
      action: 'quality:city-sheet',
      object: `city-sheet:${String(before.year)}`,
      result: 'OK',
      detail: { code, ...(score == null ? {} : { score }) },
    });
    return this.sheet(viewer, year);
  }

  /** The same as .xlsx. @throws as `sheet` */
  async workbook(viewer: Viewer, year: number): Promise<Buffer> {
    const { name, rows, total } = await this.sheet(viewer, year);
    const text = (value: string, style: object = {}): Cell =>
      value === '' ? null : { value, type: String, wrap: true, alignVertical: 'center', ...style };
    const number = (value: number | undefined): Cell =>
      value === undefined ? null : { value, type: Number };
    const head = (value: string): Cell => text(value, { fontWeight: 'bold', backgroundColor: '#DDEBF7' });
    const title = text(`${name}　${String(year)}年`, { fontWeight: 'bold', fontSize: 16, columnSpan: 6 });
    const data: Row[] = [
      [title, null, null, null, null, null],
      ['编号', '指标', '分值', '自评得分', '平台数据', '说明'].map(head),
      ...rows.map(({ code, level, name: indicator, weight, score, known, note }): Row => {
        const bold = level === 1 ? { fontWeight: 'bold' } : {};
        return [
          text(code, bold),
          text(`${'　'.repeat(level - 1)}${indicator}`, bold),
          number(weight),
          number(score),
          text(known ?? ''),
          text(note),
        ];
      }),
      [null, head('合计'), number(100), number(total), null, null],
    ];
    const widths = [8, 30, 8, 10, 60, 40];
    return writeExcelFile([
      { sheet: '自评表', data, columns: widths.map((width) => ({ width })) },
    ]).toBuffer();
  }
}
