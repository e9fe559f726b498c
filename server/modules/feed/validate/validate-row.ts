import type { RawRow, RowResult } from '../feed.types.ts';
import { checkColumn } from './check-column.ts';
import { checkTogether } from './check-together.ts';
import { cleanText } from './clean-text.ts';
import { settleCounterpartKind } from './counterpart.ts';
import { draftOf } from './draft.ts';
import { planOf, type Plan, type Slot } from './plan.ts';
import { readCell } from './read-cell.ts';
import { RowState, type RowTerms } from './row-state.ts';

export interface RowRules extends RowTerms {
  /** `<sector>/<feed>` */
  readonly feed: string;
}

const YES = new Set(['是', 'Y', 'YES', '确认']);

function isConfirmed(plan: Plan, row: RawRow): boolean {
  const cell = row.cells[plan.confirmCell];
  return typeof cell === 'string' && YES.has(cleanText(cell).toUpperCase());
}

function readSlot(state: RowState, index: number, slot: Slot, row: RawRow): void {
  const first = slot.cells[0];
  if (first === undefined) return;
  let text = readCell(state, index, slot, row.cells[first]);
  // Only 处罚类别 stands in several columns, and it is a list.
  for (let i = 1; i < slot.cells.length; i += 1) {
    const more = readCell(state, index, slot, row.cells[slot.cells[i] as number]);
    if (more !== '') text = text === '' ? more : `${text}；${more}`;
  }
  state.texts[index] = text;
}

/**
 * Checks one row by all rules that need no store and puts it into the terms of the current template. Pure: the same
 * row, feed, agency, day and lists give the same answer. Never throws on what a file may hold.
 * @returns every fault, at most one per column, in the order of the template; the draft when none refuses the row
 */
export function validateRow(row: RawRow, rules: RowRules): RowResult {
  const plan = planOf(rules.feed, row);
  const state = new RowState(plan, isConfirmed(plan, row), rules);
  const { slots } = plan;
  for (let index = 0; index < slots.length; index += 1) readSlot(state, index, slots[index] as Slot, row);
  settleCounterpartKind(state);
  for (let index = 0; index < slots.length; index += 1) checkColumn(state, index, slots[index] as Slot);
  checkTogether(state);
  const faults = state.faults();
  if (state.refused() || state.counterpartKind === undefined) return { faults };
  return { draft: draftOf(state, state.counterpartKind), faults };
}
