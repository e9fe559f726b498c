/** How a name is compared: full-width as half-width, small letters as capitals, without blanks. */
export function normaliseName(name: string): string {
  return name.normalize('NFKC').toUpperCase().normalize('NFKC').replace(/\s/g, '');
}

/** The pairs of neighbouring characters of a normalised text, each once; empty below two characters. */
export function gramsOf(normalised: string): string[] {
  const characters = [...normalised];
  const grams = new Set<string>();
  for (let i = 1; i < characters.length; i += 1) grams.add(`${characters[i - 1]}${characters[i]}`);
  return [...grams];
}

/** Whether two names are one: brackets and letters of either width, blanks and case do not count. */
export function sameName(one: string, other: string): boolean {
  return one === other || normaliseName(one) === normaliseName(other);
}
