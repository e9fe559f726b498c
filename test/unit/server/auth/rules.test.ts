import { expect } from 'chai';
import { anyone, can, loggedIn, or } from '../../../../server/auth/rules.ts';
import { anonymousViewer, makeViewer } from '../../../../server/auth/viewer.ts';
import { ForbiddenError, UnauthenticatedError } from '../../../../server/lib/errors.ts';

describe('rules', () => {
  const bare = makeViewer({ kind: 'account', accountId: 'a', roles: [], sectors: [] });
  const auditor = makeViewer({ kind: 'account', accountId: 'b', roles: ['AUDIT_ADMIN'], sectors: [] });

  it('anyone passes everybody', () => {
    anyone(anonymousViewer);
  });

  it('loggedIn stops the public alone', () => {
    loggedIn(bare);
    expect(() => loggedIn(anonymousViewer)).to.throw(UnauthenticatedError);
  });

  it('can tells the public to log in and others that they may not', () => {
    can('audit:read')(auditor);
    expect(() => can('audit:read')(anonymousViewer)).to.throw(UnauthenticatedError);
    expect(() => can('audit:read')(bare)).to.throw(ForbiddenError);
  });

  it('or passes when one does', () => {
    const rule = or(can('job:read'), can('audit:read'));
    rule(auditor);
    expect(() => rule(bare)).to.throw(ForbiddenError);
  });
});
