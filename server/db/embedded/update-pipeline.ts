import { decodeRaw, decodeRead, encode, isNumeric, setOwn, type Doc } from './bson.ts';
import { fail } from './error.ts';
import { compileExpression } from './expression.ts';
import { equalValues } from './order.ts';
import { isDocument } from './path.ts';
import { compileProjection } from './project.ts';
import { compileAssignments } from './stage.ts';
import { changeOf } from './update-operators.ts';
import { descend, immutableId, type UpdateContext } from './update-path.ts';

const PIPELINE_STAGES = new Set(['$set', '$addFields', '$unset', '$project', '$replaceWith', '$replaceRoot']);

/**
 * An update pipeline. What it does not compute keeps its BSON type, though expressions work on plain numbers.
 * @throws MongoError 40324 for another stage than those that change one document
 */
export function pipelineUpdate(stages: readonly unknown[], variables: Doc): (doc: Doc) => Doc {
  const compiled = stages.map((stage) => {
    const [name, operand] = isDocument(stage)
      ? (Object.entries(stage)[0] ?? ['', undefined])
      : ['', undefined];
    if (!PIPELINE_STAGES.has(name)) return fail(40324, `Unrecognized or disallowed update stage: ${name}`);
    return updateStage(name, operand);
  });
  return (doc) => {
    const id = doc['_id'];
    let current = decodeRead(encode(doc));
    for (const stage of compiled) current = stage(current, variables);
    if (id !== undefined) {
      if ('_id' in current && !equalValues(id, current['_id'])) immutableId();
      current = { ...current, _id: id };
    }
    return keepTypes(doc, decodeRaw(encode(current, true))) as Doc;
  };
}

/** Gives numbers that are still the same their former BSON type. */
function keepTypes(before: unknown, after: unknown): unknown {
  if (isNumeric(before) && isNumeric(after)) return equalValues(before, after) ? before : after;
  if (Array.isArray(before) && Array.isArray(after))
    return after.map((element: unknown, i) => keepTypes(before[i], element));
  if (!isDocument(before) || !isDocument(after)) return after;
  for (const name of Object.keys(after)) {
    if (Object.hasOwn(before, name)) setOwn(after, name, keepTypes(before[name], after[name]));
  }
  return after;
}

function updateStage(name: string, operand: unknown): (doc: Doc, variables: Doc) => Doc {
  if (name === '$unset') {
    const paths = (Array.isArray(operand) ? (operand as unknown[]) : [operand]).map((path) => String(path));
    const context: UpdateContext = { inserting: false, now: new Date(0) };
    return (doc) => {
      for (const path of paths)
        descend(
          doc,
          path.split('.'),
          0,
          { create: false, filters: new Map(), context, path },
          changeOf('$unset', ''),
        );
      return doc;
    };
  }
  if (name === '$replaceWith' || name === '$replaceRoot') {
    const expression = compileExpression(name === '$replaceRoot' ? (operand as Doc)['newRoot'] : operand);
    return (doc, variables) => {
      const root = expression(doc, variables);
      return isDocument(root) ? root : fail(40228, `'newRoot' expression must evaluate to an object`);
    };
  }
  if (name === '$project') {
    if (!isDocument(operand) || Object.keys(operand).length === 0)
      return fail(40177, '$project needs a non-empty object');
    return (doc, variables) => compileProjection(operand, variables, true).apply(doc);
  }
  if (!isDocument(operand)) return fail(40272, `${name} specification must be an object`);
  return compileAssignments(operand);
}
