import { readFileSync, createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { civilDateOf, isCivilDate, type CivilDate } from '../../../lib/civil-date.ts';
import { UpstreamError } from '../../../lib/errors.ts';
import { heldText, SetHash } from '../../../lib/set-hash.ts';
import type { HeldGroup, HeldItem, PlatformAddress, PlatformListing } from './types.ts';

interface Head {
  readonly day: CivilDate;
  readonly takenAt: string;
  readonly n: number;
}

const SCHEMAS = new URL('../../../../schema/upstream/', import.meta.url);
const PAGE = 2000;

const ajv = new Ajv2020({ strict: true });
formats.default(ajv, ['date', 'date-time']);
for (const name of ['http-json/held.json', 'file-drop/holdings.json'])
  ajv.addSchema(JSON.parse(readFileSync(new URL(name, SCHEMAS), 'utf8')) as object);
const isHead = ajv.compile<Head>({ $ref: 'upstream/file-drop/holdings#/$defs/head' });
const isItem = ajv.compile<HeldItem>({ $ref: 'upstream/file-drop/holdings#/$defs/item' });

function invalid(reason: string): UpstreamError {
  return new UpstreamError('LISTING_INVALID', false, { reason });
}

function parsed(line: string, name: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw invalid(name);
  }
}

/** Faults of the share are the platform's; it may be back in a moment. */
function asUpstream(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof UpstreamError || code === undefined) return error;
  if (code === 'ENOENT') return new UpstreamError('LISTING_NOT_OFFERED', false, {}, { cause: error });
  return new UpstreamError(code, true, { reason: code }, { cause: error });
}

function pathOf({ url }: PlatformAddress, day?: CivilDate): string {
  const folder = join(fileURLToPath(url), 'holdings');
  return day === undefined ? folder : join(folder, `${day}.jsonl`);
}

/** Days with a file. @throws UpstreamError LISTING_NOT_OFFERED when the platform keeps none */
async function listedDays(address: PlatformAddress): Promise<CivilDate[]> {
  const names = await readdir(pathOf(address)).catch((error: unknown) => {
    throw asUpstream(error);
  });
  const days = names
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => name.slice(0, -'.jsonl'.length))
    .filter(isCivilDate)
    .sort();
  if (days.length === 0) throw new UpstreamError('LISTING_NOT_OFFERED', false);
  return days;
}

/** Whether a platform says in files what it holds. */
export async function offersHoldings(url: string): Promise<boolean> {
  return (await readdir(join(fileURLToPath(url), 'holdings')).catch(() => [])).length > 0;
}

/**
 * Reads the file of a day, head first.
 * @throws UpstreamError LISTING_INVALID when a line is none, or out of its order, or the file ends too early
 */
async function* readDay(
  address: PlatformAddress,
  day: CivilDate,
  signal: AbortSignal,
): AsyncGenerator<{ readonly head: Head; readonly item?: HeldItem }> {
  const name = `${day}.jsonl`;
  const stream = createReadStream(pathOf(address, day), { signal });
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  let head: Head | undefined;
  let last = '';
  let n = 0;
  try {
    for await (const line of lines) {
      const value = parsed(line, name);
      if (!head) {
        if (!isHead(value) || value.day !== day) throw invalid(name);
        head = value;
        yield { head };
        continue;
      }
      if (!isItem(value) || value.key <= last || civilDateOf(new Date(value.acceptedAt)) !== day)
        throw invalid(name);
      last = value.key;
      n += 1;
      yield { head, item: value };
    }
    if (head?.n !== n) throw invalid(name);
  } catch (error) {
    signal.throwIfAborted();
    throw asUpstream(error);
  } finally {
    lines.close();
    stream.destroy();
  }
}

async function headOf(address: PlatformAddress, day: CivilDate, signal: AbortSignal): Promise<Head> {
  for await (const { head } of readDay(address, day, signal)) return head;
  throw invalid(`${day}.jsonl`);
}

async function* itemsOf(
  address: PlatformAddress,
  day: CivilDate,
  signal: AbortSignal,
): AsyncGenerator<HeldItem> {
  if (!(await listedDays(address)).includes(day)) return;
  for await (const { item } of readDay(address, day, signal)) if (item) yield item;
}

/** What a platform says it holds in files; every question reads them anew, line by line. */
export const fileDropListing: PlatformListing = {
  /** A day without a file holds nothing, as of the latest list. */
  async asOf(day, address, signal) {
    const days = await listedDays(address);
    const asked = days.includes(day) ? [day] : days;
    let latest = 0;
    for (const one of asked)
      latest = Math.max(latest, Date.parse((await headOf(address, one, signal)).takenAt));
    return new Date(latest);
  },
  async days(address, signal) {
    const found: { day: CivilDate; n: number }[] = [];
    for (const day of await listedDays(address))
      found.push({ day, n: (await headOf(address, day, signal)).n });
    return found;
  },
  async groups(day, address, signal) {
    const groups = new Map<string, { agency: string; kind: string; n: number; hash: SetHash }>();
    for await (const item of itemsOf(address, day, signal)) {
      const { agency, kind } = item;
      const name = `${agency}\n${kind}`;
      const group = groups.get(name) ?? { agency, kind, n: 0, hash: new SetHash() };
      groups.set(name, group);
      group.n += 1;
      group.hash.add(heldText(item));
    }
    return [...groups.values()].map(({ hash, ...group }): HeldGroup => ({ ...group, hash: hash.hex() }));
  },
  async items({ day, agency, kind, after = '' }, address, signal) {
    const items: HeldItem[] = [];
    for await (const item of itemsOf(address, day, signal)) {
      if (item.key <= after || item.agency !== agency || item.kind !== kind) continue;
      if (items.length === PAGE) return { items, next: items.at(-1)?.key ?? '' };
      items.push(item);
    }
    return { items };
  },
  async lookup(keys, address, signal) {
    const asked = new Set(keys);
    const found = new Map<string, HeldItem>();
    for (const day of await listedDays(address)) {
      for await (const item of itemsOf(address, day, signal)) {
        const known = found.get(item.key);
        // Between two lists of two days a record may stand in both: it moved to the later one.
        if (asked.has(item.key) && (!known || known.acceptedAt < item.acceptedAt)) found.set(item.key, item);
      }
    }
    return [...found.values()];
  },
};
