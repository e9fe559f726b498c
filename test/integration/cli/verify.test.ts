import { randomBytes } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { Types } from 'mongoose';
import { systemViewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { verify } from '../../../server/cli/verify.ts';
import { nativeCollection } from '../../../server/db/native.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { bring, csvFile, range, rowOf } from '../feed/feeds.ts';

interface Doc {
  _id: Types.ObjectId;
  [field: string]: unknown;
}

interface TextDoc {
  _id: string;
  [field: string]: unknown;
}

describe('credit verify', function () {
  this.timeout(120_000);

  let context: TestContext;
  let app: AppContext;

  before(async () => {
    const clock = movableClock();
    context = await testContext({ clock });
    ({ app } = context);
    const platform = { url: 'http://127.0.0.1:9', token: 'token', enabled: true };
    for (const code of ['province', 'second'])
      await app.outbox.setPlatform(systemViewer, { code, ...platform });
    // Behind the second pass nothing is being taken in any more.
    clock.forward(70_000);
    for (const code of ['province', 'second']) await app.outbox.enqueueBacklog(code);
    const rows = range(40).map((i) => rowOf('LICENSE', i));
    const people = range(6).map((i) => rowOf('LICENSE', 1000 + i, {}, 'NATURAL_PERSON'));
    await bring(app, csvFile('LICENSE', [...rows, ...people, rowOf('LICENSE', 41, { documentNumber: '' })]));
    // Second revisions, so that older items, revisions and superseded lots are there.
    const changed = range(10).map((i) => rowOf('LICENSE', i, { content: '许可内容有变' }));
    await bring(app, csvFile('LICENSE', changed));
  });
  after(() => context.close());

  const docs = (name: string) => nativeCollection<Doc>(app.db, name);
  const texts = (name: string) => nativeCollection<TextDoc>(app.db, name);
  async function faults(): Promise<Record<string, readonly string[]>> {
    const checks = await verify(app);
    return Object.fromEntries(
      checks.filter((check) => check.faults.length > 0).map((c) => [c.name, c.faults]),
    );
  }

  /** Breaks something, looks, and puts it back. */
  async function broken(
    name: string,
    id: Types.ObjectId | string,
    change: Record<string, unknown> | 'REMOVED',
  ): Promise<Record<string, readonly string[]>> {
    const collection = nativeCollection<{ _id: Types.ObjectId | string }>(app.db, name);
    const kept = await collection.findOne({ _id: id });
    if (!kept) throw new Error('nothing to break');
    if (change === 'REMOVED') await collection.deleteOne({ _id: id });
    else await collection.updateOne({ _id: id }, { $set: change });
    try {
      return await faults();
    } finally {
      await collection.replaceOne({ _id: id }, kept, { upsert: true });
    }
  }

  async function added(name: string, doc: TextDoc | Doc): Promise<Record<string, readonly string[]>> {
    const collection = nativeCollection<{ _id: Types.ObjectId | string }>(app.db, name);
    await collection.insertOne(doc);
    try {
      return await faults();
    } finally {
      await collection.deleteOne({ _id: doc._id });
    }
  }

  it('finds nothing where nothing is wrong, and tells how much it looked at', async () => {
    const checks = await verify(app);
    expect(checks.flatMap((check) => check.faults)).to.deep.equal([]);
    const looked = Object.fromEntries(checks.map(({ name, checked }) => [name, checked]));
    expect(looked).to.include({ records: 46, publications: 46, outbox: 112, 'problem-rows': 1, files: 2 });
  });

  it('sees a public copy that is missing, old, too much, or shows something else', async () => {
    const [first, second] = await docs('publications').find({}).sort({ _id: 1 }).limit(2).toArray();
    const { _id, fields } = first as Doc;
    expect(await broken('publications', _id, 'REMOVED')).to.deep.equal({
      publications: [`record ${_id.toHexString()} is not shown`],
    });
    const otherwise = { publications: [`record ${_id.toHexString()} is shown otherwise than it is`] };
    expect(await broken('publications', _id, { revision: 9 })).to.deep.equal(otherwise);
    expect(await broken('publications', _id, { counterpartName: '另一家' })).to.deep.equal(otherwise);
    expect(await broken('publications', _id, { shownUntil: '2020-01-01' })).to.deep.equal(otherwise);
    const more = { ...(fields as object), idNumber: 'x' };
    expect(await broken('publications', _id, { fields: more })).to.deep.equal(otherwise);
    const stray = new Types.ObjectId();
    expect(await added('publications', { ...(second as Doc), _id: stray })).to.deep.equal({
      publications: [`record ${stray.toHexString()} is shown and is not stored`],
    });
    const early = new Types.ObjectId('000000000000000000000001');
    expect(await added('publications', { ...(second as Doc), _id: early })).to.have.all.keys('publications');
  });

  it('sees items, lots and counters that do not agree', async () => {
    const [item] = await texts('outbox_items').find({}).sort({ _id: -1 }).limit(1).toArray();
    const { _id } = item as TextDoc;
    expect((await broken('outbox_items', _id, 'REMOVED'))['outbox']?.join()).to.include(
      'members have no item',
    );
    expect((await broken('outbox_items', _id, { lot: new Types.ObjectId() }))['outbox']).to.include(
      `${_id}: its lot does not hold it`,
    );
    const alone = `province:${new Types.ObjectId().toHexString()}:1`;
    expect((await added('outbox_items', { _id: alone, lot: new Types.ObjectId() }))['outbox']).to.include(
      `${alone}: its record is not stored`,
    );
    const [lot] = await docs('outbox_lots').find({ state: 'PENDING' }).limit(1).toArray();
    const { _id: lotId, n, members } = lot as Doc;
    expect((await broken('outbox_lots', lotId, { state: 'CONFIRMED' }))['outbox']?.join()).to.include(
      'CONFIRMED',
    );
    expect((await broken('outbox_lots', lotId, { n: Number(n) + 1 }))['outbox']?.join()).to.include('says');
    const twice = String(members).split(' ');
    twice[1] = twice[0] ?? '';
    expect((await broken('outbox_lots', lotId, { members: twice.join(' ') }))['outbox']?.join()).to.include(
      'its lot does not hold it',
    );
    expect(
      (await broken('outbox_lots', lotId, { state: 'SENT', tokens: ['gone'] }))['outbox']?.join(),
    ).to.include('lies in no open batch');
    expect((await broken('outbox_lots', lotId, 'REMOVED'))['outbox']?.length).to.be.greaterThan(1);
  });

  it('sees file numbers with a gap or a repeat, and files that are kept too long', async () => {
    const batch = (token: string, ...numbers: number[]) => ({
      _id: token,
      platform: 'province',
      state: 'DONE',
      lots: [],
      files: numbers.map((n) => ({ kind: 'LICENSE', name: `JC0101_20260302_0000${String(n)}.xml` })),
    });
    await texts('push_sequences').insertOne({ _id: 'province:2026-03-02', last: 3 });
    try {
      await texts('push_batches').insertOne(batch('t1', 1, 2));
      expect((await added('push_batches', batch('t2', 3)))['outbox']).to.equal(undefined);
      for (const wrong of [batch('t2'), batch('t2', 2), batch('t2', 4), batch('t2', 3, 3)])
        expect((await added('push_batches', wrong))['outbox']?.join()).to.include('with a gap or a repeat');
      const kept = { _id: 't1', platform: 'province', members: '', body: 'x' };
      expect((await added('push_files', kept))['outbox']?.join()).to.include('although its fate is known');
    } finally {
      await texts('push_sequences').deleteMany({});
      await texts('push_batches').deleteOne({ _id: 't1' });
    }
  });

  it('sees the item of a current revision that was never put in', async () => {
    const [record] = await docs('credit_records').find({ revision: 2 }).limit(1).toArray();
    const { _id } = record as Doc;
    const found = await broken('credit_records', _id, { revision: 3 });
    expect(found['outbox']).to.include(`province:${_id.toHexString()}:3: is not there`);
    expect(found['outbox']).to.include(`second:${_id.toHexString()}:3: is not there`);
  });

  it('sees problem rows, files and totals that do not agree', async () => {
    const [problem] = await texts('problem_rows').find({}).limit(1).toArray();
    const { _id, ...rest } = problem as TextDoc;
    // Its faults were counted too.
    expect(Object.keys(await broken('problem_rows', _id, 'REMOVED'))).to.deep.equal([
      'problem-rows',
      'quality',
    ]);
    const strange = await added('problem_rows', {
      ...rest,
      _id: 'x',
      batchId: new Types.ObjectId(),
      status: 'CORRECTED',
    });
    expect(strange['problem-rows']?.join()).to.include('of a batch that is not there');
    const [batch] = await docs('feed_batches').find({}).limit(1).toArray();
    const blobKey = randomBytes(32).toString('hex');
    const missing = await broken('feed_batches', (batch as Doc)._id, { blobKey });
    expect(missing['files']).to.deep.equal([
      `batch ${(batch as Doc)._id.toHexString()}: its file is not there`,
    ]);
  });

  it('counts stored files that no batch names; the weekly job takes away the old ones alone', async () => {
    const old = await app.blobs.put(Readable.from(['left behind']), 100);
    const young = await app.blobs.put(Readable.from(['being brought']), 100);
    const path = join(context.directory, 'files', old.key.slice(0, 2), old.key);
    const unreferenced = async () => (await verify(app)).find(({ name }) => name === 'files')?.unreferenced;
    expect(await unreferenced()).to.equal(2);
    const longAgo = new Date(Date.now() - 3 * 86_400_000);
    await utimes(path, longAgo, longAgo);
    const [batch] = await docs('feed_batches').find({}).limit(1).toArray();
    const used = String((batch as Doc)['blobKey']);
    await utimes(join(context.directory, 'files', used.slice(0, 2), used), longAgo, longAgo);
    const before = new Date(Date.now() - 86_400_000);
    expect(await app.feeds.sweepFiles(before, new AbortController().signal)).to.equal(1);
    expect(await app.feeds.sweepFiles(before, new AbortController().signal)).to.equal(0);
    expect([await app.blobs.has(old.key), await app.blobs.has(young.key)]).to.deep.equal([false, true]);
    expect(await faults()).to.deep.equal({});
    // What is brought again is as new: it stays.
    await app.blobs.put(Readable.from(['left behind']), 100);
    expect(await app.blobs.removeOlder(old.key, before)).to.equal(false);
    expect(await app.blobs.has(old.key)).to.equal(true);
  });
});
