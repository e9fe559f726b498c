import { compileAccumulator, type Accumulator } from './accumulators.ts';
import { setOwn, type Doc } from './bson.ts';
import { fail } from './error.ts';
import { compileExpression } from './expression.ts';
import { encodeComponent } from './key-bytes.ts';
import { Memory, roughSize } from './memory.ts';
import { isDocument } from './path.ts';
import { PAUSE, type Pause } from './pause.ts';

/**
 * Compiles `$group`. Documents come decoded for reading.
 * @throws MongoError 15955 without `_id`, 15952 for an unknown accumulator
 */
export function compileGroup(
  spec: unknown,
  variables: Doc,
): (docs: Iterable<Doc | Pause>) => Iterable<Doc | Pause> {
  if (!isDocument(spec)) return fail(15947, "a group's fields must be specified in an object");
  if (!('_id' in spec)) return fail(15955, 'a group specification must include an _id');
  const id = compileExpression(spec['_id']);
  const columns = Object.entries(spec)
    .filter(([name]) => name !== '_id')
    .map(([name, accumulator]) => {
      const entries = isDocument(accumulator) ? Object.entries(accumulator) : [];
      const [operator, operand] = entries[0] ?? ['', null];
      if (entries.length !== 1) return fail(40234, `the field '${name}' must be an accumulator object`);
      if (name.includes('.')) return fail(40235, `the field name '${name}' cannot contain '.'`);
      return { name, ...compileAccumulator(operator, operand, variables) };
    });
  return function* (docs) {
    const groups = new Map<string, { id: unknown; cells: Accumulator[] }>();
    const memory = new Memory('Group');
    for (const doc of docs) {
      if (doc === PAUSE) {
        yield doc;
        continue;
      }
      const groupId = id(doc, variables);
      const key =
        typeof groupId === 'string' ? `"${groupId}` : encodeComponent(groupId ?? null).toString('latin1');
      let group = groups.get(key);
      if (!group) {
        memory.add(key.length + roughSize(groupId) + 64 * columns.length);
        group = { id: groupId ?? null, cells: columns.map((column) => column.make(memory)) };
        groups.set(key, group);
      }
      for (let i = 0; i < columns.length; i += 1) group.cells[i]?.add(columns[i]?.value(doc, variables));
    }
    for (const group of groups.values()) {
      const out: Doc = { _id: group.id };
      for (const [i, column] of columns.entries()) setOwn(out, column.name, group.cells[i]?.result());
      yield out;
    }
  };
}
