import { readFileSync } from 'node:fs';
import { systemViewer } from '../../auth/viewer.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import type { OrganizationKind, OrganizationService } from '../organization/index.ts';
import type { EffectiveReference } from '../reference/index.ts';
import {
  findFeed,
  listFeeds,
  listSectors,
  type CatalogueItem,
  type FeedDefinition,
  type SectorFile,
} from '../template/index.ts';

/** One of the 29 sectors 行业领域 or a further supplier, and who reports for it. */
export type Sector = SectorFile;
export type SectorFeed = FeedDefinition;

const CENTER = new URL('../../../schema/sectors/center.json', import.meta.url);

/** 市税务局 of 示例市 is 示例市税务局; a name that does not begin with 市 stays as it is. */
export function agencyNameIn(cityName: string, name: string): string {
  return name.startsWith('市') ? cityName + name.slice(1) : name;
}

/** The sectors of `schema/sectors` and of the city's own folder: data, the same in every process, not kept in the store. */
export class SectorService {
  readonly #catalogueOf: EffectiveReference['catalogueOf'];

  /** @param reference what was entered over the catalogue of the files; without it the files alone count */
  constructor(reference?: Pick<EffectiveReference, 'catalogueOf'>) {
    this.#catalogueOf = (path, day) =>
      reference ? reference.catalogueOf(path, day) : findFeed(path)?.catalogue;
  }

  /** Whether a feed may be collected on a day; its entry in the catalogue may have ended. */
  isCollected(path: string, day: CivilDate): boolean {
    return this.#catalogueOf(path, day) !== undefined;
  }

  /** How often a feed is to be reported, as its entry in the catalogue says on a day; undefined without one. */
  cadenceOf(path: string, day: CivilDate): CatalogueItem['cadence'] | undefined {
    return this.#catalogueOf(path, day)?.cadence;
  }

  /** In the order of the catalogue, suppliers last. */
  list(): readonly Sector[] {
    return listSectors();
  }

  feeds(): readonly SectorFeed[] {
    return listFeeds();
  }

  feedsOf(slug: string): readonly SectorFeed[] {
    return listFeeds().filter(({ sector }) => sector.slug === slug);
  }

  bySlug(slug: string): Sector | undefined {
    return listSectors().find((sector) => sector.slug === slug);
  }

  /** @param path `<sector>/<feed>` in lower case */
  feedOf(path: string): SectorFeed | undefined {
    return findFeed(path);
  }

  /**
   * Brings the agency of every sector and the credit centre into the store, named after the city. May run at every
   * start and in two processes at once: what is as it should be is not written, and an agency that somebody took out
   * of office stays out.
   */
  async ensureOrganizations(organizations: OrganizationService, cityName: string): Promise<void> {
    const center = JSON.parse(readFileSync(CENTER, 'utf8')) as { name: string; uscc: string };
    const sectors = listSectors();
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
