import type { Doc } from '../bson.ts';
import type { Engine, Request } from '../engine.ts';
import { fail } from '../error.ts';
import { noSuchTransaction } from '../transaction.ts';

/** One transaction of one session: `lsid` and `txnNumber` name it. */
export function transactionId(body: Doc): string | undefined {
  const session = body['lsid'] as { id?: { toString(encoding?: string): string } } | undefined;
  if (body['autocommit'] !== false || session?.id === undefined) return undefined;
  return `${session.id.toString('hex')}/${String(body['txnNumber'])}`;
}

/**
 * Committing again what has been committed is answered with ok.
 * @throws MongoError 251: with the label that lets the driver start again only when the transaction is known not to
 * have been committed. Of one that this store has never seen (it was restarted in between) nobody knows.
 */
export function commitTransaction({ body, engine }: Request): Doc {
  const id = transactionId(body) ?? noSuchTransaction();
  const transaction = engine.transactions.find(id);
  if (transaction) engine.commit(transaction);
  else {
    const outcome = engine.transactions.outcome(id);
    if (outcome === 'aborted') noSuchTransaction();
    if (outcome === undefined)
      fail(251, 'The store was restarted; whether the transaction was committed is not known');
  }
  return { ok: 1 };
}

export function abortTransaction({ body, engine }: Request): Doc {
  const transaction = engine.transactions.find(transactionId(body) ?? noSuchTransaction());
  if (!transaction) return noSuchTransaction();
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
