import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { nativeCollection } from '../server/db/native.ts';
import { loadPersistedDocuments } from '../server/graphql/documents.ts';
import type { PublicationDoc } from '../server/modules/publication/publication.model.ts';
import type { SubjectDoc } from '../server/modules/subject/subject.model.ts';
import { generateYear, importedOf, makeCity, type City } from './city.ts';
import { defineBench } from './define-bench.ts';
import { against, loadOf, quantile, type Load } from './figures.ts';
import { freePort, start, untilReady } from './processes.ts';
import { startCity } from './server.ts';

const RECORDS = 50_000;
const REQUESTS = 5000;
const CONCURRENCY = 16;
/** Different things asked for, by turns. */
const SAMPLES = 500;

interface Question {
  readonly name: string;
  /** Operation of the web client. */
  readonly operation: string;
  readonly variables: (i: number) => object;
  /** Path at the baseline. */
  readonly path: (i: number) => string;
}

/** Asks about what is there. */
async function questionsOn(city: City): Promise<Question[]> {
  const app = await city.open();
  try {
    const firms = await nativeCollection<SubjectDoc>(app.db, 'subjects').find({}).limit(SAMPLES).toArray();
    const shown = await nativeCollection<PublicationDoc>(app.db, 'publications')
      .find({})
      .limit(SAMPLES)
      .toArray();
    const uscc = (i: number): string => firms[i % firms.length]?._id ?? '';
    const number = (i: number): string => shown[i % shown.length]?.documentNumber ?? '';
    // The part of a name that a visitor remembers: what stands before the trade.
    const text = (i: number): string => (firms[i % firms.length]?.name ?? '').slice(3, 8);
    return [
      {
        name: 'subject profile',
        operation: 'Subject',
        variables: (i) => ({ uscc: uscc(i) }),
        path: (i) => `/subject/${uscc(i)}`,
      },
      {
        name: 'record by number',
        operation: 'PublicRecords',
        variables: (i) => ({ filter: { documentNumber: number(i) }, first: 20 }),
        path: (i) => `/record?number=${encodeURIComponent(number(i))}`,
      },
      {
        name: 'public search',
        operation: 'SearchSubjects',
        variables: (i) => ({ text: text(i), first: 20 }),
        path: (i) => `/search?text=${encodeURIComponent(text(i))}`,
      },
    ];
  } finally {
    await app.close();
  }
}

/** The digest of one of the web client's own documents, which is all the public may send. */
function digestOf(operation: string): string {
  for (const text of loadPersistedDocuments().values()) {
    if (text.includes(`query ${operation}(`)) return createHash('sha256').update(text).digest('hex');
  }
  throw new Error(`the web client has no document ${operation}`);
}

async function ask(url: string, agent: Agent, body?: string): Promise<string> {
  const answer = await request(url, {
    dispatcher: agent,
    ...(body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
  });
  const said = await answer.body.text();
  if (answer.statusCode !== 200 || said.startsWith('{"errors"'))
    throw new Error(`${url} answered ${String(answer.statusCode)} ${said.slice(0, 500)}`);
  return said;
}

async function measure(n: number, work: (i: number, agent: Agent) => Promise<string>): Promise<Load> {
  const agent = new Agent({ connections: CONCURRENCY });
  try {
    await loadOf(Math.ceil(n / 5), CONCURRENCY, (i) => work(i, agent));
    return await loadOf(n, CONCURRENCY, (i) => work(i, agent));
  } finally {
    await agent.destroy();
  }
}

async function ofGraphql(city: City, questions: readonly Question[], n: number): Promise<Load[]> {
  const { url, running } = await startCity(city);
  const loads: Load[] = [];
  for (const { operation, variables } of questions) {
    const sha256Hash = digestOf(operation);
    const bodyOf = (i: number): string =>
      JSON.stringify({ variables: variables(i), extensions: { persistedQuery: { version: 1, sha256Hash } } });
    loads.push(await measure(n, (i, agent) => ask(`${url}/graphql`, agent, bodyOf(i))));
  }
  await running.stop();
  return loads;
}

async function ofExpress(city: City, questions: readonly Question[], n: number): Promise<Load[]> {
  const port = String(await freePort());
  const running = start(['--import=tsx', 'bench/read-baseline.ts'], { ...city.env, PORT: port });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(`${url}/readyz`, running);
  const loads: Load[] = [];
  for (const { path } of questions) loads.push(await measure(n, (i, agent) => ask(url + path(i), agent)));
  await running.stop();
  return loads;
}

/** What the public asks for over HTTP, against a handler that does nothing but read and send. */
export default defineBench({
  name: 'read',
  async run({ size, directory, emit, log }) {
    const city = await makeCity(directory, 'read');
    const feeds = join(directory, 'feeds');
    const records = await generateYear(city, feeds, Math.ceil(RECORDS * Math.min(1, size)));
    log(`importing ${String(records)} records`);
    importedOf(await city.credit('import', feeds, '--json'));
    const questions = await questionsOn(city);
    const n = Math.max(200, Math.ceil(REQUESTS * Math.min(1, size)));
    log(`${String(n)} requests of each kind, ${String(CONCURRENCY)} at a time`);
    const ours = await ofGraphql(city, questions, n);
    const bare = await ofExpress(city, questions, n);
    for (const [i, { name }] of questions.entries()) {
      const [own, other] = [ours[i] as Load, bare[i] as Load];
      const scale = `${name}, ${String(records)} records`;
      emit({ scale, unit: 'requests/s', ...against(n / own.seconds, n / other.seconds) });
      emit({
        scale: `${scale}, p99`,
        unit: 'ms',
        ...against(quantile(own.ms, 0.99), quantile(other.ms, 0.99)),
      });
    }
    await city.drop();
  },
});
