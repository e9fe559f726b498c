/** A file as it was seen, and since when it has been like that. */
export interface WatchedFile {
  readonly name: string;
  readonly size: number;
  /** Time of change, ms. */
  readonly modified: number;
  /** ISO. */
  readonly since: string;
}

/** A regular file of the folder. */
export interface SeenFile {
  readonly name: string;
  readonly size: number;
  readonly modified: number;
}

const MARKS = ['.ok', '.done'];
/** What programs call a file they have not finished, and the lock files of office programs. */
const UNFINISHED = /(?:^\.|^~\$|\.(?:part|tmp|temp|filepart|crdownload|download)$)/i;

export function isMark(name: string): boolean {
  return MARKS.some((mark) => name.endsWith(mark));
}

export function marksOf(name: string): string[] {
  return MARKS.map((mark) => name + mark);
}

/** Whether a name is one of a file to be taken. */
export function isCandidate(name: string): boolean {
  return !UNFINISHED.test(name) && !isMark(name);
}

function inOrder(a: SeenFile, b: SeenFile): number {
  return a.modified - b.modified || (a.name < b.name ? -1 : 1);
}

/**
 * Which files are complete: unchanged in size and time since a look that is `quietSeconds` ago, or marked by a file
 * `<name>.ok` or `<name>.done` that is not older than the file. Oldest first.
 * @param files every regular file of the folder
 * @param watched what the last look told
 */
export function judgeFiles(
  files: readonly SeenFile[],
  watched: readonly WatchedFile[],
  now: Date,
  quietSeconds: number,
): { readonly complete: readonly SeenFile[]; readonly watched: readonly WatchedFile[] } {
  const before = new Map(watched.map((file) => [file.name, file]));
  const all = new Map(files.map((file) => [file.name, file]));
  const complete: SeenFile[] = [];
  const next: WatchedFile[] = [];
  for (const file of files.filter(({ name }) => isCandidate(name)).sort(inOrder)) {
    const known = before.get(file.name);
    const same = known?.size === file.size && known.modified === file.modified;
    const since = same ? known.since : now.toISOString();
    next.push({ name: file.name, size: file.size, modified: file.modified, since });
    const quiet = now.getTime() - Date.parse(since) >= quietSeconds * 1000;
    const marked = marksOf(file.name).some((mark) => (all.get(mark)?.modified ?? -1) >= file.modified);
    if (quiet || marked) complete.push(file);
  }
  return { complete, watched: next };
}

/** Marks whose file has gone, and that nobody can be about to use. */
export function staleMarks(files: readonly SeenFile[], now: Date): string[] {
  const HOUR_MS = 3_600_000;
  const names = new Set(files.map(({ name }) => name));
  return files
    .filter(({ name, modified }) => isMark(name) && now.getTime() - modified > HOUR_MS)
    .map(({ name }) => name)
    .filter((name) => !names.has(name.slice(0, name.lastIndexOf('.'))));
}
