import { bsonTypeOf } from './bson.ts';
import { fail } from './error.ts';

/** Most bytes that a sort or a group may hold in memory. */
const LIMIT_BYTES = 100 * 1024 * 1024;

/** Counts what one stage holds. */
export class Memory {
  private readonly what: string;
  private bytes = 0;

  constructor(what: string) {
    this.what = what;
  }

  /** @throws MongoError 292 above the limit */
  add(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > LIMIT_BYTES) fail(292, `${this.what} exceeded memory limit; add an index or a limit`);
  }

  /** What is held after some was let go. */
  reset(bytes: number): void {
    this.bytes = 0;
    this.add(bytes);
  }

  get isFull(): boolean {
    return this.bytes > LIMIT_BYTES * 0.9;
  }
}

/** About how many bytes a value takes. */
export function roughSize(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length * 2;
  if (typeof value !== 'object' || value === null || bsonTypeOf(value) !== undefined) return 16;
  if (value instanceof Uint8Array) return 16 + value.length;
  let size = 32;
  for (const [name, field] of Object.entries(value)) size += 16 + name.length + roughSize(field);
  return size;
}
