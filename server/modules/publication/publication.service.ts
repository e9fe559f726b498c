import { isValidObjectId, Types, type ClientSession } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError, NotFoundError } from '../../lib/errors.ts';
import { maskPersonName } from '../../lib/mask.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { CreditRecord, RecordChange, RecordDraft, RecordField } from '../credit-record/index.ts';
import type { EffectiveReference } from '../reference/index.ts';
import { columnName, feedPathOf, publicColumns } from '../template/index.ts';
import { displayOf, loadDisplayRules, type Display, type DisplayRules } from './display-rules.ts';
import type { PublicationDoc } from './publication.model.ts';
import { PublicationRepository, type PublicationFilter } from './publication.repository.ts';

export interface PublicRecord extends Omit<PublicationDoc, '_id' | 'fields'> {
  readonly id: string;
  /** `<sector>/<feed>` */
  readonly feed: string;
  readonly fields: readonly RecordField[];
}

/** When the public sees a record. */
export interface PublicationWindow {
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly shown: boolean;
}

/** What of a record decides about its public copy. */
export type PublishedContent = Pick<
  RecordDraft,
  | 'feed'
  | 'kind'
  | 'counterpartKind'
  | 'counterpartName'
  | 'uscc'
  | 'documentNumber'
  | 'authorityName'
  | 'decidedOn'
  | 'publicUntil'
  | 'state'
  | 'penaltyKinds'
  | 'fields'
>;

/** A changed record with the draft that changed it. */
export interface PublishedChange {
  readonly change: Pick<RecordChange, 'recordId' | 'revision' | 'sector' | 'origin' | 'repairedOn'>;
  readonly draft: PublishedContent;
  /** Day this revision was received: the catalogue of that day says who may see it. */
  readonly receivedOn: CivilDate;
}

type Catalogue = Pick<EffectiveReference, 'catalogueOf'>;

function publicationOf(
  { change, draft, receivedOn }: PublishedChange,
  rules: DisplayRules,
  catalogue: Catalogue,
): PublicationDoc | undefined {
  const { origin, repairedOn } = change;
  const record = repairedOn === undefined ? draft : { ...draft, repairedOn };
  const display = displayOf(record, rules, catalogue.catalogueOf(draft.feed, receivedOn) ?? null);
  if (!display.shown) return undefined;
  const natural = draft.counterpartKind === 'NATURAL_PERSON';
  const name = natural ? maskPersonName(draft.counterpartName) : draft.counterpartName;
  const fields: Record<string, string> = {};
  for (const { field } of publicColumns(draft.feed, draft.counterpartKind)) {
    const value = field === 'counterpartName' ? name : draft.fields[field];
    if (value !== undefined) fields[field] = value;
  }
  return {
    _id: new Types.ObjectId(change.recordId),
    revision: change.revision,
    kind: draft.kind,
    sector: change.sector,
    ...(origin === undefined ? {} : { origin }),
    ...(draft.feed === feedPathOf({ sector: change.sector, kind: draft.kind }) ? {} : { feed: draft.feed }),
    counterpartKind: draft.counterpartKind,
    counterpartName: name,
    ...(draft.uscc === undefined ? {} : { uscc: draft.uscc }),
    documentNumber: draft.documentNumber,
    authorityName: draft.authorityName,
    decidedOn: draft.decidedOn,
    shownFrom: display.from,
    shownUntil: display.until,
    fields,
  };
}

function present(doc: PublicationDoc): PublicRecord {
  const { _id, fields, ...rest } = doc;
  const feed = feedPathOf(doc);
  return {
    id: _id.toHexString(),
    ...rest,
    feed,
    fields: publicColumns(feed, doc.counterpartKind).flatMap(({ field }) => {
      const value = fields[field];
      return value === undefined ? [] : [{ field, name: columnName(feed, field), value }];
    }),
  };
}

/** What the public may see. Everything public is read from here and from nowhere else. */
export class PublicationService {
  readonly #repository: PublicationRepository;
  readonly #clock: Clock;
  readonly #rules: DisplayRules;
  readonly #catalogue: Catalogue;

  constructor(deps: { db: Db; clock: Clock; catalogue: Catalogue; rules?: DisplayRules }) {
    this.#catalogue = deps.catalogue;
    this.#repository = new PublicationRepository(deps.db);
    this.#clock = deps.clock;
    this.#rules = deps.rules ?? loadDisplayRules();
  }

  /** Brings the public copies to the current revisions, in the transaction that made these. */
  async refreshMany(changes: readonly PublishedChange[], tx: ClientSession): Promise<void> {
    const first: PublicationDoc[] = [];
    const later: PublicationDoc[] = [];
    const hidden: Types.ObjectId[] = [];
    for (const entry of changes) {
      const doc = publicationOf(entry, this.#rules, this.#catalogue);
      if (doc) (entry.change.revision === 1 ? first : later).push(doc);
      else if (entry.change.revision > 1) hidden.push(new Types.ObjectId(entry.change.recordId));
    }
    await this.#repository.insert(first, tx);
    await this.#repository.replace(later, tx);
    await this.#repository.remove(hidden, tx);
  }

  /** The same for records whose content stayed, but not what is to be shown of it. */
  async refreshStored(records: readonly PublishedChange[], tx: ClientSession): Promise<void> {
    const docs = records.map((record) => publicationOf(record, this.#rules, this.#catalogue));
    await this.#repository.replace(
      docs.filter((doc) => doc !== undefined),
      tx,
    );
    const hidden = records.filter((_, i) => docs[i] === undefined);
    await this.#repository.remove(
      hidden.map(({ change }) => new Types.ObjectId(change.recordId)),
      tx,
    );
  }

  /** What is shown today, newest decision first. @throws ForbiddenError, InputError */
  async page(viewer: Viewer, filter: PublicationFilter, page: PageArgs): Promise<Page<PublicRecord>> {
    requirePermission(viewer, 'publication:read');
    const first = pageSize(page);
    const uscc = filter.uscc?.trim().toUpperCase();
    const found = await this.#repository.page(
      { ...filter, ...(uscc === undefined ? {} : { uscc }) },
      this.#today(),
      placeOf(page.after),
      first + 1,
    );
    return pageOf(found, first, ({ decidedOn, _id }) => [decidedOn, _id.toHexString()], present);
  }

  /** @throws NotFoundError also for what is not shown today */
  async get(viewer: Viewer, id: string): Promise<PublicRecord> {
    requirePermission(viewer, 'publication:read');
    const doc = isValidObjectId(id) ? (await this.#repository.byIds([id]))[0] : undefined;
    if (!doc || !this.#shown(doc)) throw new NotFoundError('RECORD_NOT_FOUND');
    return present(doc);
  }

  /** By record id; records the public never sees are missing. */
  async windowsOf(recordIds: readonly string[]): Promise<Map<string, PublicationWindow>> {
    const found = await this.#repository.byIds(recordIds);
    return new Map(
      found.map((doc) => [
        doc._id.toHexString(),
        { from: doc.shownFrom, until: doc.shownUntil, shown: this.#shown(doc) },
      ]),
    );
  }

  /** How many records have a public copy; cheap and rough. */
  estimate(): Promise<number> {
    return this.#repository.estimate();
  }

  /** Whether and how long the rules show a record as it is now. */
  expected(record: CreditRecord): Display {
    const fields = Object.fromEntries(record.fields.map(({ field, value }) => [field, value]));
    const item = this.#catalogue.catalogueOf(record.feed, record.revisedOn);
    const repaired = record.repaired ? { repairedOn: record.repaired.on } : {};
    return displayOf({ ...record, ...repaired, fields }, this.#rules, item ?? null);
  }

  /** The public copy as the rules make it of a record; undefined when it has none. Held against the stored one. */
  copyOf(record: PublishedChange): PublicationDoc | undefined {
    return publicationOf(record, this.#rules, this.#catalogue);
  }

  /** Stored public copies by record id, behind `after` and up to `last`, at most `limit`. */
  stored(after: string | undefined, last: string | undefined, limit: number): Promise<PublicationDoc[]> {
    return this.#repository.range(after, last, limit);
  }

  #today(): CivilDate {
    return civilDateOf(this.#clock.now());
  }

  #shown({ shownFrom, shownUntil }: PublicationDoc): boolean {
    const today = this.#today();
    return shownFrom <= today && today <= shownUntil;
  }
}

function placeOf(cursor: string | undefined): { decidedOn: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [decidedOn, id] = decodeCursor(cursor, 2);
  if (typeof decidedOn !== 'string' || !isValidObjectId(id))
    throw new InputError(['after'], 'CURSOR_INVALID');
  return { decidedOn, id: String(id) };
}
