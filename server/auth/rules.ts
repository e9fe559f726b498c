import { UnauthenticatedError } from '../lib/errors.ts';
import type { Permission } from './roles.ts';
import { requirePermission, type Viewer } from './viewer.ts';

/** The first gate of a door: passes, or throws UnauthenticatedError or ForbiddenError. */
export type Rule = (viewer: Viewer) => void;

export const anyone: Rule = () => undefined;

export const loggedIn: Rule = (viewer) => {
  if (viewer.kind === 'anonymous') throw new UnauthenticatedError('UNAUTHENTICATED');
};

export function can(permission: Permission): Rule {
  return (viewer) => requirePermission(viewer, permission);
}

/** Passes when one of them does; fails as the last one fails. */
export function or(...rules: readonly [Rule, ...Rule[]]): Rule {
  return (viewer) => {
    let fault: unknown;
    for (const rule of rules) {
      try {
        rule(viewer);
        return;
      } catch (error) {
        fault = error;
      }
    }
    throw fault;
  };
}
