import { expect } from 'chai';
import { text } from 'node:stream/consumers';
import { fixedClock } from '../../../../../server/lib/clock.ts';
import type { FeedBatchDoc } from '../../../../../server/modules/feed/index.ts';
import { HttpPuller, type Ask } from '../../../../../server/modules/collection/http/http-puller.ts';
import type { Cursor } from '../../../../../server/modules/collection/pull.ts';
import { checkedSettings } from '../../../../../server/modules/collection/settings.ts';
import type { HttpSettings } from '../../../../../server/modules/collection/settings.types.ts';

const NOW = '2026-03-02T02:00:00.000Z';
const HOUR_MS = 3_600_000;
const batch = {} as FeedBatchDoc;
const hourBefore = (hours: number): string => new Date(Date.parse(NOW) - hours * HOUR_MS).toISOString();

/** Reads to the end, or to so many steps, and takes every piece. */
async function read(
  settings: object,
  ask: Ask,
  options: { cursor?: Cursor; steps?: number; known?: Set<string> } = {},
) {
  const checked = checkedSettings('HTTP', { url: 'https://a.example/', ...settings })
    .settings as HttpSettings;
  const deps = { source: 's', clock: fixedClock(NOW), ask, close: () => Promise.resolve() };
  const known = options.known ?? new Set<string>();
  let { cursor } = options;
  const rows: unknown[] = [];
  let steps = options.steps ?? Infinity;
  let repeats = 0;
  for await (const step of new HttpPuller(deps, checked).steps(cursor, new AbortController().signal)) {
    if (steps-- <= 0) break;
    if ('cursor' in step) {
      ({ cursor } = step);
      continue;
    }
    const content = await text(step.open());
    const duplicate = known.has(content);
    known.add(content);
    if (duplicate) repeats += 1;
    else rows.push(...(JSON.parse(content) as { rows: { n: unknown }[] }).rows.map(({ n }) => n));
    cursor = (await step.taken({ batch, duplicate })) ?? cursor;
  }
  return { rows, cursor, known, repeats };
}

describe('paging by cursor', () => {
  const settings = { paging: { by: 'CURSOR', param: 'c', next: 'page.next' } };
  const asked: (string | undefined)[] = [];
  const serve =
    (pages: Readonly<Record<string, { items: object[]; next?: unknown }>>): Ask =>
    ({ c }) => {
      asked.push(c);
      const { items = [], next } = pages[c ?? ''] ?? {};
      return Promise.resolve({ items, page: { next } });
    };
  beforeEach(() => asked.splice(0));

  it('follows to the end, keeps the last cursor, and recognises its page the next time', async () => {
    const pages = { '': { items: [{ n: 1 }], next: 'b' }, b: { items: [{ n: 2 }], next: null } };
    const first = await read(settings, serve(pages));
    expect(first).to.deep.include({ rows: [1, 2], cursor: { next: 'b' } });
    expect(asked).to.deep.equal([undefined, 'b']);
    const { cursor, known } = first;
    const again = await read(settings, serve(pages), { ...(cursor ? { cursor } : {}), known });
    expect(again).to.deep.include({ rows: [], repeats: 1 });
    const grown = serve({ ...pages, b: { items: [{ n: 2 }, { n: 3 }], next: null } });
    expect((await read(settings, grown, { ...(cursor ? { cursor } : {}), known })).rows).to.deep.equal([
      2, 3,
    ]);
  });

  it('goes on where it broke off', async () => {
    const pages = {
      '': { items: [{ n: 1 }], next: 7 },
      7: { items: [{ n: 2 }], next: 8 },
      8: { items: [{ n: 3 }] },
    };
    const { cursor } = await read(settings, serve(pages), { steps: 1 });
    expect(cursor).to.deep.equal({ next: '7' });
    expect((await read(settings, serve(pages), cursor ? { cursor } : {})).rows).to.deep.equal([2, 3]);
  });

  it('ends at an empty page, though it names a next one, and at one that names itself', async () => {
    const empty = await read(
      settings,
      serve({ '': { items: [{ n: 1 }], next: 'b' }, b: { items: [], next: 'c' } }),
    );
    expect(empty).to.deep.include({ rows: [1], cursor: { next: 'c' } });
    const same = await read(
      settings,
      serve({ '': { items: [{ n: 1 }], next: 'b' }, b: { items: [{ n: 2 }], next: 'b' } }),
    );
    expect(same.rows).to.deep.equal([1, 2]);
  });

  it('the same rows behind another cursor are something new', async () => {
    const known = new Set<string>();
    await read(settings, serve({ '': { items: [{ n: 1 }] } }), { known });
    const later = await read(settings, serve({ z: { items: [{ n: 1 }] } }), { known, cursor: { next: 'z' } });
    expect(later).to.include({ repeats: 0 });
  });

  for (const answer of [{}, { items: {} }, { items: [1] }, { items: [[1]] }, { rows: [] }, 'text']) {
    it(`refuses an answer without rows: ${JSON.stringify(answer)}`, async () => {
      const error: unknown = await read(settings, () => Promise.resolve(answer)).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.include({ code: 'COLLECT_ANSWER_INVALID' });
    });
  }
});

describe('paging by window', () => {
  interface Row {
    readonly n: number;
    at: string;
  }
  const paging = {
    by: 'WINDOW',
    from: 'from',
    to: 'to',
    page: 'p',
    since: hourBefore(30),
    overlapSeconds: 600,
  };
  const asked: Readonly<Record<string, string>>[] = [];
  beforeEach(() => asked.splice(0));
  const serve =
    (rows: Row[], onPage: () => void = () => undefined): Ask =>
    (params) => {
      asked.push(params);
      const { from = '', to = '', p = '1' } = params;
      const found = rows.filter(({ at }) => at >= from && at < to).sort((a, b) => (a.at < b.at ? -1 : 1));
      const page = { items: found.slice((Number(p) - 1) * 2, Number(p) * 2) };
      onPage();
      return Promise.resolve(page);
    };

  it('reads window by window up to now, each from before the end of the last', async () => {
    const { cursor } = await read({ paging }, serve([]));
    expect(asked.map(({ from, to }) => [from, to])).to.deep.equal([
      [hourBefore(30), hourBefore(6)],
      [hourBefore(6 + 1 / 6), NOW],
    ]);
    expect(cursor).to.deep.equal({ high: NOW });
  });

  it('finds a row that was committed late, within the overlap', async () => {
    const rows: Row[] = [{ n: 1, at: hourBefore(1) }];
    const cursor = { high: hourBefore(0.5) };
    rows.push({ n: 2, at: hourBefore(0.6) });
    expect((await read({ paging }, serve(rows), { cursor })).rows).to.deep.equal([2]);
  });

  it('goes on at the page of the window where it broke off', async () => {
    const rows = [1, 2, 3, 4, 5].map((n) => ({ n, at: hourBefore(2 + 1 / n) }));
    const known = new Set<string>();
    const cursor = { high: hourBefore(5) };
    const broken = await read({ paging }, serve(rows), { cursor, known, steps: 2 });
    expect(broken.cursor).to.include({ page: 1, from: hourBefore(5 + 1 / 6), to: NOW });
    const rest = await read({ paging }, serve(rows), { cursor: broken.cursor ?? {}, known });
    expect([...broken.rows, ...rest.rows]).to.have.members([1, 2, 3, 4, 5]);
    expect(rest.cursor).to.deep.equal({ high: NOW });
  });

  it('reads a window of several pages again, since a row that changes shifts those behind it', async () => {
    const rows = [1, 2, 3, 4, 5].map((n) => ({ n, at: hourBefore(3 - n / 10) }));
    let pages = 0;
    const shifting = serve(rows, () => {
      pages += 1;
      const [first] = rows;
      // After the first page its first row gets a time beyond the window: row 3 moves up to the page that was read.
      if (pages === 1 && first) first.at = '2026-03-02T03:00:00.000Z';
    });
    const { rows: found } = await read({ paging }, shifting, { cursor: { high: hourBefore(5) } });
    expect(found).to.include.members([1, 2, 3, 4, 5]);
  });

  it('ends with a service that knows no pages', async () => {
    const ask: Ask = () => Promise.resolve({ items: [{ n: 1 }] });
    expect((await read({ paging }, ask, { cursor: { high: hourBefore(1) } })).rows).to.deep.equal([1]);
  });

  it('writes instants as the service wants them', async () => {
    for (const [format, from] of [
      ['LOCAL', '2026-03-02 08:50:00'],
      ['EPOCH_MS', String(Date.parse(hourBefore(1 + 1 / 6)))],
    ] as const) {
      asked.splice(0);
      await read({ paging: { ...paging, format } }, serve([]), { cursor: { high: hourBefore(1) } });
      expect(asked[0]?.['from']).to.equal(from);
    }
  });
});
