import { useQuery } from 'urql';
import { FeedsDocument } from '../../graphql/__generated__/documents.ts';

export interface FeedChoice {
  /** `<sector>/<feed>` */
  readonly path: string;
  readonly sector: string;
  readonly name: string;
}

/** What agencies may report, in the order of the catalogue; undefined until it is known. */
export function useFeeds(): readonly FeedChoice[] | undefined {
  const [{ data }] = useQuery({ query: FeedsDocument });
  return data?.sectors.flatMap((sector) =>
    sector.feeds
      .filter(({ catalogue }) => catalogue !== null)
      .map(({ path, name }) => ({ path, sector: sector.slug, name: `${sector.name} · ${name}` })),
  );
}

/** Chinese name of a feed; its path until that is known. */
export function FeedName({ path }: { path: string }) {
  return <>{useFeeds()?.find((feed) => feed.path === path)?.name ?? path}</>;
}
