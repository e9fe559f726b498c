import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** One item that was accepted or refused. */
export interface JournalLine {
  readonly at: string;
  readonly token: string;
  readonly itemId: string;
  readonly key: string;
  readonly contentHash: string;
  readonly operation: string;
  readonly agency?: string;
  readonly kind?: string;
  readonly result: 'accepted' | 'refused';
  /** False when nothing changed by it: a repeat, or a refusal. */
  readonly effective: boolean;
}

/** Where the last whole line ends: what a kill left behind it is no line. */
async function wholeLength(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const step = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - step.length);
    const { bytesRead } = await file.read(step, 0, end - start, start);
    const at = step.subarray(0, bytesRead).lastIndexOf(10);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/** Appends lines and has them on disk before it answers; writers that come together share one sync. */
export class Journal {
  readonly #file: FileHandle | undefined;
  #waiting: { text: string; done: () => void; fail: (error: unknown) => void }[] = [];
  #turn: Promise<void> | undefined;

  private constructor(file: FileHandle | undefined) {
    this.#file = file;
  }

  /**
   * Opens or creates the file, cuts off a torn last line and replays the rest.
   * @param path absent: nothing is kept
   */
  static async open(path: string | undefined, replay: (line: JournalLine) => void): Promise<Journal> {
    if (path === undefined) return new Journal(undefined);
    const file = await open(path, 'a+');
    const length = await wholeLength(file);
    await file.truncate(length);
    if (length > 0) {
      const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
      for await (const line of lines) replay(JSON.parse(line) as JournalLine);
    }
    return new Journal(file);
  }

  append(lines: readonly JournalLine[]): Promise<void> {
    if (!this.#file || lines.length === 0) return Promise.resolve();
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return new Promise((done, fail) => {
      this.#waiting.push({ text, done, fail });
      this.#turn ??= this.#writeAll(this.#file as FileHandle);
    });
  }

  async #writeAll(file: FileHandle): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await file.appendFile(group.map(({ text }) => text).join(''));
        await file.datasync();
        for (const { done } of group) done();
      } catch (error) {
        for (const { fail } of group) fail(error);
      }
    }
    this.#turn = undefined;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#file?.close();
  }
}
