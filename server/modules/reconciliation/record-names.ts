import type { Viewer } from '../../auth/viewer.ts';
import type { CreditRecord } from '../credit-record/index.ts';
import type { DifferenceDoc } from './reconciliation.model.ts';

/** What a person knows a record by. */
export interface RecordName {
  readonly documentNumber?: string;
  /** Masked for natural persons. */
  readonly counterpartName?: string;
}

/** Where records are found as people see them. */
export interface RecordShelf {
  visibleOf(
    viewer: Viewer,
    ids: readonly string[],
  ): Promise<readonly Pick<CreditRecord, 'id' | 'documentNumber' | 'counterpartName'>[]>;
}

/** By record id. A stored difference has keys alone; names are read for the page that is shown, by who may read them. */
export async function namesOf(
  shelf: RecordShelf,
  viewer: Viewer,
  differences: readonly DifferenceDoc[],
): Promise<ReadonlyMap<string, RecordName>> {
  const ids = new Set(differences.flatMap(({ recordId }) => recordId ?? []));
  const found = await shelf.visibleOf(viewer, [...ids]);
  return new Map(
    found.map(({ id, documentNumber, counterpartName }) => [
      id,
      {
        ...(documentNumber === '' ? {} : { documentNumber }),
        ...(counterpartName === '' ? {} : { counterpartName }),
      },
    ]),
  );
}
