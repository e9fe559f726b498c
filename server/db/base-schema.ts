import type { SchemaOptions } from 'mongoose';

/** Shared by every schema: an unknown field is an error, nothing is versioned or cast behind our back. */
export const baseOptions = {
  strict: 'throw',
  strictQuery: 'throw',
  versionKey: false,
  minimize: false,
  id: false,
} as const satisfies SchemaOptions;
