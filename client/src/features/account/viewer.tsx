import { createContext, useContext, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { ViewerDocument } from '../../graphql/__generated__/documents.ts';
import { useSession } from '../../shared/session.ts';
import { useRefresh } from '../../shared/use-refresh.ts';

const RETRY_MS = 5000;

export interface CurrentViewer {
  readonly username: string;
  readonly organization: string | undefined;
  readonly sectors: readonly string[];
  can(permission: string): boolean;
}

const ViewerContext = createContext<CurrentViewer | undefined>(undefined);

/** Asks who is logged in, once for the whole page; without an answer again. */
export function ViewerProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const [{ data, error, fetching }, refetch] = useQuery({ query: ViewerDocument, pause: session !== 'in' });
  useRefresh(refetch, RETRY_MS, session === 'in' && error !== undefined);
  const viewer = session === 'in' && !fetching ? data?.viewer : undefined;
  const value: CurrentViewer | undefined =
    viewer?.username != null
      ? {
          username: viewer.username,
          organization: viewer.organization?.name,
          sectors: viewer.sectors,
          can: (permission) => viewer.permissions.includes(permission),
        }
      : undefined;
  return <ViewerContext value={value}>{children}</ViewerContext>;
}

/** Who is logged in; undefined for a visitor. What it allows is only what to show: the server decides again. */
export function useViewer(): CurrentViewer | undefined {
  return useContext(ViewerContext);
}

/** Where somebody's work begins. */
export function startOf(viewer: CurrentViewer): string {
  if (viewer.can('outbox:read')) return '/board';
  if (viewer.can('reference:approve')) return '/reference';
  return viewer.can('feed:read') ? '/batches' : '/';
}
