import { formatDate } from '../../shared/format.ts';
import type { FormerName } from './former-name.ts';

/** 曾用名, with the day until which each was used where it is known. */
export function FormerNames({ names }: { names: readonly FormerName[] }) {
  return (
    <>
      {names.map(({ name, until }) => (
        <div key={name}>
          {name}
          {until && `（至 ${formatDate(until)}）`}
        </div>
      ))}
    </>
  );
}
