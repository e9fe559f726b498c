import {
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { LimitError } from '../lib/errors.ts';
import { graphqlError } from './present-error.ts';

export const MAX_TOKENS = 2_000;
const MAX_DEPTH = 10;
const MAX_ALIASES = 15;
const MAX_ROOT_FIELDS = 5;
const MAX_COST = 2_000;
/** Selections looked at, fragments unfolded: stops documents that grow by fragments in fragments. */
const MAX_SELECTIONS = 5_000;

/** Fields and fragments inside each other. */
const MAX_NESTING = 50;

type Fragments = (name: string) => FragmentDefinitionNode | undefined;

interface Shape {
  depth: number;
  aliases: number;
  selections: number;
}

/** @param level of nesting, fragments counted: what ends circles before they end the stack */
function measure(set: SelectionSetNode, depth: number, shape: Shape, fragments: Fragments, level = 0): void {
  shape.depth = Math.max(shape.depth, level > MAX_NESTING ? MAX_DEPTH + 1 : 0);
  for (const selection of set.selections) {
    if (shape.depth > MAX_DEPTH) return;
    shape.selections += 1;
    if (shape.selections > MAX_SELECTIONS) return;
    if (selection.kind === Kind.FIELD) {
      // Introspection is deep by nature and has its own switch.
      if (selection.name.value.startsWith('__')) continue;
      if (selection.alias) shape.aliases += 1;
      shape.depth = Math.max(shape.depth, depth);
      if (selection.selectionSet) measure(selection.selectionSet, depth + 1, shape, fragments, level + 1);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      measure(selection.selectionSet, depth, shape, fragments, level + 1);
    } else {
      const fragment = fragments(selection.name.value);
      // Cycles are another rule's fault; the nesting ends them here.
      if (fragment) measure(fragment.selectionSet, depth, shape, fragments, level + 1);
    }
  }
}

function rootFields(set: SelectionSetNode, fragments: Fragments, seen = new Set<string>()): number {
  return set.selections.reduce((sum, selection) => {
    if (selection.kind === Kind.FIELD) return sum + 1;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return sum + rootFields(selection.selectionSet, fragments, seen);
    }
    const name = selection.name.value;
    const fragment = fragments(name);
    if (!fragment || seen.has(name)) return sum;
    return sum + rootFields(fragment.selectionSet, fragments, new Set(seen).add(name));
  }, 0);
}

/** What of the limits can be seen in the document alone; checked once per document, before the other rules matter. */
export function shapeLimits(context: ValidationContext): ASTVisitor {
  const fragments: Fragments = (name) => context.getFragment(name) ?? undefined;
  return {
    OperationDefinition(operation) {
      const shape: Shape = { depth: 0, aliases: 0, selections: 0 };
      measure(operation.selectionSet, 1, shape, fragments);
      const fault = faultOf(shape) ?? rootFault(operation.selectionSet, fragments);
      if (fault) context.reportError(graphqlError(fault));
      return undefined;
    },
  };
}

function faultOf(shape: Shape): LimitError | undefined {
  if (shape.selections > MAX_SELECTIONS) return new LimitError('DOCUMENT_TOO_LARGE', { max: MAX_SELECTIONS });
  if (shape.depth > MAX_DEPTH) return new LimitError('DOCUMENT_TOO_DEEP', { max: MAX_DEPTH });
  if (shape.aliases > MAX_ALIASES) return new LimitError('DOCUMENT_TOO_MANY_ALIASES', { max: MAX_ALIASES });
  return undefined;
}

/** Only for documents that are not too large: unfolding root fragments has no bound of its own. */
function rootFault(set: SelectionSetNode, fragments: Fragments): LimitError | undefined {
  if (rootFields(set, fragments) <= MAX_ROOT_FIELDS) return undefined;
  return new LimitError('DOCUMENT_TOO_MANY_ROOTS', { max: MAX_ROOT_FIELDS });
}

interface Costing {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: Readonly<Record<string, unknown>>;
}

function fieldOf(type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) ? type.getFields()[name] : undefined;
}

/** How many objects a field answers at most, as far as its arguments tell. */
function timesOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Costing['variables'],
): number {
  const { first, ids } = getArgumentValues(field, node, variables);
  if (typeof first === 'number') return Math.max(first, 1);
  return Array.isArray(ids) ? Math.max(ids.length, 1) : 1;
}

/** Objects cost 1 each, plain fields nothing; below a page everything is multiplied by its size. */
function costOf(set: SelectionSetNode, type: GraphQLNamedType, costing: Costing): number {
  let sum = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      sum += fieldCost(selection, type, costing);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition && costing.schema.getType(selection.typeCondition.name.value);
      sum += costOf(selection.selectionSet, on ?? type, costing);
    } else {
      const fragment = costing.fragments(selection.name.value);
      const on = fragment && costing.schema.getType(fragment.typeCondition.name.value);
      if (fragment && on) sum += costOf(fragment.selectionSet, on, costing);
    }
    if (sum > MAX_COST) return sum;
  }
  return sum;
}

function fieldCost(node: FieldNode, type: GraphQLNamedType, costing: Costing): number {
  const field = fieldOf(type, node.name.value);
  if (!field || !node.selectionSet) return 0;
  const answered = getNamedType(field.type);
  if (!isCompositeType(answered)) return 0;
  const times = timesOf(field, node, costing.variables);
  const list = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
  return (list ? times : 1) + times * costOf(node.selectionSet, answered, costing);
}

/**
 * What executing the operation with these variables may cost at most.
 * @throws LimitError DOCUMENT_TOO_COSTLY
 */
export function checkCost(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  variables: Readonly<Record<string, unknown>>,
): void {
  const root = schema.getRootType(operation.operation);
  const cost = root ? costOf(operation.selectionSet, root, { schema, fragments, variables }) : 0;
  if (cost > MAX_COST) throw new LimitError('DOCUMENT_TOO_COSTLY', { max: MAX_COST });
}
