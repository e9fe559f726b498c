import { isValidObjectId, Types, type mongo } from 'mongoose';
import { actorOf, requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey, nativeCollection } from '../../db/native.ts';
import { civilDateOf, yearOf } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { ConflictError, InputError, NotFoundError } from '../../lib/errors.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import { scrubPersonal } from '../../lib/scrub.ts';
import { assertTransition } from '../../lib/state-machine.ts';
import type { WorkingCalendar } from '../../lib/working-day.ts';
import type { AuditService } from '../audit/index.ts';
import type { OrganizationService } from '../organization/index.ts';
import type { NoticeKind } from './notice.model.ts';
import type { NoticeService } from './notice.service.ts';
import { orderSchema, type OrderDoc } from './order.model.ts';
import { AWAITING, orderTransitions, type OrderState } from './order.states.ts';
import { idFor } from './once.ts';
import { agencyFor } from './quality.policy.ts';

export interface SupervisionOrder extends Omit<OrderDoc, '_id' | 'agencyId' | 'checkId'> {
  readonly id: string;
  readonly agencyId: string;
  readonly checkId?: string;
  /** 督〔2026〕1号 */
  readonly number: string;
  /** A reply is awaited and its day is over. */
  readonly overdue: boolean;
}

export interface NewOrder {
  readonly agencyId: string;
  readonly title: string;
  readonly text: string;
  /** Days for the reply, from tomorrow on. */
  readonly workingDays: number;
  readonly checkId?: string;
  /** The same caller and key answer the same order again. */
  readonly key?: string;
}

interface OrderDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly calendar: WorkingCalendar;
  readonly audit: AuditService;
  readonly organizations: OrganizationService;
  readonly notices: NoticeService;
}

const LONGEST_TITLE = 100;
const LONGEST_TEXT = 2000;
const MOST_DAYS = 60;
/** Makers of orders that meet at one serial number. */
const TRIES = 50;

const NOTICES: Readonly<Partial<Record<OrderState, NoticeKind>>> = {
  ISSUED: 'ORDER_ISSUED',
  RETURNED: 'ORDER_RETURNED',
  CLOSED: 'ORDER_CLOSED',
};

function checkedText(text: string, field: string, longest: number): string {
  const clean = scrubPersonal(text.trim());
  if (clean === '' || clean.length > longest)
    throw new InputError([field], 'QUALITY_TEXT_INVALID', { max: longest });
  return clean;
}

function numberOf({ year, serial }: Pick<OrderDoc, 'year' | 'serial'>): string {
  return `督〔${String(year)}〕${String(serial)}号`;
}

/** Supervision orders: issued, returned and closed by the centre, replied to by the agency. */
export class OrderService {
  readonly #deps: OrderDeps;
  readonly #orders: mongo.Collection<OrderDoc>;

  constructor(deps: OrderDeps) {
    this.#deps = deps;
    deps.db.model('SupervisionOrder', orderSchema, 'supervision_orders');
    this.#orders = nativeCollection<OrderDoc>(deps.db, 'supervision_orders');
  }

  #present({ _id, agencyId, checkId, ...order }: OrderDoc): SupervisionOrder {
    const today = civilDateOf(this.#deps.clock.now());
    return {
      ...order,
      id: _id.toHexString(),
      agencyId: agencyId.toHexString(),
      ...(checkId ? { checkId: checkId.toHexString() } : {}),
      number: numberOf(order),
      overdue: AWAITING.includes(order.state) && order.dueOn < today,
    };
  }

  #dueIn(workingDays: number): OrderDoc['dueOn'] {
    if (!Number.isInteger(workingDays) || workingDays < 1 || workingDays > MOST_DAYS)
      throw new InputError(['workingDays'], 'QUALITY_ORDER_DAYS', { max: MOST_DAYS });
    const { clock, calendar } = this.#deps;
    return calendar.addWorkingDays(civilDateOf(clock.now()), workingDays).date;
  }

  /** @throws InputError on a bad text, number of days or agency; ForbiddenError without `quality:manage` */
  async issue(viewer: Viewer, input: NewOrder): Promise<SupervisionOrder> {
    requirePermission(viewer, 'quality:manage');
    const agency = await this.#deps.organizations.byId(input.agencyId);
    if (agency?.kind !== 'AGENCY') throw new InputError(['agency'], 'QUALITY_AGENCY_MISSING');
    const _id = idFor(viewer, 'supervision-order', input.key);
    const known = await this.#orders.findOne({ _id });
    if (known) return this.#present(known as OrderDoc);
    const at = this.#deps.clock.now();
    const text = checkedText(input.text, 'text', LONGEST_TEXT);
    const order = {
      _id,
      year: yearOf(civilDateOf(at)),
      agencyId: new Types.ObjectId(agency.id),
      title: checkedText(input.title, 'title', LONGEST_TITLE),
      ...(input.checkId === undefined ? {} : { checkId: new Types.ObjectId(input.checkId) }),
      state: 'ISSUED' as const,
      dueOn: this.#dueIn(input.workingDays),
      steps: [{ state: 'ISSUED' as const, at, by: actorOf(viewer), text }],
    };
    const issued = await this.#insert(order);
    if (!issued) return this.#present(await this.#stored(_id.toHexString()));
    await this.#tell(viewer, issued, 'ISSUED');
    return this.#present(issued);
  }

  /** Under the next number of the year. @returns undefined when the same order was issued in this moment */
  async #insert(order: Omit<OrderDoc, 'serial'>): Promise<OrderDoc | undefined> {
    for (let tries = 1; ; tries += 1) {
      const [last] = await this.#orders
        .find({ year: order.year })
        .sort({ year: -1, serial: -1 })
        .limit(1)
        .toArray();
      const numbered = { ...order, serial: (last?.serial ?? 0) + 1 };
      try {
        await this.#orders.insertOne(numbered);
        return numbered;
      } catch (error) {
        if (!isDuplicateKey(error) || tries === TRIES) throw error;
        if (await this.#orders.findOne({ _id: order._id })) return undefined;
      }
    }
  }

  /** What staff did goes to the audit trail, and what the agency must know to the agency. */
  async #tell(viewer: Viewer, order: OrderDoc, state: OrderState): Promise<void> {
    const id = order._id.toHexString();
    await this.#deps.audit.record(viewer, {
      action: `quality:order-${state.toLowerCase()}`,
      object: `supervision-order:${id}`,
      result: 'OK',
      detail: { number: numberOf(order), agencyId: order.agencyId.toHexString(), dueOn: order.dueOn },
    });
    const kind = NOTICES[state];
    if (!kind) return;
    await this.#deps.notices.send([
      {
        key: `order|${id}|${String(order.steps.length)}`,
        organizationId: order.agencyId.toHexString(),
        kind,
        params: { order: numberOf(order), dueOn: order.dueOn },
      },
    ]);
  }

  async #stored(id: string): Promise<OrderDoc> {
    const found = isValidObjectId(id) ? await this.#orders.findOne({ _id: new Types.ObjectId(id) }) : null;
    if (!found) throw new NotFoundError('QUALITY_NOT_FOUND');
    return found as OrderDoc;
  }

  /** @throws RuleError TRANSITION_REFUSED; ConflictError QUALITY_ORDER_MOVED when somebody else was first */
  async #move(
    viewer: Viewer,
    before: OrderDoc,
    state: OrderState,
    said: { readonly text: string; readonly dueOn?: OrderDoc['dueOn'] },
  ): Promise<SupervisionOrder> {
    assertTransition(orderTransitions, before.state, state);
    const step = { state, at: this.#deps.clock.now(), by: actorOf(viewer), text: said.text };
    const due = said.dueOn === undefined ? {} : { dueOn: said.dueOn };
    const moved = await this.#orders.findOneAndUpdate(
      { _id: before._id, state: before.state, steps: { $size: before.steps.length } },
      { $set: { state, ...due }, $push: { steps: step } },
      { returnDocument: 'after' },
    );
    if (!moved) throw new ConflictError('QUALITY_ORDER_MOVED');
    await this.#tell(viewer, moved as OrderDoc, state);
    return this.#present(moved as OrderDoc);
  }

  /** For the agency it was issued to. @throws NotFoundError for another one's; InputError; see `#move` */
  async reply(viewer: Viewer, id: string, text: string): Promise<SupervisionOrder> {
    requirePermission(viewer, 'quality:report');
    const order = await this.#stored(id);
    if (order.agencyId.toHexString() !== viewer.organizationId) throw new NotFoundError('QUALITY_NOT_FOUND');
    return this.#move(viewer, order, 'REPLIED', { text: checkedText(text, 'text', LONGEST_TEXT) });
  }

  /** The reply will do. @throws NotFoundError; InputError; see `#move` */
  async close(viewer: Viewer, id: string, text: string): Promise<SupervisionOrder> {
    requirePermission(viewer, 'quality:manage');
    const order = await this.#stored(id);
    return this.#move(viewer, order, 'CLOSED', { text: checkedText(text, 'text', LONGEST_TEXT) });
  }

  /** The reply will not do: another one is awaited. @throws NotFoundError; InputError; see `#move` */
  async giveBack(viewer: Viewer, id: string, text: string, workingDays: number): Promise<SupervisionOrder> {
    requirePermission(viewer, 'quality:manage');
    const order = await this.#stored(id);
    const said = { text: checkedText(text, 'text', LONGEST_TEXT), dueOn: this.#dueIn(workingDays) };
    return this.#move(viewer, order, 'RETURNED', said);
  }

  /** @throws NotFoundError also for another agency's; ForbiddenError */
  async get(viewer: Viewer, id: string): Promise<SupervisionOrder> {
    requirePermission(viewer, 'quality:read');
    const order = await this.#stored(id);
    agencyFor(viewer, order.agencyId.toHexString());
    return this.#present(order);
  }

  /** Newest first: an agency's own, all for the centre. @throws ForbiddenError; InputError on a bad page */
  async page(viewer: Viewer, page: PageArgs, asked?: string): Promise<Page<SupervisionOrder>> {
    const agencyId = agencyFor(viewer, asked);
    const first = pageSize(page);
    const [after] = page.after === undefined ? [undefined] : decodeCursor(page.after, 1);
    if (after !== undefined && !isValidObjectId(after)) throw new InputError(['after'], 'CURSOR_INVALID');
    const found = await this.#orders
      .find({
        ...(agencyId === undefined ? {} : { agencyId: new Types.ObjectId(agencyId) }),
        ...(after === undefined ? {} : { _id: { $lt: new Types.ObjectId(String(after)) } }),
      })
      .sort({ _id: -1 })
      .limit(first + 1)
      .toArray();
    return pageOf(
      found as OrderDoc[],
      first,
      ({ _id }) => [_id.toHexString()],
      (order) => this.#present(order),
    );
  }
}
