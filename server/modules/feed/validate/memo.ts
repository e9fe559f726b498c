/** Answers kept per function; dates, authorities and penalty kinds repeat in a file, whose rows come in thousands. */
const LIMIT = 2000;
/** Longer texts are not worth keeping. */
const LONGEST = 100;

/** Keeps the answers of a pure function of a short text, within bounds. */
export function memo<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const answer = read(text);
    if (text.length > LONGEST) return answer;
    if (known.size >= LIMIT) known.clear();
    known.set(text, answer);
    return answer;
  };
}
