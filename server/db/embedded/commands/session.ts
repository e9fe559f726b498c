import type { Doc } from '../bson.ts';
import type { Engine, Request } from '../engine.ts';
import { MongoError } from '../error.ts';

/** One transaction of one session: `lsid` and `txnNumber` name it. */
export function transactionId(body: Doc): string | undefined {
  const session = body['lsid'] as { id?: { toString(encoding?: string): string } } | undefined;
  if (body['autocommit'] !== false || session?.id === undefined) return undefined;
  return `${session.id.toString('hex')}/${String(body['txnNumber'])}`;
}

function unknown(): never {
  throw new MongoError(251, 'Given transaction number does not match any in-progress transactions', {}, [
    'TransientTransactionError',
  ]);
}

/** Committing again what has been committed is answered with ok. */
export function commitTransaction({ body, engine }: Request): Doc {
  const id = transactionId(body) ?? unknown();
  const transaction = engine.transactions.find(id);
  if (transaction) engine.commit(transaction);
  else if (!engine.transactions.wasCommitted(id)) unknown();
  return { ok: 1 };
}

export function abortTransaction({ body, engine }: Request): Doc {
  const id = transactionId(body) ?? unknown();
  const transaction = engine.transactions.find(id);
  if (!transaction) return unknown();
  engine.transactions.end(transaction);
  return { ok: 1 };
}

export function endSessions({ body, engine }: { body: Doc; engine: Engine }): Doc {
  for (const session of (body['endSessions'] as Doc[] | undefined) ?? []) {
    const prefix = `${(session['id'] as { toString(encoding?: string): string }).toString('hex')}/`;
    engine.transactions.endSession(prefix);
  }
  return { ok: 1 };
}
