import { compilePipeline, fieldsOfFirst } from '../aggregate.ts';
import { asNumber, decodeRead, encode, type Doc, type Raw } from '../bson.ts';
import type { Request } from '../engine.ts';
import { fail, unsupported } from '../error.ts';
import { isDocument } from '../path.ts';
import { PAUSE, type Pause } from '../pause.ts';
import { pushdown } from '../pushdown.ts';
import { checkFind, deadlineOf, findDocuments, type Deadline, type Found } from '../query.ts';
import { fieldReader } from '../record.ts';
import type { PipelineHost } from '../stage.ts';
import { documentsOf } from '../stage-join.ts';
import { targetOf } from './aggregate-target.ts';
import { collectionName, refuseCollation, searchOf, variablesOf } from './read.ts';

interface Flow {
  readonly namespace: string;
  readonly documents: Iterator<Raw | Pause>;
}

/** @throws MongoError 73 for a pipeline without a collection that needs one, else as its stages do */
export async function aggregate(request: Request): Promise<Doc> {
  const { body, engine, transaction } = request;
  refuseCollation(body);
  const { pipeline } = body;
  if (!Array.isArray(pipeline)) return fail(14, "'pipeline' option must be specified as an array");
  if (!isDocument(body['cursor'])) return fail(9, "The 'cursor' option is required");
  const target = targetOf(pipeline, request);
  const stages: readonly unknown[] = target ? pipeline.slice(0, -1) : pipeline;
  const deadline = deadlineOf(body);
  const { namespace, documents } = flowOf(stages, request, deadline);
  if (!target) {
    const source = { namespace, documents, deadline, transaction };
    return engine.cursors.start(source, asNumber(body['cursor']['batchSize']), false);
  }
  // What a pipeline writes is written before the answer, whatever batch the client asks for.
  await target(documents);
  const nothing = { namespace, documents: [][Symbol.iterator](), deadline, transaction };
  return engine.cursors.start(nothing, undefined, false);
}

function flowOf(pipeline: readonly unknown[], request: Request, deadline: Deadline | undefined): Flow {
  const { body, db, engine, transaction } = request;
  const view = engine.view(transaction);
  const variables = variablesOf(body);
  const host: PipelineHost = {
    variables,
    *find(name, spec) {
      const foreign = engine.collection(db, name, transaction);
      for (const { raw } of findDocuments(foreign, view, { ...spec, deadline })) yield decodeRead(raw);
    },
  };
  if (body['aggregate'] === 1 || asNumber(body['aggregate']) === 1) {
    const run = compilePipeline(pipeline.slice(1), host);
    return {
      namespace: `${db}.$cmd.aggregate`,
      documents: encoded(run(ownSource(pipeline[0], request, variables))),
    };
  }
  compilePipeline(pipeline, host);
  const { spec, rest } = pushdown(pipeline, variables);
  const run = compilePipeline(rest, host);
  const name = collectionName(body, 'aggregate');
  const full = { ...spec, hint: body['hint'], variables, deadline };
  const checked = checkFind(full);
  const found = searchOf(transaction)(engine.collection(db, name, transaction), view, full, checked);
  const namespace = `${db}.${name}`;
  if (rest.length === 0) return { namespace, documents: raws(found) };
  const wanted = fieldsOfFirst(rest);
  return { namespace, documents: encoded(run(decoded(found, wanted ? fieldReader(wanted) : decodeRead))) };
}

/** What a pipeline reads that is of no collection. */
function ownSource(stage: unknown, { body, engine }: Request, variables: Doc): Iterable<Doc> {
  const [name = '', operand] = isDocument(stage) ? (Object.entries(stage)[0] ?? []) : [];
  if (name === '$documents') return documentsOf(operand, variables);
  // Sessions are known while a command of theirs or a transaction is under way.
  if (name === '$listLocalSessions') return [{ _id: body['lsid'] ?? null, lastUse: engine.now() }];
  if (name === '$changeStream') return unsupported('$changeStream');
  return fail(73, "{aggregate: 1} is only valid with a stage that needs no collection, such as '$documents'");
}

function* raws(found: Iterable<Found | Pause>): Generator<Raw | Pause> {
  for (const one of found) yield one === PAUSE ? one : one.raw;
}

function* decoded(found: Iterable<Found | Pause>, read: (raw: Raw) => Doc): Generator<Doc | Pause> {
  for (const one of found) yield one === PAUSE ? one : read(one.raw);
}

function* encoded(docs: Iterable<Doc | Pause>): Generator<Raw | Pause> {
  for (const doc of docs) yield doc === PAUSE ? doc : encode(doc, true);
}
