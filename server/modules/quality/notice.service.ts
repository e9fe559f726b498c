import { mongo, Types } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey, nativeCollection } from '../../db/native.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError } from '../../lib/errors.ts';
import { decodeCursor, MAX_PAGE, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import { noticeSchema, type NoticeDoc, type NoticeKind } from './notice.model.ts';

export interface NewNotice {
  readonly key: string;
  readonly organizationId: string;
  readonly kind: NoticeKind;
  readonly params: Readonly<Record<string, string>>;
}

/** More unread ones are told as so many. */
const MOST_COUNTED = 1000;

/** Notices to organizations. */
export class NoticeService {
  readonly #clock: Clock;
  readonly #notices: mongo.Collection<NoticeDoc>;

  constructor({ db, clock }: { db: Db; clock: Clock }) {
    this.#clock = clock;
    db.model('Notice', noticeSchema, 'notices');
    this.#notices = nativeCollection<NoticeDoc>(db, 'notices');
  }

  /** Those that were not sent before. @returns how many */
  async send(notices: readonly NewNotice[]): Promise<number> {
    if (notices.length === 0) return 0;
    const at = this.#clock.now();
    const writes = notices.map(({ key, organizationId, kind, params }) => {
      const notice = { organizationId: new Types.ObjectId(organizationId), kind, params: { ...params }, at };
      return {
        updateOne: {
          filter: { _id: key },
          update: { $setOnInsert: { ...notice, read: false } },
          upsert: true,
        },
      };
    });
    try {
      return (await this.#notices.bulkWrite(writes, { ordered: false })).upsertedCount;
    } catch (error) {
      // Another process sent some of them in this moment.
      if (error instanceof mongo.MongoBulkWriteError && isDuplicateKey(error))
        return error.result.upsertedCount;
      throw error;
    }
  }

  /** Of the viewer's organization: unread ones first, newest first. @throws ForbiddenError without `quality:read` */
  async page(viewer: Viewer, page: PageArgs): Promise<Page<NoticeDoc>> {
    requirePermission(viewer, 'quality:read');
    const first = pageSize(page);
    if (viewer.organizationId === undefined) return { nodes: [], cursors: [], hasNext: false };
    const own = { organizationId: new Types.ObjectId(viewer.organizationId) };
    const found = await this.#notices
      .find({ ...own, ...behind(page.after) } as mongo.Filter<NoticeDoc>)
      .sort({ read: 1, at: -1, _id: -1 })
      .limit(first + 1)
      .toArray();
    return pageOf(
      found as NoticeDoc[],
      first,
      ({ read, at, _id }) => [read ? 1 : 0, at.getTime(), _id],
      (notice) => notice,
    );
  }

  /** Counted up to 1000. @throws ForbiddenError without `quality:read` */
  async unread(viewer: Viewer): Promise<number> {
    requirePermission(viewer, 'quality:read');
    if (viewer.organizationId === undefined) return 0;
    const own = { organizationId: new Types.ObjectId(viewer.organizationId), read: false };
    return this.#notices.countDocuments(own, { limit: MOST_COUNTED });
  }

  /**
   * Marks notices of the viewer's organization; others are left as they are.
   * @throws ForbiddenError; InputError NOTICES_TOO_MANY
   */
  async markRead(viewer: Viewer, keys: readonly string[]): Promise<void> {
    requirePermission(viewer, 'quality:read');
    if (keys.length > MAX_PAGE) throw new InputError(['ids'], 'NOTICES_TOO_MANY', { max: MAX_PAGE });
    if (viewer.organizationId === undefined) return;
    const own = { organizationId: new Types.ObjectId(viewer.organizationId), _id: { $in: [...keys] } };
    await this.#notices.updateMany(own, { $set: { read: true } });
  }
}

function behind(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [isRead, at, _id] = decodeCursor(cursor, 3);
  if (typeof at !== 'number' || typeof _id !== 'string') throw new InputError(['after'], 'CURSOR_INVALID');
  const read = isRead === 1;
  const when = new Date(at);
  const same = [
    { read, at: { $lt: when } },
    { read, at: when, _id: { $lt: _id } },
  ];
  return { $or: read ? same : [...same, { read: true }] };
}
