import { isValidObjectId } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError } from '../../lib/errors.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import { checkUscc } from '../../lib/uscc.ts';
import type { AuditService } from '../audit/index.ts';
import { ORGANIZATION_KINDS, type OrganizationDoc, type OrganizationKind } from './organization.model.ts';
import { OrganizationRepository } from './organization.repository.ts';

export interface Organization extends Omit<OrganizationDoc, '_id'> {
  readonly id: string;
}

export interface OrganizationInput {
  readonly kind: OrganizationKind;
  readonly name: string;
  readonly uscc: string;
  readonly sectors?: readonly string[];
  readonly active?: boolean;
}

function present({ _id, ...organization }: OrganizationDoc): Organization {
  return { id: _id.toHexString(), ...organization };
}

export class OrganizationService {
  readonly #repository: OrganizationRepository;
  readonly #clock: Clock;
  readonly #audit: AuditService;

  constructor(deps: { db: Db; clock: Clock; audit: AuditService }) {
    this.#repository = new OrganizationRepository(deps.db);
    this.#clock = deps.clock;
    this.#audit = deps.audit;
  }

  /**
   * Brings an organization to these values; its code is its identity. Nothing is written when nothing differs.
   * @throws InputError on a bad name, code, kind or sector; ForbiddenError without `organization:manage`
   */
  async upsert(viewer: Viewer, input: OrganizationInput): Promise<Organization> {
    requirePermission(viewer, 'organization:manage');
    const fields = checked(input);
    const before = await this.#repository.findByUscc(fields.uscc);
    if (before && same(before, fields)) return present(before);
    const saved = present(await this.#repository.upsert(fields, this.#clock.now()));
    await this.#audit.record(viewer, {
      action: before ? 'organization:change' : 'organization:create',
      object: `organization:${saved.id}`,
      result: 'OK',
      detail: { ...fields },
    });
    return saved;
  }

  async byId(id: string): Promise<Organization | undefined> {
    const found = await this.#repository.findById(id);
    return found && present(found);
  }

  async byUscc(uscc: string): Promise<Organization | undefined> {
    const found = await this.#repository.findByUscc(uscc);
    return found && present(found);
  }

  /** The agency in office for a sector, by slug. */
  async agencyOfSector(slug: string): Promise<Organization | undefined> {
    const found = await this.#repository.findAgencyOf(slug);
    return found && present(found);
  }

  /** By name. @throws ForbiddenError without `organization:read` */
  async list(viewer: Viewer, page: PageArgs, kind?: OrganizationKind): Promise<Page<Organization>> {
    requirePermission(viewer, 'organization:read');
    const first = pageSize(page);
    const found = await this.#repository.page(kind, afterOf(page.after), first + 1);
    return pageOf(found, first, (row) => [row.name, row._id.toHexString()], present);
  }
}

type Fields = Pick<OrganizationDoc, 'kind' | 'name' | 'uscc' | 'sectors' | 'active'>;

function checked(input: OrganizationInput): Fields {
  const name = input.name.trim();
  const uscc = input.uscc.trim().toUpperCase();
  const sectors = [...new Set(input.sectors ?? [])].sort();
  if (!ORGANIZATION_KINDS.includes(input.kind)) throw new InputError(['kind'], 'ORGANIZATION_KIND_INVALID');
  if (name === '' || name.length > 200) throw new InputError(['name'], 'ORGANIZATION_NAME_INVALID');
  const check = checkUscc(uscc);
  if (!check.ok) throw new InputError(['uscc'], check.fault);
  if (!sectors.every((slug) => /^[a-z][a-z0-9-]*$/.test(slug))) {
    throw new InputError(['sectors'], 'SECTOR_UNKNOWN');
  }
  return { kind: input.kind, name, uscc, sectors, active: input.active ?? true };
}

function same(before: OrganizationDoc, fields: Fields): boolean {
  return (
    before.kind === fields.kind &&
    before.name === fields.name &&
    before.active === fields.active &&
    before.sectors.join() === fields.sectors.join()
  );
}

function afterOf(cursor: string | undefined): { name: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [name, id] = decodeCursor(cursor, 2);
  if (typeof name !== 'string' || !isValidObjectId(id)) throw new InputError(['after'], 'CURSOR_INVALID');
  return { name, id: String(id) };
}
