import type { ClientSession } from 'mongoose';
import { allKinds, kindOf, type RecordKind } from '../template/index.ts';
import type { CreditRecordDoc, Repair } from './credit-record.model.ts';
import type { CreditRecordRepository } from './credit-record.repository.ts';
import type { RowOutcome } from './credit-record.types.ts';
import type { PreparedRow } from './upsert.ts';

let repairable: ReadonlySet<RecordKind> | undefined;

function isRepairable(kind: RecordKind): boolean {
  repairable ??= new Set(allKinds().flatMap(({ repairs }) => repairs?.kind ?? []));
  return repairable.has(kind);
}

function isStanding({ kind, state, fields }: CreditRecordDoc): boolean {
  const revokedOn = fields[kindOf(kind).repairs?.revokedOn ?? ''] ?? '';
  return revokedOn === '' && state !== 'REVOKED';
}

/** The repair that counts of all those of one record: the first one that was not taken back. Pure. */
export function standingRepair(repairs: readonly CreditRecordDoc[]): Repair | undefined {
  const order = ({ decidedOn, _id }: CreditRecordDoc): string => `${decidedOn} ${_id.toHexString()}`;
  const [first] = repairs.filter(isStanding).sort((a, b) => (order(a) < order(b) ? -1 : 1));
  if (!first) return undefined;
  return { on: first.decidedOn, authority: first.fields['authorityName'] ?? '', recordId: first._id };
}

function isSameRepair(a: Repair | undefined, b: Repair | undefined): boolean {
  return a?.on === b?.on && a?.authority === b?.authority && String(a?.recordId) === String(b?.recordId);
}

/** Of the records with these keys those that are not what the stored repairs say, with what they say. */
async function outdated(
  keys: readonly string[],
  repository: CreditRecordRepository,
  tx?: ClientSession,
): Promise<{ readonly record: CreditRecordDoc; readonly repaired: Repair | undefined }[]> {
  const repairs = new Map<string, CreditRecordDoc[]>();
  for (const repair of await repository.repairsOf(keys, tx)) {
    const key = repair.repairs ?? '';
    repairs.set(key, [...(repairs.get(key) ?? []), repair]);
  }
  if (repairs.size === 0) return [];
  return [...(await repository.byKeys([...repairs.keys()], tx)).values()].flatMap((record) => {
    const repaired = standingRepair(repairs.get(record.naturalKey) ?? []);
    return isSameRepair(record.repaired, repaired) ? [] : [{ record, repaired }];
  });
}

/**
 * Brings the records that rows of a chunk are about, as repairs or as what was repaired before it came, to what the
 * stored repairs say. @returns those that changed, as they are now
 */
export async function applyRepairs(
  rows: readonly PreparedRow[],
  outcomeOf: (seq: number) => RowOutcome | undefined,
  repository: CreditRecordRepository,
  tx: ClientSession,
): Promise<CreditRecordDoc[]> {
  const keys = rows.flatMap(({ seq, naturalKey, repairs, draft }) => {
    if (repairs !== undefined) return [repairs];
    return isRepairable(draft.kind) && outcomeOf(seq) === 'INSERTED' ? [naturalKey] : [];
  });
  if (keys.length === 0) return [];
  const changed = (await outdated([...new Set(keys)], repository, tx)).map(({ record, repaired }) => {
    const { repaired: _before, ...rest } = record;
    return repaired ? { ...rest, repaired } : rest;
  });
  await repository.setRepaired(
    changed.map(({ _id, repaired }: CreditRecordDoc) => ({ id: _id, repaired })),
    tx,
  );
  return changed;
}

/** Ids of records that are not what their repairs say, some hundred repairs at a time: for `credit verify`. */
export async function* unappliedRepairs(
  repository: CreditRecordRepository,
): AsyncGenerator<{ readonly checked: number; readonly ids: readonly string[] }> {
  for (let last: string | undefined; ;) {
    const found = await repository.repairsAfter(last, 500);
    if (found.length === 0) return;
    const keys = [...new Set(found.flatMap(({ repairs = [] }) => repairs))];
    const wrong = await outdated(keys, repository);
    yield { checked: found.length, ids: wrong.map(({ record }) => record._id.toHexString()) };
    last = found.at(-1)?._id.toHexString();
  }
}
