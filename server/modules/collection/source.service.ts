import { isValidObjectId, Types } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError, NotFoundError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import type { AuditService } from '../audit/index.ts';
import type { OrganizationService } from '../organization/index.ts';
import type { SectorService } from '../sector/index.ts';
import type { CollectionRepository } from './collection.repository.ts';
import { presentSource, type CollectionSource } from './present.ts';
import { checkedSettings, cursorMeaningOf, needsSecret, secretPlaceOf } from './settings.ts';
import type { SourceKind, SourceSettings } from './settings.types.ts';
import type { SourceDoc } from './source.model.ts';

export interface SourceInput {
  readonly code: string;
  readonly name: string;
  /** `<sector>/<kind>` */
  readonly feed: string;
  /** Code of the agency; without it the sector's. */
  readonly agency?: string;
  readonly kind: SourceKind;
  /** As `schema/collection/<kind>.json` has it. */
  readonly settings: unknown;
  /** Token, client secret or password; left out it stays as it is. */
  readonly secret?: string;
  readonly everyMinutes?: number;
  readonly enabled?: boolean;
}

export interface SourceDeps {
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly audit: AuditService;
  readonly organizations: OrganizationService;
  readonly sectors: SectorService;
  readonly repository: CollectionRepository;
}

const EVERY_MINUTES = 60;
const MOST_MINUTES = 44_640;
const CODE = /^[a-z][a-z0-9-]{1,39}$/;

export function settingsOf({ kind, settings }: SourceDoc): SourceSettings {
  return { kind, settings } as SourceSettings;
}

/** The sources and their settings. */
export class SourceService {
  readonly #deps: SourceDeps;

  constructor(deps: SourceDeps) {
    this.#deps = deps;
  }

  /** By code. @throws ForbiddenError without `collection:read` */
  async list(viewer: Viewer): Promise<CollectionSource[]> {
    requirePermission(viewer, 'collection:read');
    const now = this.#deps.clock.now();
    return (await this.#deps.repository.sources()).map((doc) => presentSource(doc, now));
  }

  /** @throws NotFoundError; ForbiddenError without `collection:read` */
  async get(viewer: Viewer, code: string): Promise<CollectionSource> {
    requirePermission(viewer, 'collection:read');
    return presentSource(await this.existing(code), this.#deps.clock.now());
  }

  /** @throws NotFoundError SOURCE_NOT_FOUND */
  async existing(code: string): Promise<SourceDoc> {
    const found = await this.#deps.repository.source(code);
    if (!found) throw new NotFoundError('SOURCE_NOT_FOUND');
    return found;
  }

  /** The secret, readable; empty where there is none. */
  secretOf({ _id, secret }: SourceDoc): string {
    return secret ? this.#deps.cipher.decryptText(secret, `collection-source:${_id}`) : '';
  }

  /**
   * Makes a source or brings it to these settings. What changes the meaning of the cursor lets reading begin anew.
   * @throws InputError SOURCE_…; ForbiddenError without `collection:manage`
   */
  async set(viewer: Viewer, input: SourceInput): Promise<CollectionSource> {
    requirePermission(viewer, 'collection:manage');
    const { repository, clock, audit } = this.#deps;
    const { code } = input;
    if (!CODE.test(code)) throw new InputError(['code'], 'SOURCE_CODE_INVALID');
    const before = await repository.source(code);
    const source = checkedSettings(input.kind, input.settings);
    const { agencyId, ...fields } = await this.#fieldsOf(input, before);
    const secret = this.#secretFor(input, source, before);
    const anew =
      !before ||
      before.feed !== fields.feed ||
      !before.agencyId.equals(agencyId) ||
      before.kind !== source.kind ||
      cursorMeaningOf(settingsOf(before)) !== cursorMeaningOf(source);
    const now = clock.now();
    await repository.save(
      code,
      {
        ...fields,
        agencyId,
        ...source,
        ...(secret === undefined ? {} : { secret }),
        // New settings deserve a new try.
        failures: 0,
        dueAt: now,
        updatedAt: now,
      },
      [
        'error',
        ...(anew ? (['cursor', 'newestAt', 'doneAt'] as const) : []),
        ...(needsSecret(source) ? [] : (['secret'] as const)),
      ],
    );
    await audit.record(viewer, {
      action: 'collection:set',
      object: `collection-source:${code}`,
      result: 'OK',
      detail: {
        ...fields,
        agencyId: agencyId.toHexString(),
        kind: source.kind,
        settings: source.settings,
        secretChanged: secret !== undefined,
      },
    });
    return this.get(viewer, code);
  }

  async #fieldsOf(input: SourceInput, before: SourceDoc | undefined) {
    const name = input.name.trim();
    if (name === '' || name.length > 100) throw new InputError(['name'], 'SOURCE_NAME_INVALID');
    const everyMinutes = input.everyMinutes ?? before?.everyMinutes ?? EVERY_MINUTES;
    if (!Number.isInteger(everyMinutes) || everyMinutes < 1 || everyMinutes > MOST_MINUTES) {
      throw new InputError(['everyMinutes'], 'SOURCE_EVERY_INVALID', { max: MOST_MINUTES });
    }
    const { feed } = input;
    const agencyId = await this.#agencyOf(input, before);
    return { name, feed, agencyId, everyMinutes, enabled: input.enabled ?? before?.enabled ?? true };
  }

  async #agencyOf({ feed, agency }: SourceInput, before: SourceDoc | undefined): Promise<Types.ObjectId> {
    const { sectors, organizations } = this.#deps;
    const known = sectors.feedOf(feed);
    if (!known) throw new InputError(['feed'], 'SOURCE_FEED_UNKNOWN', { feed });
    if (agency === undefined && before?.feed === feed) return before.agencyId;
    const found =
      agency === undefined
        ? await organizations.agencyOfSector(known.sector.slug)
        : await organizations.byUscc(agency.trim().toUpperCase());
    if (found?.kind !== 'AGENCY' || !isValidObjectId(found.id)) {
      throw new InputError(['agency'], 'SOURCE_AGENCY_UNKNOWN', { agency: agency ?? '' });
    }
    return new Types.ObjectId(found.id);
  }

  /** @returns the secret to store; undefined when the one that is there stays, or none is needed */
  #secretFor(
    { code, secret }: SourceInput,
    source: SourceSettings,
    before: SourceDoc | undefined,
  ): Buffer | undefined {
    if (!needsSecret(source)) return undefined;
    if (secret !== undefined && secret !== '') {
      if (secret.length > 4096 || /[\r\n\0]/.test(secret))
        throw new InputError(['secret'], 'SOURCE_SECRET_MISSING');
      return Buffer.from(this.#deps.cipher.encrypt(secret, `collection-source:${code}`));
    }
    const same = before?.secret && secretPlaceOf(settingsOf(before)) === secretPlaceOf(source);
    if (!same) throw new InputError(['secret'], 'SOURCE_SECRET_MISSING');
    return undefined;
  }

  /** @throws NotFoundError; ForbiddenError without `collection:manage` */
  async setEnabled(viewer: Viewer, code: string, enabled: boolean): Promise<CollectionSource> {
    requirePermission(viewer, 'collection:manage');
    const { repository, clock, audit } = this.#deps;
    const now = clock.now();
    const set = { enabled, updatedAt: now, ...(enabled ? { dueAt: now, failures: 0 } : {}) };
    if (!(await repository.change(code, set))) throw new NotFoundError('SOURCE_NOT_FOUND');
    await audit.record(viewer, {
      action: enabled ? 'collection:enable' : 'collection:disable',
      object: `collection-source:${code}`,
      result: 'OK',
    });
    return this.get(viewer, code);
  }

  /** What was taken stays, and so do the runs. @throws NotFoundError; ForbiddenError without `collection:manage` */
  async remove(viewer: Viewer, code: string): Promise<void> {
    requirePermission(viewer, 'collection:manage');
    if (!(await this.#deps.repository.remove(code))) throw new NotFoundError('SOURCE_NOT_FOUND');
    await this.#deps.audit.record(viewer, {
      action: 'collection:remove',
      object: `collection-source:${code}`,
      result: 'OK',
    });
  }
}
