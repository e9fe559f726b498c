import { useQuery } from 'urql';
import { ViewerDocument } from '../../graphql/__generated__/documents.ts';
import { useSession } from '../../shared/session.ts';

export interface CurrentViewer {
  readonly username: string;
  readonly organization: string | undefined;
  readonly permissions: readonly string[];
  readonly sectors: readonly string[];
}

/** Who is logged in; undefined for a visitor. What it allows is only what to show: the server decides again. */
export function useViewer(): CurrentViewer | undefined {
  const session = useSession();
  const [{ data }] = useQuery({ query: ViewerDocument, pause: session !== 'in' });
  const viewer = data?.viewer;
  if (session !== 'in' || !viewer?.username) return undefined;
  return {
    username: viewer.username,
    organization: viewer.organization?.name,
    permissions: viewer.permissions,
    sectors: viewer.sectors,
  };
}
