import catalogue from '../../../../schema/codes/sectors.json';
import { kindText } from '../../shared/format.ts';

export interface FeedChoice {
  /** `<sector>/<kind>` */
  readonly path: string;
  readonly sector: string;
  readonly name: string;
}

/** What agencies report, in the order of the catalogue. */
export const FEEDS: readonly FeedChoice[] = catalogue.sectors.flatMap(({ slug, name, kinds }) =>
  kinds.map((kind) => ({
    path: `${slug}/${kind.toLowerCase()}`,
    sector: slug,
    name: `${name} · ${kindText(kind)}`,
  })),
);

const names = new Map(FEEDS.map(({ path, name }) => [path, name]));

export function feedName(path: string): string {
  return names.get(path) ?? path;
}
