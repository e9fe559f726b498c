import type { Page, PageArgs } from '../lib/page.ts';

export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** A page as Relay has it. */
export function connectionOf<T>({ nodes, cursors, hasNext }: Page<T>): Connection<T> {
  return {
    edges: nodes.map((node, place) => ({ node, cursor: cursors[place] ?? '' })),
    pageInfo: { hasNextPage: hasNext, endCursor: cursors.at(-1) ?? null },
  };
}

/** `first` and `after` as the services take them: what a caller left out or set to null is left out. */
export function pageArgs(args: { first: number; after?: string | null }): PageArgs {
  return { first: args.first, ...(args.after == null ? {} : { after: args.after }) };
}

/** A filter without the fields a caller left out or set to null. */
export function givenOf<T extends object>(
  filter: T | null | undefined,
): {
  [K in keyof T]?: NonNullable<T[K]>;
} {
  return Object.fromEntries(Object.entries(filter ?? {}).filter(([, value]) => value != null)) as never;
}
