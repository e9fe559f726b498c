import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped, type ValueNode } from 'graphql';
import { isCivilDate } from '../lib/civil-date.ts';
import { checkUscc } from '../lib/uscc.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A scalar written as text; `parse` answers undefined for what is not one. */
function textScalar<T>(
  name: string,
  parse: (text: string) => T | undefined,
  serialize: (value: unknown) => string | undefined,
): GraphQLScalarType {
  const take = (value: unknown): T => {
    const parsed = typeof value === 'string' ? parse(value) : undefined;
    if (parsed === undefined) throw new GraphQLError(`not a valid ${name}`);
    return parsed;
  };
  return new GraphQLScalarType({
    name,
    parseValue: take,
    parseLiteral: (node: ValueNode) => take(node.kind === Kind.STRING ? node.value : undefined),
    serialize(value) {
      const text = serialize(value);
      if (text === undefined) throw new TypeError(`a field of type ${name} got something else`);
      return text;
    },
  });
}

const date = textScalar(
  'Date',
  (text) => (isCivilDate(text) ? text : undefined),
  (value) => (typeof value === 'string' && isCivilDate(value) ? value : undefined),
);

function instantOf(text: string): Date | undefined {
  // The day is checked apart: Date.parse rolls 02-30 over into March.
  if (!INSTANT.test(text) || !isCivilDate(text.slice(0, 10))) return undefined;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

const dateTime = textScalar('DateTime', instantOf, (value) =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined,
);

const uscc = textScalar(
  'USCC',
  (text) => {
    const code = text.trim().toUpperCase();
    return checkUscc(code).ok ? code : undefined;
  },
  (value) => (typeof value === 'string' ? value : undefined),
);

function countsOf(value: unknown): Record<string, number> {
  const entries = value instanceof Map ? [...value] : Object.entries(value as object);
  if (!entries.every(([name, count]) => typeof name === 'string' && Number.isSafeInteger(count))) {
    throw new TypeError('a field of type Counts got something else');
  }
  return Object.fromEntries(entries) as Record<string, number>;
}

const counts = new GraphQLScalarType({
  name: 'Counts',
  serialize: countsOf,
  parseValue() {
    throw new GraphQLError('Counts are only answered');
  },
});

/** What it must hold is told by the schema of its kind; here it only has to be an object. */
function objectScalar(name: string): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    serialize: (value) => value,
    parseValue(value) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new GraphQLError(`not valid ${name}`);
      }
      return value;
    },
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  });
}

export const scalars: readonly GraphQLScalarType[] = [
  date,
  dateTime,
  uscc,
  counts,
  objectScalar('SourceSettings'),
  objectScalar('ReferenceValue'),
];
