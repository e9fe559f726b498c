import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSession } from 'mongoose';
import { actorOf, requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { asTransient } from '../../db/native.ts';
import type { Clock } from '../../lib/clock.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import { cleanDetail, FIRST_HASH, hashOf } from './audit-chain.ts';
import type { AuditDetail, AuditEventDoc, AuditResult } from './audit-event.model.ts';
import { AuditRepository, type AuditFilter } from './audit.repository.ts';

export interface AuditEntry {
  /** Permission-like name of what was done: `account:login`. */
  readonly action: string;
  /** `<kind>:<id>` of what it was done to. */
  readonly object: string;
  readonly result: AuditResult;
  readonly detail?: AuditDetail;
}

export interface AuditEvent extends Omit<AuditEventDoc, '_id'> {
  readonly sequence: number;
}

export interface AuditFault {
  readonly sequence: number;
  readonly fault: 'GAP' | 'BROKEN_LINK' | 'CHANGED';
}

const MAX_FAULTS = 100;
const MAX_TRIES = 200;

export class AuditService {
  readonly #repository: AuditRepository;
  readonly #clock: Clock;
  readonly #cipher: FieldCipher;
  /** Writers of this process go one after the other; those of other processes meet at the unique sequence. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deps: { db: Db; clock: Clock; cipher: FieldCipher }) {
    this.#repository = new AuditRepository(deps.db);
    this.#clock = deps.clock;
    this.#cipher = deps.cipher;
  }

  /**
   * Appends to the chain. With `tx` the event stands or falls with the transaction, which starts again when another
   * writer took the place; without it, the event is written when the promise is fulfilled.
   */
  async record(viewer: Viewer, entry: AuditEntry, tx?: ClientSession): Promise<void> {
    const actor = actorOf(viewer);
    if (tx) {
      const lost = await this.#append(actor, entry, tx);
      if (lost) throw asTransient(lost);
      return;
    }
    const turn = this.#queue.then(() => this.#appendAlone(actor, entry));
    this.#queue = turn.catch(() => undefined);
    await turn;
  }

  async #appendAlone(actor: string, entry: AuditEntry): Promise<void> {
    for (let tries = 1; await this.#append(actor, entry); tries += 1) {
      if (tries === MAX_TRIES) throw new Error('the audit trail could not be written');
      await sleep(tries % 10);
    }
  }

  async #append(actor: string, entry: AuditEntry, tx?: ClientSession) {
    const last = await this.#repository.last(tx);
    const event = {
      _id: (last?._id ?? 0) + 1,
      at: this.#clock.now(),
      actor,
      action: entry.action,
      object: entry.object,
      result: entry.result,
      detail: cleanDetail(entry.detail),
      prevHash: last?.hash ?? FIRST_HASH,
    };
    return this.#repository.insert({ ...event, hash: hashOf(event, this.#cipher) }, tx);
  }

  /** Walks the whole chain. What was cut off at its end shows only against a head noted elsewhere. */
  async verify(): Promise<{
    checked: number;
    faults: AuditFault[];
    head: { sequence: number; hash: string };
  }> {
    const faults: AuditFault[] = [];
    const fault = (sequence: number, kind: AuditFault['fault']): void => {
      if (faults.length < MAX_FAULTS) faults.push({ sequence, fault: kind });
    };
    let checked = 0;
    let head = { sequence: 0, hash: FIRST_HASH };
    for await (const { hash, ...event } of this.#repository.inOrder()) {
      checked += 1;
      if (event._id !== head.sequence + 1) fault(event._id, 'GAP');
      else if (event.prevHash !== head.hash) fault(event._id, 'BROKEN_LINK');
      if (hashOf(event, this.#cipher) !== hash) fault(event._id, 'CHANGED');
      head = { sequence: event._id, hash };
    }
    return { checked, faults, head };
  }

  /** Newest first. @throws ForbiddenError without `audit:read` */
  async page(viewer: Viewer, page: PageArgs, filter: AuditFilter = {}): Promise<Page<AuditEvent>> {
    requirePermission(viewer, 'audit:read');
    const first = pageSize(page);
    const before = page.after === undefined ? undefined : Number(decodeCursor(page.after, 1)[0]);
    const found = await this.#repository.page(filter, before, first + 1);
    return pageOf(
      found,
      first,
      (event) => [event._id],
      ({ _id, ...event }) => ({ sequence: _id, ...event }),
    );
  }
}
