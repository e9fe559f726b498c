import { readFileSync } from 'node:fs';
import { systemViewer } from '../../auth/viewer.ts';
import type { OrganizationKind, OrganizationService } from '../organization/index.ts';

/** Kind of the records a feed brings; the last part of its path in lower case. */
export type FeedKind = 'LICENSE' | 'PENALTY';

/** One of the 29 sectors 行业领域 and who reports for it. */
export interface Sector {
  readonly slug: string;
  readonly name: string;
  /** Without the name of the city: 市税务局. One agency may stand for several sectors. */
  readonly agencyName: string;
  readonly agencyUscc: string;
  readonly kinds: readonly FeedKind[];
}

export interface SectorFeed {
  readonly sector: Sector;
  readonly kind: FeedKind;
}

interface SectorFile {
  readonly center: { readonly name: string; readonly uscc: string };
  readonly sectors: readonly Sector[];
}

const FILE = new URL('../../../schema/codes/sectors.json', import.meta.url);

/** `<sector>/<kind>` as in addresses and on the command line: `tax/license`. */
export function feedPath({ sector, kind }: SectorFeed): string {
  return `${sector.slug}/${kind.toLowerCase()}`;
}

/** 市税务局 of 示例市 is 示例市税务局; a name that does not begin with 市 stays as it is. */
export function agencyNameIn(cityName: string, name: string): string {
  return name.startsWith('市') ? cityName + name.slice(1) : name;
}

/** The sectors of `schema/codes/sectors.json`: data, the same in every process, not kept in the store. */
export class SectorService {
  readonly #file: SectorFile;
  readonly #bySlug: ReadonlyMap<string, Sector>;
  readonly #byPath: ReadonlyMap<string, SectorFeed>;

  constructor() {
    this.#file = JSON.parse(readFileSync(FILE, 'utf8')) as SectorFile;
    this.#bySlug = new Map(this.#file.sectors.map((sector) => [sector.slug, sector]));
    const feeds = this.#file.sectors.flatMap((sector) => sector.kinds.map((kind) => ({ sector, kind })));
    this.#byPath = new Map(feeds.map((feed) => [feedPath(feed), feed]));
  }

  /** In the order of the catalogue. */
  list(): readonly Sector[] {
    return this.#file.sectors;
  }

  feeds(): readonly SectorFeed[] {
    return [...this.#byPath.values()];
  }

  bySlug(slug: string): Sector | undefined {
    return this.#bySlug.get(slug);
  }

  /** @param path `<sector>/<kind>` in lower case */
  feedOf(path: string): SectorFeed | undefined {
    return this.#byPath.get(path);
  }

  /**
   * Brings the agency of every sector and the credit centre into the store, named after the city. May run at every
   * start and in two processes at once: what is as it should be is not written, and an agency that somebody took out
   * of office stays out.
   */
  async ensureOrganizations(organizations: OrganizationService, cityName: string): Promise<void> {
    const { center, sectors } = this.#file;
    const ensure = async (kind: OrganizationKind, name: string, uscc: string, slugs: readonly string[]) => {
      const active = (await organizations.byUscc(uscc))?.active ?? true;
      const fields = { kind, name: agencyNameIn(cityName, name), uscc, sectors: slugs, active };
      await organizations.upsert(systemViewer, fields);
    };
    await ensure('CENTER', center.name, center.uscc, []);
    for (const [uscc, name] of new Map(sectors.map((sector) => [sector.agencyUscc, sector.agencyName]))) {
      const own = sectors.filter((sector) => sector.agencyUscc === uscc);
      await ensure(
        'AGENCY',
        name,
        uscc,
        own.map(({ slug }) => slug),
      );
    }
  }
}
