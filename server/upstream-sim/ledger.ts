import type { FaultDraw } from './faults.ts';
import { Holdings } from './holdings.ts';
import type { JournalLine } from './journal.ts';

/** An item as it is pushed; what else it carries is not looked at. */
export interface PushedItem {
  readonly itemId: string;
  readonly key: string;
  readonly contentHash: string;
  readonly operation: string;
  /** Who reported the record, and what it is; a sender that groups by neither may leave them out. */
  readonly agency?: string;
  readonly kind?: string;
}

export interface ItemResult {
  readonly itemId: string;
  readonly result: 'accepted' | 'refused' | 'pending';
  /** Accepted: since when the platform has held it, ISO; for a repeat that of the first time. */
  readonly acceptedAt?: string;
  readonly code?: string;
  readonly message?: string;
}

/** How the sender hears of an item: at once, not in the answer, later, or only when it asks. */
type Channel = 'answer' | 'omitted' | 'late' | 'lost';

interface Entry {
  readonly itemId: string;
  readonly result: 'accepted' | 'refused';
  readonly acceptedAt?: string;
  readonly channel: Channel;
  readonly twice: boolean;
}

interface Batch {
  readonly entries: Map<string, Entry>;
  /** False until the journal holds it. */
  kept: boolean;
  /** Instant from which the late results are told. */
  readonly lateAt: number;
}

const REFUSAL = { code: 'SIM_REFUSED', message: '模拟平台退回：数据不符合要求' } as const;

function told({ itemId, result, acceptedAt }: Entry): ItemResult {
  if (result === 'refused') return { itemId, result, ...REFUSAL };
  return { itemId, result, ...(acceptedAt === undefined ? {} : { acceptedAt }) };
}

/** What the simulated platform holds: which content of each key took effect, and what it said of each batch. */
export class Ledger {
  readonly #draw: FaultDraw;
  readonly holdings = new Holdings();
  /** Items that took effect, with the instant. */
  readonly #taken = new Map<string, string>();
  readonly #batches = new Map<string, Batch>();

  constructor(draw: FaultDraw) {
    this.#draw = draw;
  }

  /** Takes a line of an earlier run, so that repeats are recognised over a restart. */
  replay(line: JournalLine): void {
    const { itemId, result, at } = line;
    if (line.effective) this.#effect(line, at);
    let batch = this.#batches.get(line.token);
    if (!batch) this.#batches.set(line.token, (batch = { entries: new Map(), kept: true, lateAt: 0 }));
    if (batch.entries.has(itemId)) return;
    const since = result === 'accepted' ? { acceptedAt: this.#since(line) ?? at } : {};
    batch.entries.set(itemId, { itemId, result, ...since, channel: 'answer', twice: false });
  }

  #effect({ key, contentHash, itemId, agency = '', kind = '' }: PushedItem, acceptedAt: string): void {
    this.holdings.put({ key, contentHash, itemId, agency, kind, acceptedAt });
    this.#taken.set(itemId, acceptedAt);
  }

  /** Since when the item, or its content, has been held; undefined when it is new. */
  #since({ key, contentHash, itemId }: PushedItem): string | undefined {
    const held = this.holdings.get(key);
    return this.#taken.get(itemId) ?? (held?.contentHash === contentHash ? held.acceptedAt : undefined);
  }

  /** Whether the batch was seen before. */
  knows(token: string): boolean {
    return this.#batches.has(token);
  }

  /**
   * Works a batch. A token seen before changes nothing.
   * @returns the lines for the journal; the batch is pending until `keep` is called
   */
  take(token: string, items: readonly PushedItem[], now: Date, lateMs: number): JournalLine[] {
    const before = this.#batches.get(token);
    const at = now.toISOString();
    if (before) {
      return items.flatMap((item) => {
        const result = before.entries.get(item.itemId)?.result;
        return result ? [lineOf(item, { at, token, result, effective: false })] : [];
      });
    }
    const batch: Batch = { entries: new Map(), kept: false, lateAt: now.getTime() + lateMs };
    this.#batches.set(token, batch);
    return items.map((item) => {
      const refused = this.#draw.happens('refuse', `${item.key}/${item.contentHash}`);
      const result = refused ? 'refused' : 'accepted';
      const since = this.#since(item);
      const effective = !refused && since === undefined;
      if (effective) this.#effect(item, at);
      const { itemId } = item;
      const held = refused ? {} : { acceptedAt: since ?? at };
      batch.entries.set(itemId, { itemId, result, ...held, ...this.#manner(`${token}/${itemId}`) });
      return lineOf(item, { at, token, result, effective });
    });
  }

  #manner(what: string): Pick<Entry, 'channel' | 'twice'> {
    const twice = this.#draw.happens('duplicate-answer', what);
    if (this.#draw.happens('timeout-after-accept', what)) return { channel: 'omitted', twice };
    if (this.#draw.happens('lose-receipt', what)) return { channel: 'lost', twice };
    return { channel: this.#draw.happens('late', what) ? 'late' : 'answer', twice };
  }

  #entries(token: string): Entry[] {
    return [...(this.#batches.get(token)?.entries.values() ?? [])];
  }

  keep(token: string): void {
    const batch = this.#batches.get(token);
    if (batch) batch.kept = true;
  }

  /** The answer to the push itself. @param repeated nothing is left out of the answer to a repeat */
  answer(token: string, repeated: boolean): ItemResult[] {
    return this.#entries(token).flatMap((entry) => {
      if (entry.channel === 'omitted' && !repeated) return [];
      const open = entry.channel === 'late' || entry.channel === 'lost';
      const said: ItemResult = open ? { itemId: entry.itemId, result: 'pending' } : told(entry);
      return entry.twice ? [said, said] : [said];
    });
  }

  /** Whether the whole answer gets lost: when the first item of the batch is to time out. */
  losesAnswer(token: string): boolean {
    return this.#entries(token)[0]?.channel === 'omitted';
  }

  /** The receipts that follow by callback. */
  lateReceipts(token: string): ItemResult[] {
    return this.#entries(token).flatMap((entry) => {
      if (entry.channel !== 'late') return [];
      return entry.twice ? [told(entry), told(entry)] : [told(entry)];
    });
  }

  /** @returns undefined for a batch that was never seen */
  status(token: string, now: Date): ItemResult[] | undefined {
    const batch = this.#batches.get(token);
    if (!batch) return undefined;
    return this.#entries(token).map((entry) => {
      const open = !batch.kept || (entry.channel === 'late' && now.getTime() < batch.lateAt);
      return open ? { itemId: entry.itemId, result: 'pending' } : told(entry);
    });
  }
}

function lineOf(
  item: PushedItem,
  fields: Pick<JournalLine, 'at' | 'token' | 'result' | 'effective'>,
): JournalLine {
  const { itemId, key, contentHash, operation, agency, kind } = item;
  const { at, token, result, effective } = fields;
  const group = { ...(agency === undefined ? {} : { agency }), ...(kind === undefined ? {} : { kind }) };
  return { at, token, itemId, key, contentHash, operation, ...group, result, effective };
}
