import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import type { Copy } from '../../support/processes.ts';
import { templateOf } from '../../../server/modules/template/index.ts';
import { csvFile, range, rowOf } from '../feed/feeds.ts';
import { call, collection, graphql, loginAt, tenacious, until, type GetCopies } from './support.ts';

/** Numbers of the rows brought so far: every row is of a record of its own. */
let last = 1_000_000;

export function rowsOfTheirOwn(n: number): string {
  const first = last;
  last += n;
  return csvFile(
    'LICENSE',
    range(n).map((i) => rowOf('LICENSE', first + i)),
  );
}

export async function upload(server: Copy, token: string, csv: string) {
  const form = new FormData();
  form.append('file', new Blob([csv]), '许可.csv');
  const { status, body } = await call(server, '/feeds/market/license/batches', { token, form });
  expect(status).to.equal(202);
  return body as { batchId: string; duplicateOf?: string };
}

const SUBMIT = `mutation($input: SubmitCreditRecordsInput!) {
  submitCreditRecords(input: $input) { batch { id } rows { outcome recordId } errors { code } }
}`;

interface Submitted {
  readonly submitCreditRecords: {
    readonly batch: { readonly id: string } | null;
    readonly rows: readonly { readonly outcome: string }[];
    readonly errors: readonly { readonly code: string }[];
  };
}

export function uploads(copies: GetCopies): void {
  const tokens = async () => {
    const { servers, city } = copies();
    return Promise.all(servers.map((server) => loginAt(server, 'agency-market', city.password)));
  };
  const batchOf = (id: string) => tenacious(() => copies().app.feeds.batch(systemViewer, id));

  it('make one batch of a file that comes to both at the same moment', async () => {
    const { servers } = copies();
    const [first] = await tokens();
    const csv = rowsOfTheirOwn(30);
    const both = await Promise.all(
      [...servers, ...servers].map((server) => upload(server, first?.token ?? '', csv)),
    );
    expect(new Set(both.map(({ batchId }) => batchId)).size).to.equal(1);
    expect(both.filter(({ duplicateOf }) => duplicateOf === undefined)).to.have.length(1);
    const path = `/feeds/batches/${both[0]?.batchId ?? ''}?wait=30`;
    const { body } = await call(servers[1], path, { token: first?.token ?? '' });
    expect(body['rows']).to.include({ read: 30, inserted: 30 });
  });

  it('answer a mutation that comes to both with one key once', async () => {
    const { servers } = copies();
    const [first] = await tokens();
    const names = new Map(
      templateOf('market/license').columns.map(({ field, name }) => [field as string, name]),
    );
    const input = {
      feed: 'market/license',
      clientMutationId: `key-${String(last)}`,
      rows: range(3).map(() => ({
        cells: Object.entries(rowOf('LICENSE', (last += 1))).map(([field, value]) => ({
          column: names.get(field) ?? field,
          value,
        })),
      })),
    };
    const submit = async (server: Copy, changed: object = input) =>
      (await graphql(server, first?.token ?? '', SUBMIT, { input: changed })).data as unknown as Submitted;
    const answers = await Promise.all([...servers, ...servers].map((server) => submit(server)));
    expect(answers[0]?.submitCreditRecords.errors).to.deep.equal([]);
    expect(answers[0]?.submitCreditRecords.rows).to.have.length(3);
    for (const answer of answers) expect(answer).to.deep.equal(answers[0]);
    const other = await submit(servers[1], { ...input, rows: input.rows.slice(1) });
    expect(other.submitCreditRecords.errors.map(({ code }) => code)).to.deep.equal(['MUTATION_KEY_REUSED']);
  });

  it('share the batches, and one goes on where the other was killed', async function () {
    this.timeout(240_000);
    const { app, servers, jobs, city } = copies();
    const [first] = await tokens();
    const each = 2500;
    const ended = (status: string) => status !== 'INGESTING' && status !== 'RECEIVED';
    const ids: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      const server = servers[i] as Copy;
      ids.push((await upload(server, first?.token ?? '', rowsOfTheirOwn(each))).batchId);
    }
    // Both are under way, each in another process; on a slow day one may be over by now.
    const leases = ids.map((id) => `feed-batch:${id}`);
    await until(
      async () => ({
        owners: await collection(app, 'leases').distinct('owner', { _id: { $in: leases } }),
        statuses: (await Promise.all(ids.map((id) => batchOf(id)))).map(({ status }) => status),
      }),
      ({ owners, statuses }) => owners.length === 2 || statuses.some(ended),
    );
    await jobs[0].kill();
    const again = city.start('jobs');
    const batches = () => Promise.all(ids.map((id) => batchOf(id)));
    await until(batches, (found) => found.some(({ status }) => ended(status)), 120);
    // The lease of the dead one would be over within half a minute.
    for (const { _id, status } of await batches()) {
      if (ended(status)) continue;
      const name = `feed-batch:${_id.toHexString()}`;
      await tenacious(() =>
        collection(app, 'leases').updateOne({ _id: name }, { $set: { until: new Date(0) } }),
      );
    }
    const done = await until(batches, (found) => found.every(({ status }) => ended(status)), 120);
    jobs[0] = await again;
    for (const { status, rows } of done) {
      expect([status, rows.read, rows.inserted]).to.deep.equal(['INGESTED', each, each]);
    }
    for (const id of ids) {
      const chunks = await collection(app, 'feed_chunks')
        .find({ _id: { $gt: `${id}-`, $lt: `${id}-~` } })
        .toArray();
      const seqs = chunks.flatMap((chunk) => (chunk as unknown as { seqs: number[] }).seqs);
      expect(seqs).to.have.length(each);
      expect(new Set(seqs).size).to.equal(each);
    }
  });
}
