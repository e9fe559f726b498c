import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { bootstrap } from '../../../server/bootstrap.ts';
import type { AppContext } from '../../../server/context.ts';
import type { CollectionRun } from '../../../server/modules/collection/index.ts';
import { startAgencyService, TOKEN, type AgencyService } from '../../support/agency-service.ts';
import { frontDatabases, NO_DATABASE, type FrontDatabases } from '../../support/databases.ts';
import { aCity, type City } from '../../support/processes.ts';
import { collectionOf, csvFile, range, rowOf } from '../feed/feeds.ts';
import { FrontTable, namedRow, numberOf, setSource, stored, TAKES } from './sources.ts';

/** More of them look longer for a bad moment to be killed in. */
const KILLS = Number(process.env['COLLECT_KILLS'] ?? '20');
/** Rows that come between two kills. */
const ROWS = 18;
/** A feed for each way: ways of one feed would wait for each other. */
const FEEDS = ['market', 'tax', 'medical', 'drug', 'food'].map((sector) => `${sector}/license`);
const CHANGED = ['2031-01-01', '2032-02-02', '2033-03-03'];

/** One way of pull, and the agency behind it. */
interface Way {
  readonly code: string;
  prepare(feed: string): Promise<void>;
  /** The agency brings rows, and changes one of those that were there. */
  add(numbers: readonly number[], changed: number | undefined, round: number): Promise<void>;
  /** Makes everything be taken once more; undefined where the whole can be asked for from the start. */
  again?(numbers: readonly number[]): Promise<void>;
  /** What must be so on the agency's side once everything was taken. */
  check(numbers: readonly number[]): Promise<void>;
}

describe('collection, killed in the middle of runs', function () {
  this.timeout(900_000);
  let city: City;
  let app: AppContext;
  let service: AgencyService;
  let databases: FrontDatabases;

  before(async () => {
    city = await aCity();
    app = await city.open();
    await bootstrap(app, { demoRecords: false });
    service = await startAgencyService({ pageRows: 6 });
    databases = await frontDatabases();
  });
  after(async () => {
    await service.close();
    await databases.close();
    await city.close();
  });

  const validTo = (round: number): string => CHANGED[round % CHANGED.length] ?? '';

  function folder(): Way {
    const code = 'kill-folder';
    const inbox = join(city.directory, 'collect', code);
    const contents = new Map<number, string>();
    let files = 0;
    const put = async (numbers: readonly number[]): Promise<void> => {
      files += 1;
      const name = `${String(files).padStart(3, '0')}.csv`;
      const rows = numbers.map((n) => rowOf('LICENSE', n, { validTo: contents.get(n) ?? '2030-01-01' }));
      await writeFile(join(inbox, `.${name}`), csvFile('LICENSE', rows));
      await rename(join(inbox, `.${name}`), join(inbox, name));
    };
    return {
      code,
      async prepare(feed) {
        await mkdir(inbox, { recursive: true });
        await setSource(app, { code, feed, kind: 'FOLDER', settings: { folder: code, quietSeconds: 0 } });
      },
      async add(numbers, changed, round) {
        for (let i = 0; i < numbers.length; i += 6) await put(numbers.slice(i, i + 6));
        if (changed === undefined) return;
        contents.set(changed, validTo(round));
        // Files of one instant would be taken in the order of their names anyway.
        await put([changed]);
      },
      async again(numbers) {
        await put([...numbers].reverse());
      },
      async check() {
        expect(await readdir(inbox), 'left behind').to.have.members(['done']);
        const names = await readdir(join(inbox, 'done'), { recursive: true });
        const taken = names.filter((name) => name.endsWith('.csv')).map((name) => name.slice(-7));
        expect(taken.sort()).to.deep.equal(range(files).map((n) => `${String(n).padStart(3, '0')}.csv`));
        const results = names.filter((name) => name.endsWith('.csv.result.json'));
        expect(results, 'a result beside each').to.have.length(files);
      },
    };
  }

  function http(by: 'cursor' | 'window'): Way {
    const code = `kill-${by}`;
    const since = new Date().toISOString();
    return {
      code,
      async prepare(feed) {
        const paging =
          by === 'cursor'
            ? { by: 'CURSOR', param: 'cursor', next: 'data.next' }
            : { by: 'WINDOW', from: 'from', to: 'to', since, page: 'page', overlapSeconds: 3 };
        await setSource(app, {
          code,
          feed,
          kind: 'HTTP',
          settings: {
            url: `${service.url}/${by}`,
            auth: { type: 'BEARER' },
            items: by === 'cursor' ? 'data.items' : 'items',
            newest: 'updatedAt',
            paging,
          },
          secret: TOKEN,
        });
      },
      async add(numbers, changed, round) {
        const updatedAt = new Date().toISOString();
        const more = changed === undefined ? [] : [{ n: changed, changes: { validTo: validTo(round) } }];
        for (const { n, changes } of [...numbers.map((n) => ({ n, changes: {} })), ...more]) {
          const row = { ...namedRow(n, changes), id: n, updatedAt };
          // A window shows a row as it is; a log of changes shows it again.
          const rows = service.rows[by];
          const at = rows.findIndex(({ id }) => id === n);
          if (by === 'window' && at >= 0) rows[at] = row;
          else rows.push(row);
        }
      },
      check: () => Promise.resolve(),
    };
  }

  function table(dialect: 'MYSQL' | 'POSTGRES', by: keyof typeof TAKES): Way | undefined {
    const code = `kill-${dialect.toLowerCase()}`;
    const database = databases.of(dialect);
    if (!database) return undefined;
    const front = new FrontTable(database, `kill_${by.toLowerCase()}_${String(process.pid)}`);
    const marks = by === 'STATUS';
    return {
      code,
      async prepare(feed) {
        await front.create();
        await setSource(app, { code, feed, ...front.source(TAKES[by], { batchRows: 6 }) });
      },
      async add(numbers, changed, round) {
        await front.insert(numbers);
        if (changed !== undefined) await front.change(changed, 'validTo', validTo(round));
      },
      ...(marks
        ? {
            async again() {
              await front.run(`UPDATE ${front.quoted} SET taken = 0`);
            },
          }
        : {}),
      async check(numbers) {
        expect(await front.taken()).to.deep.equal(marks ? [...numbers] : []);
      },
    };
  }

  /** Begins `credit collect` over all ways, and kills it at a random moment. @returns the ways it was at work on */
  async function killOnce(longest: number): Promise<string[]> {
    const known = new Set(
      (await collectionOf(app, 'collection_runs').find({}).toArray()).map(({ _id }) => String(_id)),
    );
    const atWork = async (): Promise<string[]> => {
      const runs = await collectionOf(app, 'collection_runs').find({ state: 'RUNNING' }).toArray();
      return runs.filter(({ _id }) => !known.has(String(_id))).map(({ source }) => String(source));
    };
    const command = city.credit('collect');
    let over = false;
    const ended = command.ended.then(({ out }) => {
      over = true;
      return out;
    });
    while (!over && (await atWork()).length === 0) await sleep(10);
    await Promise.race([sleep(Math.random() * longest), ended]);
    await command.kill();
    const out = await ended;
    expect(out).not.to.match(/未完成|没有完成/);
    const killed = await atWork();
    // As if the time of the leases it left were over.
    await collectionOf(app, 'leases').deleteMany({});
    return killed;
  }

  interface Outcome {
    readonly source: string;
    readonly state: string;
    readonly rows: CollectionRun['rows'];
  }

  async function toTheEnd(...args: string[]): Promise<Outcome[]> {
    const { code, out } = await city.credit('collect', '--json', ...args).ended;
    expect(code, out).to.equal(0);
    const line = out.split('\n').find((text) => text.startsWith('{"sources"')) ?? '{}';
    const { sources } = JSON.parse(line) as { sources: Outcome[] };
    expect(sources.map(({ state }) => state)).to.deep.equal(sources.map(() => 'DONE'));
    return sources;
  }

  it(`misses nothing and doubles nothing, killed ${String(KILLS)} times in each way`, async () => {
    const ways = [
      folder(),
      http('cursor'),
      http('window'),
      table('MYSQL', 'STATUS'),
      table('POSTGRES', 'TIME'),
    ];
    const present = ways.filter((way) => way !== undefined);
    if (present.length < ways.length) console.log(`      without some tables: ${NO_DATABASE}`);
    const numbers = new Map(present.map(({ code }) => [code, [] as number[]]));
    const kills = new Map(present.map(({ code }) => [code, 0]));
    const changes = new Map<number, number>();
    for (const [i, way] of present.entries()) await way.prepare(FEEDS[i] ?? '');
    let longest = 800;
    let rounds = 0;
    for (; [...kills.values()].some((n) => n < KILLS) && rounds < KILLS * 4; rounds += 1) {
      for (const [i, way] of present.entries()) {
        const mine = numbers.get(way.code) ?? [];
        const more = range(ROWS).map((n) => (i + 1) * 10_000 + mine.length + n);
        const changed = rounds % 3 === 2 ? mine[(rounds * 7) % mine.length] : undefined;
        if (changed !== undefined) changes.set(changed, (changes.get(changed) ?? 0) + 1);
        mine.push(...more);
        await way.add(more, changed, rounds);
      }
      const killed = await killOnce(longest);
      for (const code of killed) kills.set(code, (kills.get(code) ?? 0) + 1);
      // Late kills meet nothing, early ones meet little: in between is where it hurts.
      longest *= killed.length === present.length ? 1.1 : 0.9;
    }
    console.log(
      `      ${String(rounds)} kills, of these at work on ${[...kills].map((each) => each.join(' ')).join(', ')}`,
    );
    expect(Math.min(...kills.values())).to.be.at.least(KILLS);

    await toTheEnd();
    const all = present.flatMap(({ code }) => numbers.get(code) ?? []);
    const found = await stored(app);
    expect([...found.keys()].sort()).to.deep.equal(all.map(numberOf).sort());
    // A change made before its row was first taken is no revision of its own.
    const doubled = all.filter((n) => (found.get(numberOf(n)) ?? 0) > 1 + (changes.get(n) ?? 0));
    expect(doubled, 'revisions without a change').to.deep.equal([]);
    for (const way of present) await way.check(numbers.get(way.code) ?? []);
    expect(
      await collectionOf(app, 'feed_batches').countDocuments({ status: { $nin: ['INGESTED'] } }),
    ).to.equal(0);

    for (const way of present) await way.again?.(numbers.get(way.code) ?? []);
    for (const { source, rows } of await toTheEnd('--from-start')) {
      expect(rows, source).to.include({ inserted: 0, updated: 0, conflict: 0, refused: 0 });
      expect(rows.unchanged, source).to.be.at.least((numbers.get(source) ?? []).length);
    }
    expect((await stored(app)).size).to.equal(all.length);
  });

  it('takes everything once when two collect at the same time', async () => {
    const code = 'two-at-once';
    const inbox = join(city.directory, 'collect', code);
    await mkdir(inbox, { recursive: true });
    await setSource(app, {
      code,
      feed: FEEDS[0] ?? '',
      kind: 'FOLDER',
      settings: { folder: code, quietSeconds: 0 },
    });
    const numbers = range(40).map((n) => 90_000 + n);
    for (let i = 0; i < numbers.length; i += 5) {
      const rows = numbers.slice(i, i + 5).map((n) => rowOf('LICENSE', n));
      await writeFile(join(inbox, `${String(i).padStart(2, '0')}.csv`), csvFile('LICENSE', rows));
    }
    const both = await Promise.all(
      [0, 1].map(() => city.credit('collect', '--source', code, '--json').ended),
    );
    const rows = both.map(({ out }) => {
      const line = out.split('\n').find((text) => text.startsWith('{"sources"')) ?? '{}';
      return (JSON.parse(line) as { sources: Outcome[] }).sources[0]?.rows.inserted ?? -1;
    });
    expect(rows.sort((a, b) => a - b)).to.deep.equal([0, 40]);
    const found = await stored(app);
    expect(numbers.map((n) => found.get(numberOf(n)))).to.deep.equal(numbers.map(() => 1));
  });
});
