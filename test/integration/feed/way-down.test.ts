import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { graphql } from 'graphql';
import { Types } from 'mongoose';
import { anonymousViewer, systemViewer } from '../../../server/auth/viewer.ts';
import { verify } from '../../../server/cli/verify.ts';
import type { AppContext } from '../../../server/context.ts';
import { csvOf } from '../../../server/generate/index.ts';
import { usccOf } from '../../../server/generate/identity.ts';
import { requestContext } from '../../../server/graphql/request-context.ts';
import { createSchema } from '../../../server/graphql/schema.ts';
import { civilDateOf } from '../../../server/lib/civil-date.ts';
import { findFeed, getFeed, sampleRow, templateOf } from '../../../server/modules/template/index.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { connectPlatform, movableClock, readJournal, startSim } from '../../support/upstream.ts';
import { collect, setSource } from '../collection/sources.ts';
import { agencyViewer, bring, centre, collectionOf, range, type Texts } from './feeds.ts';

const ELSEWHERE = { authorityName: '邻市示例局', authorityCode: '12629900MB0X091011' };

function csv(feed: string, rows: readonly Texts[]): string {
  const { columns } = templateOf(feed);
  return csvOf([
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map(({ field }) => row[field] ?? '')),
  ]);
}

/** A row of a firm of its own per number; what the agency of `of` decided. */
function rowOf(feed: string, n: number, changes: Texts = {}, of = 'market'): Texts {
  const { agencyName, agencyUscc } = getFeed(`${of}/license`).sector;
  const authority = { authorityName: agencyName, authorityCode: agencyUscc };
  const source = getFeed(feed).sector;
  // What comes back says the same as ours.
  const own = feed.replace(source.slug, of);
  return {
    ...sampleRow(findFeed(own) ? own : feed, 'LEGAL_PERSON'),
    uscc: usccOf('91', '629902', n),
    counterpartName: `示例回流${String(n)}号`,
    documentNumber: `示回〔2025〕${String(n)}号`,
    ...authority,
    sourceName: source.agencyName,
    sourceCode: source.agencyUscc,
    ...changes,
  };
}

describe('the way down', function () {
  this.timeout(120_000);

  let context: TestContext;
  let app: AppContext;
  let sim: Simulator;
  let journal: string;
  const clock = movableClock();
  const schema = createSchema();

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    journal = join(context.directory, 'journal.jsonl');
    sim = await startSim('', { journal, clock });
    await connectPlatform(app.outbox, sim.url);
    clock.forward(70_000);
    await app.outbox.enqueueBacklog('province');
  });
  after(async () => {
    await context.close();
    await sim.close();
  });

  /** What changed anything at the platform. */
  const lines = async () => (await readJournal(journal)).filter(({ effective }) => effective).length;
  const drain = () => app.outbox.deliverDue('province', { drain: true });
  const count = (name: string) => collectionOf(app, name).countDocuments();
  const shown = async (documentNumber: string) =>
    (await app.publications.page(anonymousViewer, { documentNumber }, { first: 5 })).nodes;
  const faults = async () => (await verify(app)).filter((check) => check.faults.length > 0);
  const recordOf = async (documentNumber: string) => {
    const { nodes } = await app.creditRecords.page(systemViewer, { documentNumber }, { first: 5 });
    expect(nodes).to.have.length(1);
    return nodes[0] as NonNullable<(typeof nodes)[number]>;
  };

  const penalties = range(40);
  const honors = range(12).map((n) => 200 + n);
  const honor = (feed: string, n: number, changes: Texts = {}) =>
    rowOf(feed, n, { title: '诚信经营示范企业', ...changes }, 'commerce');
  const month: Readonly<Record<string, readonly Texts[]>> = {
    'upstream/penalty': [
      ...penalties.map((n) => rowOf('upstream/penalty', n, n <= 5 ? { content: '上级另有内容' } : {})),
      ...penalties.map((n) => rowOf('upstream/penalty', 1000 + n, ELSEWHERE)),
    ],
    'upstream/honor': [
      ...honors.map((n) => honor('upstream/honor', n)),
      ...honors.map((n) => honor('upstream/honor', 1000 + n, ELSEWHERE)),
    ],
    'upstream/evaluation': range(10).map((n) => rowOf('upstream/evaluation', 2000 + n, ELSEWHERE)),
  };

  it('brings a month, half of it our own: none doubled, none pushed again, what differs is listed', async () => {
    await bring(
      app,
      csv(
        'market/penalty',
        penalties.map((n) => rowOf('market/penalty', n)),
      ),
      {
        feed: 'market/penalty',
      },
    );
    await bring(
      app,
      csv(
        'commerce/honor',
        honors.map((n) => honor('commerce/honor', n)),
      ),
      {
        feed: 'commerce/honor',
      },
    );
    await drain();
    expect(await lines()).to.equal(52);
    const before = { lines: await lines(), items: await count('outbox_items') };
    const figures = await collectionOf(app, 'quality_counters').find().sort({ _id: 1 }).toArray();

    // The penalties by a watched folder, the rest by import.
    await mkdir(join(context.directory, 'collect', 'down'), { recursive: true });
    await setSource(app, {
      code: 'down',
      kind: 'FOLDER',
      feed: 'upstream/penalty',
      settings: { folder: 'down', quietSeconds: 60 },
    });
    const folder = join(context.directory, 'collect', 'down');
    await writeFile(join(folder, '回流.csv'), csv('upstream/penalty', month['upstream/penalty'] ?? []));
    await writeFile(join(folder, '回流.csv.ok'), '');
    const collected = await collect(app, 'down');
    expect(collected.rows).to.include({ read: 80, inserted: 40, unchanged: 40, conflict: 0, refused: 0 });
    const honored = await bring(app, csv('upstream/honor', month['upstream/honor'] ?? []), {
      feed: 'upstream/honor',
    });
    expect(honored.rows).to.include({ read: 24, inserted: 12, unchanged: 12, conflict: 0, refused: 0 });
    const graded = await bring(app, csv('upstream/evaluation', month['upstream/evaluation'] ?? []), {
      feed: 'upstream/evaluation',
    });
    expect(graded.rows).to.include({ read: 10, inserted: 10 });

    expect(await count('credit_records')).to.equal(40 + 12 + 40 + 12 + 10);
    await drain();
    expect({ lines: await lines(), items: await count('outbox_items') }).to.deep.equal(before);
    expect(await collectionOf(app, 'quality_counters').find().sort({ _id: 1 }).toArray()).to.deep.equal(
      figures,
    );
    const { rows: ranked } = await app.quality.reports.report(centre, { period: '2026', by: 'AGENCY' });
    const above = await app.organizations.agencyOfSector('upstream');
    expect(ranked.map(({ key }) => key)).to.not.include(above?.id);
    const listed = await app.creditRecords.returnedDifferences(centre, { first: 100 });
    expect(listed.nodes).to.have.length(5);
    for (const { columns, origin } of listed.nodes) {
      expect(origin).to.equal('PROVINCE');
      expect(columns.map(({ name, there }) => [name, there])).to.deep.equal([['处罚内容', '上级另有内容']]);
    }
    expect(await faults()).to.deep.equal([]);
  });

  it('tells the rows what became of them, and shows where a record came from', async () => {
    const { nodes: batches } = await app.feeds.batches(
      systemViewer,
      { feed: 'upstream/penalty' },
      { first: 1 },
    );
    const rows = await app.feeds.rows(systemViewer, batches[0]?._id.toHexString() ?? '', 'UNCHANGED', {
      first: 100,
    });
    const codes = rows.nodes.map(({ warnings }) => warnings.map(({ code }) => code).at(-1));
    expect(codes.filter((code) => code === 'FEED_RETURNED_DIFFERS')).to.have.length(5);
    expect(codes.filter((code) => code === 'FEED_RETURNED_OWN')).to.have.length(35);
    expect((await shown('示回〔2025〕1001号')).map(({ origin }) => origin)).to.deep.equal(['PROVINCE']);
    expect((await shown('示回〔2025〕1号')).map(({ origin }) => origin)).to.deep.equal([undefined]);
    expect(await shown('示回〔2025〕2001号'), 'shared among agencies only').to.deep.equal([]);
    expect(await recordOf('示回〔2025〕2001号')).to.include({ origin: 'PROVINCE', late: false });
  });

  it('says the origin over GraphQL, and what differs to the centre', async () => {
    const source = `query ($number: String!) {
      creditRecords(filter: { documentNumber: $number }) { edges { node { origin repair { on } } } }
      publicRecords(filter: { documentNumber: $number }) { edges { node { origin } } }
      returnedDifferences(first: 1) { edges { node {
        id recordId origin feed returnedBy documentNumber agency { name } columns { name here there }
      } } }
    }`;
    const ask = async (number: string) => {
      const contextValue = requestContext(app, { viewer: centre, requestId: 'r', log: app.log });
      const { data, errors } = await graphql({ schema, source, contextValue, variableValues: { number } });
      expect(errors).to.equal(undefined);
      return JSON.parse(JSON.stringify(data)) as Record<string, { edges: { node: Texts }[] }>;
    };
    const nodes = async (number: string, field: string) =>
      ((await ask(number))[field]?.edges ?? []).map(({ node }) => node);
    for (const [number, origin] of [
      ['示回〔2025〕1001号', 'PROVINCE'],
      ['示回〔2025〕1号', 'CITY'],
    ] as const) {
      expect(await nodes(number, 'creditRecords')).to.deep.equal([{ origin, repair: null }]);
      expect(await nodes(number, 'publicRecords')).to.deep.equal([{ origin }]);
    }
    const [difference] = await nodes('', 'returnedDifferences');
    expect(difference).to.deep.include({
      origin: 'PROVINCE',
      feed: 'market/penalty',
      returnedBy: 'upstream/penalty',
      agency: { name: '示例市市场监督管理局' },
    });
  });

  it('finds everything unchanged the second time, and forgets what no longer differs', async () => {
    for (const [feed, rows] of Object.entries(month)) {
      const again = await bring(app, csv(feed, rows), { feed, again: true });
      expect(again.rows, feed).to.include({ read: rows.length, unchanged: rows.length });
    }
    expect((await app.creditRecords.returnedDifferences(centre, { first: 100 })).nodes).to.have.length(5);
    const mended = [rowOf('upstream/penalty', 1)];
    expect((await bring(app, csv('upstream/penalty', mended), { feed: 'upstream/penalty' })).rows).to.include(
      { unchanged: 1 },
    );
    const left = await app.creditRecords.returnedDifferences(centre, { first: 3 });
    expect([left.nodes.length, left.hasNext]).to.deep.equal([3, true]);
    const rest = await app.creditRecords.returnedDifferences(centre, {
      first: 3,
      after: left.cursors[2] ?? '',
    });
    expect([rest.nodes.length, rest.hasNext]).to.deep.equal([1, false]);
    const viewer = await agencyViewer(app, 'market');
    let refusal = '';
    await app.creditRecords.returnedDifferences(viewer, { first: 1 }).catch((error: Error) => {
      refusal = error.name;
    });
    expect(refusal).to.equal('ForbiddenError');
  });

  it('sends nothing of it to a platform that is enabled later, and reconciles', async () => {
    const other = await startSim('', { journal: join(context.directory, 'second.jsonl'), clock });
    try {
      await connectPlatform(app.outbox, other.url, { code: 'second' });
      clock.forward(70_000);
      await app.outbox.enqueueBacklog('second');
      await app.outbox.deliverDue('second', { drain: true });
      const sent = await readJournal(join(context.directory, 'second.jsonl'));
      expect(sent.filter(({ effective }) => effective)).to.have.length(52);
      const day = civilDateOf(clock.now());
      const run = await app.reconciliation.run(systemViewer, { platform: 'province', day, repair: true });
      expect(run).to.include({ missingThere: 0, missingHere: 0, different: 0, repaired: 0 });
    } finally {
      await app.outbox.setPlatform(systemViewer, { code: 'second', enabled: false });
      await other.close();
    }
  });

  it("makes a record the agency's that reports it later, and pushes it", async () => {
    const before = await lines();
    const number = '示回〔2025〕1001号';
    const own = rowOf('market/penalty', 1001, ELSEWHERE);
    const { rows } = await bring(app, csv('market/penalty', [own]), { feed: 'market/penalty' });
    expect(rows).to.include({ updated: 1 });
    const record = await recordOf(number);
    expect(record).to.include({ sector: 'market', revision: 2 });
    expect(record).to.not.have.property('origin');
    expect((await shown(number)).map(({ origin, sector }) => [origin, sector])).to.deep.equal([
      [undefined, 'market'],
    ]);
    await drain();
    expect(await lines()).to.equal(before + 1);
    const returned = [rowOf('upstream/penalty', 1001, ELSEWHERE)];
    const again = await bring(app, csv('upstream/penalty', returned), { feed: 'upstream/penalty' });
    expect(again.rows).to.include({ unchanged: 1 });
    expect(await faults()).to.deep.equal([]);
  });

  it('stores one record of each, ours, when both directions come at once', async () => {
    const numbers = range(60).map((n) => 3000 + n);
    const bringAll = (feed: string, row: (n: number) => Texts) =>
      bring(app, csv(feed, numbers.map(row)), { feed });
    const before = await count('credit_records');
    await Promise.all([
      bringAll('upstream/penalty', (n) => rowOf('upstream/penalty', n)),
      bringAll('market/penalty', (n) => rowOf('market/penalty', n)),
      bringAll('commerce/honor', (n) => honor('commerce/honor', n)),
      bringAll('upstream/honor', (n) => honor('upstream/honor', n)),
    ]);
    expect(await count('credit_records')).to.equal(before + 120);
    const foreign = { origin: 'PROVINCE', uscc: { $in: numbers.map((n) => usccOf('91', '629902', n)) } };
    expect(await collectionOf(app, 'credit_records').countDocuments(foreign)).to.equal(0);
    await drain();
    expect(await faults()).to.deep.equal([]);
  });

  const repair = (n: number, changes: Texts = {}) => {
    const { documentNumber, authorityCode } = rowOf('market/penalty', n);
    return rowOf('upstream/repair', n, {
      documentNumber: `示修〔2025〕${String(n)}号`,
      repairedNumber: documentNumber ?? '',
      repairedAuthorityCode: authorityCode ?? '',
      decidedOn: '2026-01-05',
      authorityName: '省示例中心',
      ...changes,
    });
  };
  const bringRepairs = (...rows: Texts[]) =>
    bring(app, csv('upstream/repair', rows), { feed: 'upstream/repair', again: true });
  const events = async (id: string) => {
    const { nodes } = await app.audit.page(systemViewer, { first: 20 }, { object: `record:${id}` });
    return nodes.map(({ action }) => action);
  };

  it('ends the display of a penalty that was repaired elsewhere, until the repair is taken back', async () => {
    const number = '示回〔2025〕7号';
    expect(await shown(number)).to.have.length(1);
    const { id, revision } = await recordOf(number);
    const before = await lines();
    for (let i = 0; i < 2; i += 1) expect((await bringRepairs(repair(7))).status).to.equal('INGESTED');
    expect(await shown(number)).to.deep.equal([]);
    const repaired = await recordOf(number);
    expect(repaired.revision).to.equal(revision);
    expect(repaired.repaired).to.include({ on: '2026-01-05', authority: '省示例中心' });
    expect(app.publications.expected(repaired)).to.deep.equal({ shown: false, reason: 'REPAIRED' });
    expect(await events(id)).to.deep.equal(['record:end-display']);

    const changed = rowOf('market/penalty', 7, { content: '处罚内容有变' });
    await bring(app, csv('market/penalty', [changed]), { feed: 'market/penalty' });
    expect(await shown(number), 'a newer revision stays hidden').to.deep.equal([]);
    expect(await faults()).to.deep.equal([]);

    await bringRepairs(repair(7, { revokedOn: '2026-02-01', revocationReason: '材料不实' }));
    expect((await shown(number)).map(({ revision: of }) => of)).to.deep.equal([2]);
    expect(await recordOf(number)).to.not.have.property('repaired');
    expect(await events(id)).to.deep.equal(['record:restore-display', 'record:end-display']);
    await drain();
    expect(await lines(), 'only the newer revision was pushed').to.equal(before + 1);
    expect(await faults()).to.deep.equal([]);
  });

  it('knows a repair that came before the penalty', async () => {
    await bringRepairs(repair(77));
    await bring(app, csv('market/penalty', [rowOf('market/penalty', 77)]), { feed: 'market/penalty' });
    expect(await shown('示回〔2025〕77号')).to.deep.equal([]);
    const { id, repaired } = await recordOf('示回〔2025〕77号');
    expect(repaired?.on).to.equal('2026-01-05');
    expect(await faults()).to.deep.equal([]);
    const _id = new Types.ObjectId(id);
    await collectionOf(app, 'credit_records').updateOne({ _id }, { $unset: { repaired: 1 } });
    expect((await faults()).map(({ name }) => name)).to.include('repairs');
    await bringRepairs(repair(77));
    expect(await faults(), 'brought again').to.deep.equal([]);
  });
});
