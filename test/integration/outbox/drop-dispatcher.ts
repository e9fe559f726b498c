import { connectDb } from '../../../server/db/connect.ts';
import { derivedRecords } from '../../support/derived-records.ts';
import { testOutbox } from '../../support/upstream.ts';

/** A dispatcher on the store of another process, for a test that kills it. */
const { outbox } = testOutbox(await connectDb(process.argv[2] ?? ''), { source: derivedRecords });
console.log('ready');
await outbox.startDispatcher({ signal: new AbortController().signal });
