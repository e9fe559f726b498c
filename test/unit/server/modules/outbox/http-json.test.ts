import { expect } from 'chai';
import type { CivilDate } from '../../../../../server/lib/civil-date.ts';
import { UpstreamError } from '../../../../../server/lib/errors.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../../../server/lib/http-client.ts';
import type { PushableRecord } from '../../../../../server/modules/credit-record/index.ts';
import { decodeAnswer } from '../../../../../server/modules/outbox/platforms/answer.ts';
import { encodeBatch, httpJsonAdapter } from '../../../../../server/modules/outbox/platforms/http-json.ts';

const ADDRESS = { url: 'http://province.test/api/', token: 'secret', template: 'g3' };

function record(fields: Partial<PushableRecord> = {}): PushableRecord {
  return {
    recordId: 'a1',
    revision: 2,
    currentRevision: 2,
    kind: 'PENALTY',
    sector: 'tax',
    feed: 'tax/penalty',
    counterpartKind: 'LEGAL_PERSON',
    agencyId: 'a1',
    naturalKey: 'key',
    contentHash: 'hash',
    fields: { name: '甲公司', documentNumber: '市监罚〔2026〕1号' },
    decidedOn: '2026-03-01' as CivilDate,
    ...fields,
  };
}

const code = (feed: string, field: string): string | undefined =>
  field === 'note'
    ? undefined
    : `${feed.endsWith('/penalty') ? 'CF' : 'XK'}_${field === 'name' ? 'MC' : 'WSH'}`;

describe('encodeBatch', () => {
  it('speaks the codes of the platform', () => {
    const { body, n } = encodeBatch([{ record: record(), operation: 'UPDATE' }], 'b1', ADDRESS, code);
    expect(n).to.equal(1);
    expect(JSON.parse(body)).to.deep.equal({
      batch: 'b1',
      template: 'g3',
      items: [
        {
          itemId: 'a1:2',
          key: 'key',
          contentHash: 'hash',
          operation: 'UPDATE',
          kind: 'PENALTY',
          sector: 'tax',
          agency: 'a1',
          data: { CF_MC: '甲公司', CF_WSH: '市监罚〔2026〕1号' },
        },
      ],
    });
  });

  it('leaves out fields the platform has no column for', () => {
    const noted = record({ fields: { name: '甲公司', note: 'x' } });
    const { body } = encodeBatch([{ record: noted, operation: 'INSERT' }], 'b1', ADDRESS, code);
    expect((JSON.parse(body) as { items: { data: object }[] }).items[0]?.data).to.deep.equal({
      CF_MC: '甲公司',
    });
  });

  it('names the address for receipts when there is one', () => {
    const { body } = encodeBatch([], 'b1', { ...ADDRESS, callback: 'http://city.test/r' }, code);
    expect(JSON.parse(body)).to.include({ callback: 'http://city.test/r' });
  });

  it('leaves out what does not meet the schema and says where', () => {
    const bad = record({ recordId: 'a2', fields: { name: '' } });
    const { body, n, invalid } = encodeBatch(
      [
        { record: bad, operation: 'INSERT' },
        { record: record(), operation: 'INSERT' },
      ],
      'b1',
      ADDRESS,
      code,
    );
    expect(n).to.equal(1);
    expect([...invalid]).to.deep.equal([['a2:2', { code: 'PUSH_SCHEMA', message: '/data/CF_MC' }]]);
    expect(body).not.to.include('a2:2');
  });
});

describe('decodeAnswer', () => {
  const decode = (text: string) => decodeAnswer(Buffer.from(text));

  it('takes the first word on an item', () => {
    const said = decode(
      '{"batch":"b","results":[{"itemId":"1:1","result":"refused","code":"E1","message":"重复"},{"itemId":"1:1","result":"accepted"}]}',
    );
    expect(said?.batch).to.equal('b');
    expect([...(said?.outcomes ?? [])]).to.deep.equal([
      ['1:1', { result: 'refused', code: 'E1', message: '重复' }],
    ]);
  });

  for (const text of [
    '',
    'null',
    '[]',
    '<html></html>',
    '{"batch":"b"}',
    '{"batch":"b","results":[{"itemId":"1:1"}]}',
    '{"batch":"b","results":[{"itemId":"1:1","result":"ok"}]}',
    '{"results":[]}',
  ]) {
    it(`takes no meaning from ${text === '' ? 'nothing' : text}`, () => {
      expect(decode(text)).to.equal(undefined);
    });
  }
});

describe('httpJsonAdapter', () => {
  const calls: HttpRequest[] = [];
  const adapterOn = (answer: Partial<HttpAnswer> | Error) => {
    calls.length = 0;
    const client: HttpClient = {
      async send(call) {
        calls.push(call);
        if (answer instanceof Error) throw answer;
        return { status: 200, body: Buffer.alloc(0), ...answer };
      },
      close: () => Promise.resolve(),
    };
    return httpJsonAdapter(client, code);
  };
  const signal = new AbortController().signal;
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  const send = async (answer: Partial<HttpAnswer> | Error) =>
    adapterOn(answer).send('{}', 'b1', ADDRESS, signal);
  const ask = async (answer: Partial<HttpAnswer> | Error) => adapterOn(answer).ask('b1', ADDRESS, signal);

  it('posts with token and idempotency key', async () => {
    await send({ body: json({ batch: 'b1', results: [] }) });
    expect(calls[0]).to.deep.include({ method: 'POST', url: 'http://province.test/api/batches' });
    expect(calls[0]?.headers).to.include({ authorization: 'Bearer secret', 'idempotency-key': 'b1' });
  });

  for (const [what, answer, wanted] of [
    ['an answer', { body: json({ batch: 'b1', results: [] }) }, { kind: 'ANSWER' }],
    [
      'the answer to another batch',
      { body: json({ batch: 'b2', results: [] }) },
      { kind: 'UNKNOWN', code: 'HTTP_200' },
    ],
    ['an answer that cannot be read', { body: Buffer.from('oops') }, { kind: 'UNKNOWN', code: 'HTTP_200' }],
    ['500', { status: 500 }, { kind: 'UNKNOWN', code: 'HTTP_500' }],
    ['503', { status: 503 }, { kind: 'UNKNOWN', code: 'HTTP_503' }],
    ['408', { status: 408 }, { kind: 'UNKNOWN', code: 'HTTP_408' }],
    ['409', { status: 409 }, { kind: 'UNKNOWN', code: 'HTTP_409' }],
    ['302', { status: 302 }, { kind: 'UNKNOWN', code: 'HTTP_302' }],
    ['400', { status: 400 }, { kind: 'TURNED_DOWN', code: 'HTTP_400', ours: true }],
    ['413', { status: 413 }, { kind: 'TURNED_DOWN', code: 'HTTP_413', ours: true }],
    ['401', { status: 401 }, { kind: 'TURNED_DOWN', code: 'HTTP_401', ours: false }],
    ['429', { status: 429 }, { kind: 'TURNED_DOWN', code: 'HTTP_429', ours: false }],
    ['no connection', new UpstreamError('NOT_CONNECTED', true), { kind: 'NOT_SENT', code: 'NOT_CONNECTED' }],
    ['no answer', new UpstreamError('NO_ANSWER', true), { kind: 'UNKNOWN', code: 'NO_ANSWER' }],
  ] as const) {
    it(`takes ${what} to a push as ${wanted.kind}`, async () => {
      expect(await send(answer)).to.include(wanted);
    });
  }

  for (const [what, answer, wanted] of [
    ['a status', { body: json({ batch: 'b1', results: [] }) }, { kind: 'KNOWN' }],
    ['the clear word', { status: 404, body: json({ code: 'BATCH_UNKNOWN' }) }, { kind: 'NEVER_SEEN' }],
    ['another 404', { status: 404, body: Buffer.from('<html>') }, { kind: 'FAILED', code: 'HTTP_404' }],
    [
      'another code',
      { status: 404, body: json({ code: 'NO_SUCH_ADDRESS' }) },
      { kind: 'FAILED', code: 'HTTP_404' },
    ],
    ['the word with 500', { status: 500, body: json({ code: 'BATCH_UNKNOWN' }) }, { kind: 'FAILED' }],
    ['no connection', new UpstreamError('NOT_CONNECTED', true), { kind: 'FAILED', code: 'NOT_CONNECTED' }],
  ] as const) {
    it(`takes ${what} to a question for a batch as ${wanted.kind}`, async () => {
      expect(await ask(answer)).to.include(wanted);
    });
  }

  it('passes faults of our own on', async () => {
    let error: unknown;
    try {
      await send(new RangeError('ours'));
    } catch (caught) {
      error = caught;
    }
    expect(error).to.be.instanceOf(RangeError);
  });
});
