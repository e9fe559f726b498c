import { isValidObjectId, Types } from 'mongoose';
import { actorOf, requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey } from '../../db/native.ts';
import { civilDateOf, isCivilDate, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { contentHash } from '../../lib/content-hash.ts';
import { ConflictError, InputError, NotFoundError } from '../../lib/errors.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import { assertTransition } from '../../lib/state-machine.ts';
import type { AuditService } from '../audit/index.ts';
import type { Organization, OrganizationService } from '../organization/index.ts';
import { checkedValue, type Named } from './check-value.ts';
import type { EffectiveReference } from './effective.ts';
import {
  checkedReason,
  daysOf,
  present,
  type AgencyList,
  type EntryContent,
  type NewEntry,
  type ReferenceEntry,
} from './entry.ts';
import type { ReferenceEntryDoc, ReferenceStep } from './entry.model.ts';
import { OPEN, referenceTransitions, type ReferenceState } from './entry.states.ts';
import { requireDecide, requirePropose, requireSight, seesAll } from './reference.policy.ts';
import type { EntryFilter, ReferenceRepository } from './reference.repository.ts';
import { AGENCY_KINDS, type ReferenceKind } from './reference.types.ts';

interface ReferenceDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: AuditService;
  readonly organizations: OrganizationService;
  readonly repository: ReferenceRepository;
  readonly effective: EffectiveReference;
}

/** Reference data 基础数据 as it is entered, checked and kept; what of it counts is told by `EffectiveReference`. */
export class ReferenceEntries {
  readonly #deps: ReferenceDeps;

  constructor(deps: ReferenceDeps) {
    this.#deps = deps;
  }

  /** Newest first: an agency's own lists, all for the centre. @throws ForbiddenError; InputError on a bad page */
  async page(viewer: Viewer, filter: EntryFilter, page: PageArgs): Promise<Page<ReferenceEntry>> {
    requirePermission(viewer, 'reference:read');
    const first = pageSize(page);
    const [before] = page.after === undefined ? [undefined] : decodeCursor(page.after, 1);
    if (before !== undefined && !isValidObjectId(before)) throw new InputError(['after'], 'CURSOR_INVALID');
    const own = seesAll(viewer)
      ? {}
      : { agencyId: viewer.organizationId ?? '0'.repeat(24), kinds: AGENCY_KINDS };
    if (filter.agencyId !== undefined && own.agencyId !== undefined && filter.agencyId !== own.agencyId)
      throw new NotFoundError('REFERENCE_NOT_FOUND');
    const found = await this.#deps.repository.page(
      { ...filter, ...own },
      before === undefined ? undefined : String(before),
      first + 1,
    );
    return pageOf(
      found,
      first,
      ({ _id }) => [_id.toHexString()],
      (entry) => present(entry, false),
    );
  }

  /** @throws NotFoundError also for another agency's; ForbiddenError without `reference:read` */
  async get(viewer: Viewer, id: string): Promise<ReferenceEntry> {
    const entry = await this.#stored(viewer, id);
    return present(entry, true);
  }

  /** A list of an agency with its items. @throws as `get`; NotFoundError for an entry of another kind */
  async list(viewer: Viewer, id: string): Promise<AgencyList> {
    const entry = await this.get(viewer, id);
    if (!AGENCY_KINDS.includes(entry.kind)) throw new NotFoundError('REFERENCE_NOT_FOUND');
    return entry as AgencyList;
  }

  /** @throws ForbiddenError for who may enter nothing at all */
  requireProposer(viewer: Viewer): void {
    if (!viewer.can('reference:propose')) requirePermission(viewer, 'reference:propose-own');
  }

  /** Whether a viewer may change or withdraw it now; and whether it is this viewer's to decide. */
  may(
    viewer: Viewer,
    { state, kind, agencyId, steps }: ReferenceEntry,
  ): { change: boolean; decide: boolean } {
    const allowed = (check: () => void): boolean => {
      try {
        check();
        return true;
      } catch {
        return false;
      }
    };
    return {
      change: OPEN.includes(state) && allowed(() => requirePropose(viewer, kind, agencyId)),
      decide: state === 'SUBMITTED' && allowed(() => requireDecide(viewer, { steps })),
    };
  }

  /**
   * A new entry, or the next version of one.
   * @throws InputError REFERENCE_…; ConflictError REFERENCE_OPEN while another version is in somebody's hands;
   *   ForbiddenError; NotFoundError for another agency's
   */
  async propose(viewer: Viewer, input: NewEntry): Promise<ReferenceEntry> {
    const agencyId = AGENCY_KINDS.includes(input.kind)
      ? (input.agencyId ?? (viewer.can('reference:propose') ? undefined : viewer.organizationId))
      : undefined;
    requirePropose(viewer, input.kind, agencyId);
    const { repository, effective } = this.#deps;
    const _id =
      input.mutationKey === undefined
        ? new Types.ObjectId()
        : new Types.ObjectId(contentHash(['reference', actorOf(viewer), input.mutationKey]).slice(0, 24));
    const known = await repository.byId(_id.toHexString());
    if (known) return present(known, true);
    await effective.refresh();
    const agency = await this.#agencyOf(input.kind, agencyId);
    const named = this.#checked(input.kind, input.key ?? '', input, agency);
    const [last, ...earlier] = await repository.versions(input.kind, named.key);
    if (last && OPEN.includes(last.state)) throw new ConflictError('REFERENCE_OPEN', { title: named.title });
    const approved = [...(last ? [last] : []), ...earlier].find(({ state }) => state === 'APPROVED');
    const state = input.submit === true ? 'SUBMITTED' : 'DRAFT';
    const entry: ReferenceEntryDoc = {
      _id,
      kind: input.kind,
      ...named,
      version: (last?.version ?? 0) + 1,
      ...(agency ? { agencyId: new Types.ObjectId(agency.id) } : {}),
      ...daysOf(input.kind, input, approved, this.#today()),
      state,
      steps: [this.#stepOf(viewer, state, checkedReason(input.reason, false))],
    };
    try {
      await this.#deps.db.inTransaction(async (tx) => {
        await repository.insert(entry, tx);
        await this.#deps.audit.record(viewer, this.#eventOf(entry, state), tx);
      });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const same = await repository.byId(_id.toHexString());
      if (!same) throw new ConflictError('REFERENCE_OPEN', { title: named.title });
      return present(same, true);
    }
    return present(entry, true);
  }

  /** Says something else in a version that is not approved. @throws as `propose`; RuleError TRANSITION_REFUSED */
  async change(viewer: Viewer, id: string, content: EntryContent): Promise<ReferenceEntry> {
    const before = await this.#proposed(viewer, id);
    assertTransition(referenceTransitions, before.state, 'DRAFT');
    await this.#deps.effective.refresh();
    const agency = await this.#agencyOf(before.kind, before.agencyId?.toHexString());
    const named = this.#checked(before.kind, before.key, content, agency);
    if (named.key !== before.key) throw new InputError(['value'], 'REFERENCE_KEY_FIXED');
    const days = daysOf(before.kind, content, await this.#approvedOf(before), this.#today());
    return this.#move(viewer, before, 'DRAFT', checkedReason(content.reason, false), {
      set: { ...named, ...days },
      unset: days.endedOn === undefined ? ['endedOn'] : [],
    });
  }

  /** Hands it to the checker. @throws RuleError TRANSITION_REFUSED; NotFoundError; InputError */
  async submit(viewer: Viewer, id: string, reason?: string): Promise<ReferenceEntry> {
    const before = await this.#proposed(viewer, id);
    return this.#move(viewer, before, 'SUBMITTED', checkedReason(reason, false));
  }

  /** Takes back what is not approved. @throws RuleError TRANSITION_REFUSED; NotFoundError; InputError */
  async withdraw(viewer: Viewer, id: string, reason?: string): Promise<ReferenceEntry> {
    const before = await this.#proposed(viewer, id);
    return this.#move(viewer, before, 'WITHDRAWN', checkedReason(reason, false));
  }

  /**
   * Approves a version, which counts from its day on, or returns it to its maker with a reason.
   * @throws RuleError REFERENCE_OWN for who had a hand in it, TRANSITION_REFUSED; InputError when its day has passed
   *   or it no longer agrees with the rest
   */
  async decide(viewer: Viewer, id: string, approve: boolean, reason?: string): Promise<ReferenceEntry> {
    requirePermission(viewer, 'reference:approve');
    const before = await this.#stored(viewer, id);
    const state = approve ? 'APPROVED' : 'RETURNED';
    if (this.#isRepeat(viewer, before, state)) return present(before, true);
    requireDecide(viewer, before);
    assertTransition(referenceTransitions, before.state, state);
    const said = checkedReason(reason, !approve);
    if (approve) {
      await this.#deps.effective.refresh();
      const agency = await this.#agencyOf(before.kind, before.agencyId?.toHexString());
      this.#checked(before.kind, before.key, before, agency);
      daysOf(before.kind, before, await this.#approvedOf(before), this.#today());
    }
    const decided = await this.#move(viewer, before, state, said);
    if (approve) await this.#deps.effective.refresh();
    return decided;
  }

  #today(): CivilDate {
    return civilDateOf(this.#deps.clock.now());
  }

  #stepOf(viewer: Viewer, state: ReferenceState, said: { reason?: string }): ReferenceStep {
    const by = actorOf(viewer);
    return { state, at: this.#deps.clock.now(), by, name: viewer.username ?? by, ...said };
  }

  #eventOf(entry: ReferenceEntryDoc, state: ReferenceState) {
    const { kind, key, version, effectiveFrom, endedOn } = entry;
    return {
      action: `reference:${state.toLowerCase()}`,
      object: `reference-entry:${entry._id.toHexString()}`,
      result: 'OK' as const,
      detail: { kind, key, version, effectiveFrom, ...(endedOn === undefined ? {} : { endedOn }) },
    };
  }

  /** The answer to it got lost, and it is asked for again. */
  #isRepeat(viewer: Viewer, { state, steps }: ReferenceEntryDoc, asked: ReferenceState): boolean {
    return state === asked && steps.at(-1)?.by === actorOf(viewer);
  }

  async #stored(viewer: Viewer, id: string): Promise<ReferenceEntryDoc> {
    requirePermission(viewer, 'reference:read');
    const entry = await this.#deps.repository.byId(id);
    if (!entry) throw new NotFoundError('REFERENCE_NOT_FOUND');
    requireSight(viewer, entry);
    return entry;
  }

  async #proposed(viewer: Viewer, id: string): Promise<ReferenceEntryDoc> {
    const entry = await this.#stored(viewer, id);
    requirePropose(viewer, entry.kind, entry.agencyId?.toHexString());
    return entry;
  }

  async #move(
    viewer: Viewer,
    before: ReferenceEntryDoc,
    state: ReferenceState,
    said: { reason?: string },
    changes: Parameters<ReferenceRepository['step']>[2] = {},
  ): Promise<ReferenceEntry> {
    if (state !== 'DRAFT' && this.#isRepeat(viewer, before, state)) return present(before, true);
    assertTransition(referenceTransitions, before.state, state);
    const { db, repository, audit } = this.#deps;
    const step = this.#stepOf(viewer, state, said);
    const moved = await db.inTransaction(async (tx) => {
      const after = await repository.step(before, step, changes, tx);
      if (!after) return undefined;
      if (state === 'APPROVED') await repository.bump(tx);
      await audit.record(viewer, this.#eventOf(after, state), tx);
      return after;
    });
    if (!moved) throw new ConflictError('REFERENCE_MOVED');
    return present(moved, true);
  }

  async #approvedOf({ kind, key }: ReferenceEntryDoc): Promise<ReferenceEntryDoc | undefined> {
    return (await this.#deps.repository.versions(kind, key)).find(({ state }) => state === 'APPROVED');
  }

  async #agencyOf(kind: ReferenceKind, id: string | undefined): Promise<Organization | undefined> {
    if (!AGENCY_KINDS.includes(kind)) return undefined;
    const agency = id === undefined ? undefined : await this.#deps.organizations.byId(id);
    if (agency?.kind !== 'AGENCY') throw new InputError(['agency'], 'REFERENCE_AGENCY_MISSING');
    return agency;
  }

  #checked(
    kind: ReferenceKind,
    key: string,
    { value, effectiveFrom }: Pick<EntryContent, 'value' | 'effectiveFrom'>,
    agency: Organization | undefined,
  ): Named {
    if (!isCivilDate(effectiveFrom)) throw new InputError(['effectiveFrom'], 'REFERENCE_DAY_INVALID');
    const lists = this.#deps.effective.meaningsOf(effectiveFrom);
    return checkedValue(kind, key, value, { lists, ...(agency ? { agency } : {}) });
  }
}
