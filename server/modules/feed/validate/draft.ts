import type { CivilDate } from '../../../lib/civil-date.ts';
import { checkPersonId } from '../../../lib/person-id.ts';
import { USCC_PLACEHOLDER } from '../../../lib/uscc.ts';
import type { RecordDraft } from '../../credit-record/index.ts';
import type { CounterpartKind } from '../../template/index.ts';
import type { Slot } from './plan.ts';
import type { RowState } from './row-state.ts';

interface Split {
  readonly fields: Record<string, string>;
  readonly personal: Record<string, string>;
}

/** The tax number of an individual business may be its operator's citizen number. */
function isPersonal(slot: Slot, text: string, kind: CounterpartKind, today: CivilDate): boolean {
  const { column } = slot;
  if (column.disclosure === 'PERSONAL') return true;
  if (kind === 'NATURAL_PERSON') return column.personalForPersons === true;
  return column.field === 'taxNumber' && kind === 'INDIVIDUAL_BUSINESS' && checkPersonId(text, today).ok;
}

function split(row: RowState, kind: CounterpartKind): Split {
  const fields: Record<string, string> = {};
  const personal: Record<string, string> = {};
  const { slots } = row.plan;
  for (let index = 0; index < slots.length; index += 1) {
    const text = row.texts[index] as string;
    if (text === '') continue;
    const slot = slots[index] as Slot;
    const target = isPersonal(slot, text, kind, row.today) ? personal : fields;
    target[slot.column.field] = text;
  }
  fields.counterpartKind ??= row.lists.counterpartKindNames[kind];
  impliedIdType(row, fields, personal);
  return { fields, personal };
}

/** Older editions name the type in the title of the column (身份证号); the current one asks for it. */
function impliedIdType(
  row: RowState,
  fields: Record<string, string>,
  personal: Record<string, string>,
): void {
  for (const [field, number] of Object.entries(personal)) {
    const slot = row.plan.slots[row.plan.at.get(field) as number] as Slot;
    const { idTypeField } = slot.column;
    if (idTypeField === undefined || !slot.citizenId || !checkPersonId(number, row.today).ok) continue;
    fields[idTypeField] ??= '身份证';
  }
}

function date(row: RowState, field: string): CivilDate | undefined {
  return (row.text(field) || undefined) as CivilDate | undefined;
}

/** What a record goes by: its number, or where such records have none, what tells it from others: 2023年度. */
function numberOf(row: RowState): string {
  const number = row.text('documentNumber');
  if (number !== '') return number;
  return row.plan.key
    .map((field) => row.text(field))
    .filter((text) => text !== '')
    .join(' ');
}

/** The draft of a row without faults that refuse it. */
export function draftOf(row: RowState, kind: CounterpartKind): RecordDraft {
  const { fields, personal } = split(row, kind);
  const uscc = row.text('uscc');
  const validFrom = date(row, 'validFrom');
  const validTo = date(row, 'validTo');
  const publicUntil = date(row, 'publicUntil');
  return {
    feed: row.plan.feed,
    kind: row.plan.kind,
    counterpartKind: kind,
    counterpartName: row.text('counterpartName'),
    ...(uscc === '' || uscc === USCC_PLACEHOLDER ? {} : { uscc }),
    documentNumber: numberOf(row),
    authorityName: row.text('authorityName'),
    authorityCode: row.text('authorityCode'),
    decidedOn: row.text('decidedOn') as CivilDate,
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
    ...(publicUntil === undefined ? {} : { publicUntil }),
    state: row.state ?? 'VALID',
    penaltyKinds: row.penaltyKinds ?? [],
    ...(row.fine === undefined || row.text('fine') === '' ? {} : { fineFen: row.fine }),
    ...(row.confiscated === undefined || row.text('confiscated') === ''
      ? {}
      : { confiscatedFen: row.confiscated }),
    fields,
    personal,
    generation: row.plan.generation,
  };
}
