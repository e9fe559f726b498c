import type { Socket } from 'node:net';
import { expect } from 'chai';
import { connectDb, type Db } from '../../../server/db/connect.ts';
import { testDb, type TestDb } from '../../support/store.ts';

/** What the driver keeps to itself. */
interface Inside {
  readonly topology: {
    readonly s: {
      readonly servers: ReadonlyMap<
        string,
        { readonly pool: { readonly connections: Iterable<{ socket: Socket }> } }
      >;
    };
  };
}

describe('a connection whose other end has just gone', () => {
  let store: TestDb;
  const socketsOf = ({ conn }: Db): Socket[] => {
    const { topology } = conn.getClient() as unknown as Inside;
    return [...topology.s.servers.values()].flatMap(({ pool }) =>
      [...pool.connections].map(({ socket }) => socket),
    );
  };

  beforeEach(async () => {
    store = await testDb();
    await store.db.conn.collection('things').insertOne({ v: 1 });
  });
  afterEach(() => store.drop());

  it('does not hold a command for ever', async () => {
    expect(socketsOf(store.db)).not.to.be.empty;
    for (const socket of socketsOf(store.db)) socket.destroy();
    const found = await store.db.conn.collection('things').findOne({}).catch(String);
    expect(found).to.satisfy(
      (value: unknown) => typeof value === 'string' || (value as { v: number }).v === 1,
    );
    expect(await store.db.conn.collection('things').countDocuments()).to.equal(1);
  });

  it('does not hold a transaction for ever', async () => {
    for (const socket of socketsOf(store.db)) socket.destroy();
    await store.db.inTransaction((session) =>
      store.db.conn.collection('things').insertOne({ v: 2 }, { session }),
    );
    expect(await store.db.conn.collection('things').countDocuments()).to.equal(2);
  });

  it('does not hold the close', async () => {
    const other = await connectDb(store.uri);
    await other.conn.collection('things').findOne({});
    for (const socket of socketsOf(other)) socket.destroy();
    await other.close();
  });
});
