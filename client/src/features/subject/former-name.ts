export interface FormerName {
  readonly name: string;
  readonly until?: string | null;
}

function plain(text: string): string {
  return text.normalize('NFKC').toUpperCase().replace(/\s/g, '');
}

/** The former name that a search met, where it did not meet the present one. */
export function metFormerName(
  text: string,
  { name, formerNames }: { readonly name: string; readonly formerNames: readonly FormerName[] },
): string | undefined {
  const wanted = plain(text);
  if (plain(name).includes(wanted)) return undefined;
  return formerNames.find((former) => plain(former.name).includes(wanted))?.name;
}
