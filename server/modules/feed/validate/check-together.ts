import { USCC_PLACEHOLDER } from '../../../lib/uscc.ts';
import type { Slot } from './plan.ts';
import type { RowState } from './row-state.ts';

function nameOf({ plan }: RowState, field: string): string {
  return plan.slots[plan.at.get(field) ?? -1]?.column.name ?? field;
}

function checkOrder(row: RowState, index: number, slot: Slot): void {
  const rule = slot.column.notBefore;
  if (!rule) return;
  const date = row.texts[index] as string;
  const earlier = row.text(rule.field);
  if (date === '' || earlier === '' || date >= earlier || row.failed(rule.field)) return;
  const other = nameOf(row, rule.field);
  row.fault(index, 'FEED_DATE_ORDER', { value: date, other, earlier }, rule.severity);
}

/** The value of the columns named that asks for this one; undefined where one of them cannot be told. */
function reasonFor(row: RowState, requiredWhen: NonNullable<Slot['column']['requiredWhen']>) {
  for (const [field, wanted] of Object.entries(requiredWhen)) {
    const values =
      field === 'penaltyKinds' ? row.penaltyKinds : row.failed(field) ? undefined : [row.text(field)];
    if (!values) return undefined;
    const kind = values.find((one) => wanted.includes(one));
    if (kind !== undefined) return { kind, field };
  }
  return { kind: undefined, field: Object.keys(requiredWhen)[0] ?? '' };
}

/** Columns that depend on others: amounts by the kinds of the penalty (R11), 未履行的承诺内容 by the fulfilment. */
function checkCondition(row: RowState, index: number, slot: Slot): void {
  const { column } = slot;
  if (!column.requiredWhen || row.failedAt(index)) return;
  const reason = reasonFor(row, column.requiredWhen);
  if (!reason) return;
  const { kind } = reason;
  const other = nameOf(row, reason.field);
  const text = row.texts[index] as string;
  if (kind === undefined) {
    if (!column.onlyThen) return;
    if (text !== '' && text !== '0')
      row.fault(index, 'FEED_NOT_EXPECTED', {
        other,
        kinds: Object.values(column.requiredWhen).flat().join('、'),
      });
    else row.texts[index] = '';
  } else if (text === '' && slot.cells.length === 0) {
    row.missingColumn(index);
  } else if (text === '') {
    row.fault(index, 'FEED_REQUIRED_FOR', { other, kind });
  } else if (column.positive && text === '0') {
    row.fault(index, 'FEED_AMOUNT_ZERO', { other, kind });
  }
}

/** An identity number needs its type, and the other way round. */
function checkIdPair(row: RowState, index: number, slot: Slot): void {
  const { idTypeField } = slot.column;
  if (idTypeField === undefined) return;
  const number = row.texts[index] as string;
  const typeIndex = row.plan.at.get(idTypeField);
  const type = row.text(idTypeField);
  if (number === '' && type !== '') row.fault(index, 'FEED_ID_NUMBER_MISSING', { type });
  if (number !== '' && type === '' && typeIndex !== undefined && !slot.citizenId) {
    row.fault(typeIndex, 'FEED_ID_TYPE_MISSING');
  }
}

function checkPairs(row: RowState, index: number, slot: Slot): void {
  const pairs = slot.column.codePairs;
  const code = row.text('uscc');
  if (!pairs || row.texts[index] === '' || code === '' || pairs.includes(code.slice(0, 2))) return;
  row.fault(index, 'FEED_NOT_FOR_KIND', { pairs: pairs.join('、') }, 'WARNING');
}

/** One of the codes of an organisation is enough in the edition of 2016 (R5); today's number is still missed. */
function checkOldCode(row: RowState): void {
  const code = row.text('uscc');
  if (row.plan.generation !== 'g1' || row.counterpartKind !== 'LEGAL_PERSON') return;
  if (code === '' || code === USCC_PLACEHOLDER) row.faultOf('uscc', 'FEED_USCC_ABSENT', undefined, 'WARNING');
}

/** Checks what needs more than one column; runs after every column was read. */
export function checkTogether(row: RowState): void {
  for (const index of row.plan.dependent) {
    const slot = row.plan.slots[index] as Slot;
    checkOrder(row, index, slot);
    checkCondition(row, index, slot);
    checkIdPair(row, index, slot);
    checkPairs(row, index, slot);
  }
  checkOldCode(row);
}
