import { isValidObjectId, Types, type Model } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey } from '../../db/native.ts';
import { organizationSchema, type OrganizationDoc, type OrganizationKind } from './organization.model.ts';

export class OrganizationRepository {
  readonly #organizations: Model<OrganizationDoc>;

  constructor(db: Db) {
    this.#organizations = db.model('Organization', organizationSchema, 'organizations');
  }

  async findById(id: string): Promise<OrganizationDoc | undefined> {
    if (!isValidObjectId(id)) return undefined;
    return (await this.#organizations.findById(id).lean<OrganizationDoc>()) ?? undefined;
  }

  async findByUscc(uscc: string): Promise<OrganizationDoc | undefined> {
    return (await this.#organizations.findOne({ uscc }).lean<OrganizationDoc>()) ?? undefined;
  }

  async findAgencyOf(sector: string): Promise<OrganizationDoc | undefined> {
    const found = await this.#organizations
      .findOne({ sectors: sector, kind: 'AGENCY', active: true })
      .sort({ _id: 1 })
      .lean<OrganizationDoc>();
    return found ?? undefined;
  }

  /**
   * Two processes that bring the same new code at once both end with the one document. Two plain steps, for an upsert
   * that meets another one ends differently from store to store.
   */
  async upsert(
    fields: Pick<OrganizationDoc, 'kind' | 'name' | 'uscc' | 'sectors' | 'active'>,
    now: Date,
  ): Promise<OrganizationDoc> {
    const { uscc, ...rest } = fields;
    const update = () =>
      this.#organizations
        .findOneAndUpdate({ uscc }, { $set: { ...rest, updatedAt: now } }, { returnDocument: 'after' })
        .lean<OrganizationDoc>();
    const found = await update();
    if (found) return found;
    const made: OrganizationDoc = { _id: new Types.ObjectId(), ...fields, createdAt: now, updatedAt: now };
    try {
      await this.#organizations.create(made);
      return made;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return update().orFail();
    }
  }

  page(
    kind: OrganizationKind | undefined,
    after: { name: string; id: string } | undefined,
    limit: number,
  ): Promise<OrganizationDoc[]> {
    const rest = after
      ? {
          $or: [
            { name: { $gt: after.name } },
            { name: after.name, _id: { $gt: new Types.ObjectId(after.id) } },
          ],
        }
      : {};
    return this.#organizations
      .find({ ...(kind ? { kind } : {}), ...rest })
      .sort({ name: 1, _id: 1 })
      .limit(limit)
      .lean<OrganizationDoc[]>()
      .exec();
  }
}
