import type { Doc } from './bson.ts';
import { keyParts, type KeyPart } from './keys.ts';
import { compileFilter, filterFields, type Matcher } from './match.ts';

export interface IndexSpec {
  readonly name: string;
  readonly key: Readonly<Record<string, number>>;
  readonly unique?: boolean;
  readonly sparse?: boolean;
  readonly hidden?: boolean;
  readonly partialFilterExpression?: Doc;
  readonly expireAfterSeconds?: number;
}

export interface Index {
  readonly id: number;
  readonly spec: IndexSpec;
  readonly parts: readonly KeyPart[];
  /** Top-level fields that the keys and the partial filter need. */
  readonly fields: ReadonlySet<string>;
  readonly partial: Matcher | undefined;
  /** Paths through which an array was ever met: they limit what the planner may do. */
  readonly multikey: Set<string>;
}

export function openIndex(id: number, spec: IndexSpec, multikey: readonly string[]): Index {
  const parts = keyParts(spec.key);
  const partial = spec.partialFilterExpression;
  const fields = new Set([
    ...parts.map((part) => part.parts[0] ?? ''),
    ...(partial ? (filterFields(partial) ?? []) : []),
  ]);
  return {
    id,
    spec,
    parts,
    fields,
    partial: partial ? compileFilter(partial) : undefined,
    multikey: new Set(multikey),
  };
}
