import { randomUUID } from 'node:crypto';
import { isValidObjectId, Types, type mongo } from 'mongoose';
import { actorOf, requirePermission, systemViewer, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { nativeCollection } from '../../db/native.ts';
import { isCivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError, NotFoundError, RuleError } from '../../lib/errors.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import { scrubPersonal } from '../../lib/scrub.ts';
import type { AuditService } from '../audit/index.ts';
import type { CreditRecord, CreditRecordService } from '../credit-record/index.ts';
import type { OrganizationService } from '../organization/index.ts';
import type { SectorService } from '../sector/index.ts';
import { templateOf, type Column } from '../template/index.ts';
import {
  findingSchema,
  spotCheckSchema,
  type FindingDoc,
  type FindingResult,
  type SpotCheckDoc,
  type WrongColumn,
} from './check.model.ts';
import { feedsOf } from './duties.ts';
import { idFor, insertOnce } from './once.ts';
import { parsePeriod } from './period.ts';
import { ppm } from './rates.ts';
import { Sample } from './sample.ts';

export interface SpotCheck extends Omit<SpotCheckDoc, '_id' | 'agencyId' | 'records'> {
  readonly id: string;
  readonly agencyId: string;
  readonly recordIds: readonly string[];
}

interface CheckRates {
  readonly matching: number;
  readonly wrong: number;
  readonly concealed: number;
  /** 错报率: wrong of those compared; 瞒报率: concealed of those found at the source. Parts per million. */
  readonly wrongRate: number | null;
  readonly concealedRate: number | null;
}

export interface NewCheck {
  readonly agencyId: string;
  readonly feed?: string;
  readonly period: string;
  readonly size: number;
  readonly seed?: string;
  /** The same caller and key answer the same spot check again. */
  readonly key?: string;
}

interface NewFinding {
  readonly checkId: string;
  readonly result: FindingResult;
  /** One of the sample: for MATCH and WRONG. */
  readonly recordId?: string;
  /** For WRONG. */
  readonly columns?: readonly WrongColumn[];
  /** For CONCEALED. */
  readonly feed?: string;
  readonly documentNumber?: string;
  readonly decidedOn?: string;
  readonly note?: string;
}

interface CheckDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: AuditService;
  readonly organizations: OrganizationService;
  readonly sectors: SectorService;
  readonly records: Pick<CreditRecordService, 'decidedBetween' | 'currentOf' | 'page'>;
}

const MOST_DRAWN = 200;
const MOST_FINDINGS = 1000;
const LONGEST_NOTE = 500;
const LONGEST_VALUE = 2000;

function present({ _id, agencyId, records, ...check }: SpotCheckDoc): SpotCheck {
  return {
    ...check,
    id: _id.toHexString(),
    agencyId: agencyId.toHexString(),
    recordIds: records.map((id) => id.toHexString()),
  };
}

function isPersonal(column: Column | undefined, { counterpartKind }: CreditRecord): boolean {
  if (column?.disclosure === 'PERSONAL') return true;
  return column?.personalForPersons === true && counterpartKind === 'NATURAL_PERSON';
}

/** Spot checks of the centre: what is stored against what the agency itself shows, and the other way round. */
export class CheckService {
  readonly #deps: CheckDeps;
  readonly #checks: mongo.Collection<SpotCheckDoc>;
  readonly #findings: mongo.Collection<FindingDoc>;

  constructor(deps: CheckDeps) {
    this.#deps = deps;
    deps.db.model('SpotCheck', spotCheckSchema, 'spot_checks');
    deps.db.model('SpotFinding', findingSchema, 'spot_findings');
    this.#checks = nativeCollection<SpotCheckDoc>(deps.db, 'spot_checks');
    this.#findings = nativeCollection<FindingDoc>(deps.db, 'spot_findings');
  }

  /**
   * Draws a sample of the decisions of an agency in a period and keeps it. Without a seed one is made up.
   * @throws InputError on an unknown agency, feed or period, or a size outside 1 … 200; ForbiddenError
   */
  async draw(viewer: Viewer, input: NewCheck): Promise<SpotCheck> {
    requirePermission(viewer, 'quality:manage');
    const { organizations, sectors, records, clock, audit } = this.#deps;
    const agency = await organizations.byId(input.agencyId);
    if (agency?.kind !== 'AGENCY') throw new InputError(['agency'], 'QUALITY_AGENCY_MISSING');
    if (input.feed !== undefined && !feedsOf(agency, sectors).includes(input.feed))
      throw new InputError(['feed'], 'QUALITY_FEED_UNKNOWN', { feed: input.feed });
    const _id = idFor(viewer, 'spot-check', input.key);
    const known = await this.#checks.findOne({ _id });
    if (known) return present(known as SpotCheckDoc);
    const period = parsePeriod(input.period);
    if (!period) throw new InputError(['period'], 'QUALITY_PERIOD_INVALID', { period: input.period });
    if (!Number.isInteger(input.size) || input.size < 1 || input.size > MOST_DRAWN)
      throw new InputError(['size'], 'QUALITY_SAMPLE_SIZE', { max: MOST_DRAWN });
    const seed = input.seed?.trim().slice(0, 64) || randomUUID();
    const sample = new Sample(seed, input.size);
    const feed = input.feed === undefined ? {} : { feed: input.feed };
    for await (const page of records.decidedBetween([period.first, period.last], {
      agencyId: agency.id,
      ...feed,
    }))
      for (const { id } of page) sample.add(id);
    const check: SpotCheckDoc = {
      _id,
      agencyId: new Types.ObjectId(agency.id),
      ...feed,
      period: period.name,
      seed,
      population: sample.population,
      records: sample.ids().map((id) => new Types.ObjectId(id)),
      at: clock.now(),
      by: actorOf(viewer),
    };
    if (!(await insertOnce(this.#checks, check))) return present(await this.#stored(_id.toHexString()));
    await audit.record(viewer, {
      action: 'quality:spot-check',
      object: `spot-check:${check._id.toHexString()}`,
      result: 'OK',
      detail: { agencyId: agency.id, period: period.name, seed, drawn: check.records.length, ...feed },
    });
    return present(check);
  }

  async #stored(id: string): Promise<SpotCheckDoc> {
    const found = isValidObjectId(id) ? await this.#checks.findOne({ _id: new Types.ObjectId(id) }) : null;
    if (!found) throw new NotFoundError('QUALITY_NOT_FOUND');
    return found as SpotCheckDoc;
  }

  /**
   * Notes what was found of one decision; a finding that came before is replaced.
   * @throws NotFoundError; InputError; RuleError QUALITY_FINDING_STORED where a concealed decision is stored after all
   */
  async record(viewer: Viewer, input: NewFinding): Promise<SpotCheck> {
    requirePermission(viewer, 'quality:manage');
    const check = await this.#stored(input.checkId);
    const finding =
      input.result === 'CONCEALED' ? await this.#concealed(check, input) : await this.#compared(check, input);
    const said = {
      checkId: check._id,
      note: scrubPersonal((input.note ?? '').trim()).slice(0, LONGEST_NOTE),
      at: this.#deps.clock.now(),
      by: actorOf(viewer),
    };
    const known = await this.#findings.countDocuments({ checkId: check._id }, { limit: MOST_FINDINGS });
    if (known >= MOST_FINDINGS) throw new RuleError('QUALITY_FINDINGS_TOO_MANY', { max: MOST_FINDINGS });
    const { _id, ...rest } = finding;
    await this.#findings.replaceOne({ _id }, { ...rest, ...said } as never, { upsert: true });
    await this.#deps.audit.record(viewer, {
      action: 'quality:finding',
      object: `spot-check:${input.checkId}`,
      result: 'OK',
      detail: { result: input.result, documentNumber: finding.documentNumber },
    });
    return present(check);
  }

  async #compared(check: SpotCheckDoc, { recordId, result, columns = [] }: NewFinding) {
    const drawn = check.records.find((id) => id.toHexString() === recordId);
    const [record] = drawn ? await this.#deps.records.currentOf([drawn.toHexString()]) : [];
    if (!drawn || !record) throw new InputError(['recordId'], 'QUALITY_NOT_DRAWN');
    const known = new Map(templateOf(record.feed).columns.map((column) => [column.field, column]));
    const wrong = result === 'WRONG' ? columns : [];
    if ((result === 'WRONG' && wrong.length === 0) || !wrong.every(({ field }) => known.has(field)))
      throw new InputError(['columns'], 'QUALITY_COLUMNS_MISSING');
    return {
      _id: `${check._id.toHexString()}|${drawn.toHexString()}`,
      result,
      recordId: drawn,
      documentNumber: record.documentNumber,
      // What is personal is not written down a second time: the column alone is named.
      columns: wrong.map(({ field, there }) => ({
        field,
        there: isPersonal(known.get(field), record)
          ? ''
          : scrubPersonal(there.trim()).slice(0, LONGEST_VALUE),
      })),
    };
  }

  async #concealed(
    check: SpotCheckDoc,
    { feed = check.feed, documentNumber: said = '', decidedOn }: NewFinding,
  ) {
    const documentNumber = scrubPersonal(said.trim());
    if (documentNumber === '' || documentNumber.length > 100)
      throw new InputError(['documentNumber'], 'QUALITY_TEXT_INVALID', { max: 100 });
    if (feed === undefined || !this.#deps.sectors.feedOf(feed))
      throw new InputError(['feed'], 'QUALITY_FEED_UNKNOWN', { feed: feed ?? '' });
    if (decidedOn !== undefined && !isCivilDate(decidedOn))
      throw new InputError(['decidedOn'], 'QUALITY_DATE_INVALID', { value: decidedOn });
    const { nodes } = await this.#deps.records.page(systemViewer, { documentNumber }, { first: 100 });
    if (nodes.some((record) => record.agencyId === check.agencyId.toHexString()))
      throw new RuleError('QUALITY_FINDING_STORED', { documentNumber });
    return {
      _id: `${check._id.toHexString()}|${feed}|${documentNumber}`,
      result: 'CONCEALED' as const,
      feed,
      documentNumber,
      ...(decidedOn === undefined ? {} : { decidedOn }),
      columns: [],
    };
  }

  /** @throws NotFoundError; ForbiddenError without `quality:manage` */
  async get(viewer: Viewer, id: string): Promise<SpotCheck> {
    requirePermission(viewer, 'quality:manage');
    return present(await this.#stored(id));
  }

  /** Newest first. @throws ForbiddenError without `quality:manage`; InputError on a bad page */
  async page(viewer: Viewer, page: PageArgs): Promise<Page<SpotCheck>> {
    requirePermission(viewer, 'quality:manage');
    const first = pageSize(page);
    const [after] = page.after === undefined ? [undefined] : decodeCursor(page.after, 1);
    if (after !== undefined && !isValidObjectId(after)) throw new InputError(['after'], 'CURSOR_INVALID');
    const found = await this.#checks
      .find(after === undefined ? {} : { _id: { $lt: new Types.ObjectId(String(after)) } })
      .sort({ _id: -1 })
      .limit(first + 1)
      .toArray();
    return pageOf(found as SpotCheckDoc[], first, ({ _id }) => [_id.toHexString()], present);
  }

  /** Decisions of a sample, in the order they were drawn, masked. */
  async sample({ recordIds }: SpotCheck): Promise<CreditRecord[]> {
    const found = new Map(
      (await this.#deps.records.currentOf(recordIds)).map((record) => [record.id, record]),
    );
    return recordIds.flatMap((id) => found.get(id) ?? []);
  }

  /** At most 1000 a check. */
  async findings({ id }: SpotCheck): Promise<FindingDoc[]> {
    const found = this.#findings.find({ checkId: new Types.ObjectId(id) }).sort({ checkId: 1, _id: 1 });
    return (await found.limit(MOST_FINDINGS).toArray()) as FindingDoc[];
  }

  async rates(check: SpotCheck): Promise<CheckRates> {
    const found = await this.findings(check);
    const count = (result: FindingResult): number =>
      found.filter((finding) => finding.result === result).length;
    const [matching, wrong, concealed] = [count('MATCH'), count('WRONG'), count('CONCEALED')];
    return {
      matching,
      wrong,
      concealed,
      wrongRate: ppm(wrong, matching + wrong),
      concealedRate: ppm(concealed, matching + wrong + concealed),
    };
  }
}
