import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import { InputError } from '../../lib/errors.ts';
import type { CreditRecordService } from '../credit-record/index.ts';
import type { PublicationService } from '../publication/index.ts';
import { addFigures, figuresIn, noFigures, type Figures } from '../quality-counters/index.ts';
import { findFeed } from '../template/index.ts';
import { parsePeriod, type Period } from './period.ts';
import { monthlyWorkbook } from './monthly-workbook.ts';
import type { MonthlyFigures, MonthlyRow } from './monthly.types.ts';
import { storedOf } from './rates.ts';
import { activeAgencies, type ReportDeps } from './report.service.ts';

interface MonthlyDeps extends ReportDeps {
  readonly records: Pick<CreditRecordService, 'decidedBetween'>;
  readonly publications: Pick<PublicationService, 'windowsOf'>;
  readonly cityName: string;
}

const KINDS = ['LICENSE', 'PENALTY'] as const;
type Kind = (typeof KINDS)[number];

interface Sums {
  readonly counted: Record<keyof Figures, number>;
  readonly reasons: string[];
  produced?: number;
  ownSite?: number;
  shown: number;
}

function isKind(kind: string | undefined): kind is Kind {
  return KINDS.includes(kind as Kind);
}

class Sheet {
  readonly #sums = new Map<string, Sums>();

  of(agencyId: string, kind: Kind): Sums {
    const key = `${agencyId} ${kind}`;
    let sums = this.#sums.get(key);
    if (!sums) this.#sums.set(key, (sums = { counted: noFigures(), reasons: [], shown: 0 }));
    return sums;
  }

  figures(agencyId: string, kind: Kind): MonthlyFigures {
    const { counted, reasons, produced, ownSite, shown } = this.of(agencyId, kind);
    return {
      ...(produced === undefined ? {} : { produced, unreported: Math.max(0, produced - counted.decided) }),
      ...(ownSite === undefined ? {} : { ownSite }),
      reasons,
      reported: counted.received,
      stored: storedOf(counted),
      shown,
      counted,
    };
  }
}

/** The monthly 双公示 statistics of the city. */
export class MonthlyService {
  readonly #deps: MonthlyDeps;

  constructor(deps: MonthlyDeps) {
    this.#deps = deps;
  }

  /**
   * Agencies with 行政许可 or 行政处罚, by name.
   * @param name `2023-05`
   * @throws InputError QUALITY_PERIOD_INVALID; ForbiddenError without `quality:read-all`
   */
  async rows(viewer: Viewer, name: string): Promise<MonthlyRow[]> {
    requirePermission(viewer, 'quality:read-all');
    const month = parsePeriod(name);
    if (month?.cadence !== 'MONTHLY')
      throw new InputError(['period'], 'QUALITY_PERIOD_INVALID', { period: name });
    const sheet = new Sheet();
    for await (const { agencyId, feed, figures } of figuresIn(this.#deps.db, {
      unit: 'month',
      from: name,
      to: name,
    })) {
      const kind = findFeed(feed)?.kind;
      if (isKind(kind)) addFigures(sheet.of(agencyId, kind).counted, figures);
    }
    await this.#statements(sheet, month);
    await this.#shown(sheet, month);
    const missing = new Map<string, number>();
    for (const { agencyId, feed } of await this.#deps.gaps.openBetween(month.first, month.last)) {
      const id = agencyId.toHexString();
      if (isKind(findFeed(feed)?.kind)) missing.set(id, (missing.get(id) ?? 0) + 1);
    }
    const agencies = await activeAgencies(this.#deps.organizations);
    return agencies.map(({ id, name: agency }) => ({
      name: agency,
      license: sheet.figures(id, 'LICENSE'),
      penalty: sheet.figures(id, 'PENALTY'),
      gaps: missing.get(id) ?? 0,
    }));
  }

  /** What agencies say themselves, for the whole month. */
  async #statements(sheet: Sheet, { name, first, last }: Period): Promise<void> {
    for (const { agencyId, feed, period, count, published, reason } of await this.#deps.gaps.countsBetween(
      first,
      last,
    )) {
      const kind = findFeed(feed)?.kind;
      if (period !== name || !isKind(kind)) continue;
      const sums = sheet.of(agencyId.toHexString(), kind);
      sums.produced = (sums.produced ?? 0) + count;
      if (published !== undefined) sums.ownSite = (sums.ownSite ?? 0) + published;
      if (reason !== undefined) sums.reasons.push(reason);
    }
  }

  /** Reads the decisions of the month, not the counters: what is shown changes day by day. */
  async #shown(sheet: Sheet, { first, last }: Period): Promise<void> {
    for await (const decisions of this.#deps.records.decidedBetween([first, last], { kinds: KINDS })) {
      const windows = await this.#deps.publications.windowsOf(decisions.map(({ id }) => id));
      for (const { id, agencyId, kind } of decisions)
        if (isKind(kind) && windows.get(id)?.shown === true) sheet.of(agencyId, kind).shown += 1;
    }
  }

  /** The same as .xlsx. @throws as `rows` */
  async workbook(viewer: Viewer, name: string): Promise<Buffer> {
    return monthlyWorkbook({
      cityName: this.#deps.cityName,
      month: name,
      rows: await this.rows(viewer, name),
    });
  }
}
