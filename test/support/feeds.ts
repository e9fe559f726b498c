/** Kinds with a national template. */
export const NATIONAL_KINDS = ['LICENSE', 'PENALTY'] as const;
export type NationalKind = (typeof NATIONAL_KINDS)[number];

/** A feed of the kind. */
export function feedOf(kind: NationalKind): string {
  return `market/${kind.toLowerCase()}`;
}
