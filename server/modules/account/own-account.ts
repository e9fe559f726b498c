import { makeViewer, type Viewer } from '../../auth/viewer.ts';
import { ForbiddenError, UnauthenticatedError } from '../../lib/errors.ts';
import type { AccountDoc } from './account.model.ts';
import type { AccountRepository } from './account.repository.ts';

/**
 * The account of a person who is logged in; machines and the program itself have none.
 * @throws UnauthenticatedError, ForbiddenError
 */
export async function ownAccount(accounts: AccountRepository, viewer: Viewer): Promise<AccountDoc> {
  if (viewer.kind === 'anonymous') throw new UnauthenticatedError('UNAUTHENTICATED');
  const account =
    viewer.kind === 'account' && viewer.accountId !== undefined
      ? await accounts.findById(viewer.accountId)
      : undefined;
  if (!account) throw new ForbiddenError('FORBIDDEN');
  return account;
}

/** The account as the audit trail names it, where no session of it is at hand. */
export function asActor(accountId: string): Viewer {
  return makeViewer({ kind: 'account', accountId, roles: [], sectors: [] });
}
