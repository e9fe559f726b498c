import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PartialColumn } from './kinds.ts';
import { checkFeedFile, checkSectorFile } from './sector-schema.ts';
import type { CatalogueItem, RecordKind, RecordOrigin } from './template.types.ts';

/** `<slug>/sector.json` */
export interface SectorFile {
  readonly slug: string;
  /** Place among the sectors; suppliers beyond them have none. */
  readonly number?: number;
  readonly name: string;
  /** Without the name of the city: 市税务局. One agency may stand for several sectors. */
  readonly agencyName: string;
  readonly agencyUscc: string;
  readonly scheme: {
    readonly name: string;
    readonly document?: string;
    readonly basis?: string;
    readonly period?: string;
    readonly grades?: readonly string[];
  };
  /** A supplier of data that is no sector of supervision. */
  readonly supplier?: boolean;
  /** Its feeds come down from this level: their records are not ours, and are never pushed. */
  readonly origin?: RecordOrigin;
}

/** `<slug>/<feed>.json` */
export interface FeedFile {
  readonly kind: RecordKind;
  readonly name: string;
  readonly catalogue?: CatalogueItem;
  readonly columns?: readonly PartialColumn[];
  readonly without?: readonly string[];
  readonly key?: readonly string[];
  readonly marks?: readonly string[];
  readonly examples?: Readonly<Record<string, readonly string[]>>;
}

/** A feed 数据目录 as its file says it. */
export interface FeedDefinition extends FeedFile {
  /** `<sector>/<feed>` */
  readonly path: string;
  readonly sector: SectorFile;
}

const OWN = fileURLToPath(new URL('../../../schema/sectors/', import.meta.url));
const folders = new Set<string>();
const sectors = new Map<string, SectorFile>();
const feeds = new Map<string, FeedDefinition>();
const byKind = new Map<RecordKind, readonly FeedDefinition[]>();

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

function addSector(folder: string, slug: string, foreign: boolean): void {
  const files = readdirSync(join(folder, slug)).filter((name) => name.endsWith('.json'));
  const path = join(folder, slug, 'sector.json');
  const sector = readJson(path) as SectorFile;
  if (foreign) checkSectorFile(path, sector);
  if (sector.slug !== slug || sectors.has(slug)) throw new Error(`${path}: slug ${sector.slug}`);
  const own = files
    .filter((name) => name !== 'sector.json')
    .sort()
    .map((name): FeedDefinition => {
      const file = readJson(join(folder, slug, name)) as FeedFile;
      if (foreign) checkFeedFile(join(folder, slug, name), file);
      return { ...file, path: `${slug}/${name.slice(0, -'.json'.length)}`, sector };
    });
  sectors.set(slug, sector);
  byKind.clear();
  for (const feed of own) feeds.set(feed.path, feed);
}

/**
 * Adds the sectors of a folder to those of this process; a folder that is there already is left as it was read.
 * @throws Error naming the file that is not as `schema/sectors/README.md` says, or repeats a sector
 */
export function addSectorFolder(folder: string): void {
  if (folders.has(folder)) return;
  folders.add(folder);
  const slugs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of slugs) addSector(folder, name, folder !== OWN);
}

function place({ number, slug }: SectorFile): string {
  return number === undefined ? `~${slug}` : String(number).padStart(3, '0');
}

/** Sectors by their number, then suppliers by name. */
export function listSectors(): readonly SectorFile[] {
  addSectorFolder(OWN);
  return [...sectors.values()].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** All feeds, sector by sector; 行政许可 and 行政处罚 first. */
export function listFeeds(): readonly FeedDefinition[] {
  const national = ({ path }: FeedDefinition): number => (/\/(?:license|penalty)$/.test(path) ? 0 : 1);
  return listSectors().flatMap((sector) =>
    [...feeds.values()].filter((feed) => feed.sector === sector).sort((a, b) => national(a) - national(b)),
  );
}

export function findFeed(path: string): FeedDefinition | undefined {
  addSectorFolder(OWN);
  return feeds.get(path);
}

/** Asked for every row, so it is remembered. */
export function feedsOfKind(kind: RecordKind): readonly FeedDefinition[] {
  let found = byKind.get(kind);
  if (!found) byKind.set(kind, (found = listFeeds().filter((feed) => feed.kind === kind)));
  return found;
}

/** Where the records of a sector come from; undefined for those of the city's own agencies. */
export function originOf(slug: string): RecordOrigin | undefined {
  addSectorFolder(OWN);
  return sectors.get(slug)?.origin;
}

/** @throws RangeError */
export function getFeed(path: string): FeedDefinition {
  const feed = findFeed(path);
  if (!feed) throw new RangeError(`no feed ${path}`);
  return feed;
}

/** Path of the feed that a stored record came by; records of a sector's 行政许可 or 行政处罚 do not keep it. */
export function feedPathOf({
  feed,
  sector,
  kind,
}: {
  feed?: string;
  sector: string;
  kind: RecordKind;
}): string {
  return feed ?? `${sector}/${kind.toLowerCase()}`;
}
