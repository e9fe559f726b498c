import type { CivilDate } from '../../../lib/civil-date.ts';
import type { Fen } from '../../../lib/money.ts';
import { scrubPersonal } from '../../../lib/scrub.ts';
import {
  loadValueLists,
  type CounterpartKind,
  type DecisionState,
  type ValueLists,
} from '../../template/index.ts';
import type { CellFault, Severity } from '../feed.types.ts';
import type { Plan } from './plan.ts';

const RANK: Readonly<Record<Severity, number>> = { WARNING: 0, CONFIRM: 1, ERROR: 2 };
const LONGEST_PARAM = 40;

type Params = Readonly<Record<string, string | number>>;

/** A value of the file as a message may show it: cut, and without numbers of natural persons. */
function shown(value: string | number): string | number {
  if (typeof value === 'number') return value;
  const text = scrubPersonal(value);
  return text.length > LONGEST_PARAM ? `${[...text].slice(0, LONGEST_PARAM).join('')}…` : text;
}

export interface ReportingAgency {
  readonly name: string;
  readonly uscc: string;
}

/** What holds for all rows of a day. */
export interface RowTerms {
  /** Fills the columns that say who decided and who reports, where the feed allows it. */
  readonly agency?: ReportingAgency | undefined;
  /** Day of the report in Shanghai; a decision cannot be of a later day. */
  readonly today: CivilDate;
  /** The value lists of that day; those of the program when left out. */
  readonly lists?: ValueLists | undefined;
  /** Kinds of subjects that the catalogue of that day allows; those of the feed's file when left out. */
  readonly subjects?: readonly CounterpartKind[] | undefined;
}

/** One row on its way through the checks: texts by place in the plan, faults at most one per column. */
export class RowState {
  readonly plan: Plan;
  readonly today: CivilDate;
  readonly confirmed: boolean;
  /** Who reports. */
  readonly agency: ReportingAgency | undefined;
  readonly lists: ValueLists;
  /** Kinds of subjects the catalogue allows; undefined for all. */
  readonly subjects: readonly CounterpartKind[] | undefined;
  readonly texts: string[];
  readonly #faults: (CellFault | undefined)[];
  #clean = true;
  counterpartKind: CounterpartKind | undefined;
  state: DecisionState | undefined;
  penaltyKinds: readonly string[] | undefined;
  fine: Fen | undefined;
  confiscated: Fen | undefined;

  constructor(plan: Plan, confirmed: boolean, rules: RowTerms) {
    this.plan = plan;
    this.today = rules.today;
    this.agency = rules.agency;
    this.lists = rules.lists ?? loadValueLists();
    this.subjects = rules.subjects ?? plan.subjects;
    this.confirmed = confirmed;
    this.texts = new Array<string>(plan.slots.length).fill('');
    this.#faults = new Array<CellFault | undefined>(plan.slots.length).fill(undefined);
  }

  /** Text of a field; empty when the row has none. */
  text(field: string): string {
    return this.texts[this.plan.at.get(field) ?? -1] ?? '';
  }

  /** Whether this field was refused. */
  failed(field: string): boolean {
    return this.#faults[this.plan.at.get(field) ?? -1]?.severity === 'ERROR';
  }

  failedAt(index: number): boolean {
    return this.#faults[index]?.severity === 'ERROR';
  }

  /** Keeps the first fault of the highest severity of a column. A confirmed value only leaves a warning. */
  fault(index: number, code: string, params?: Params, asked: Severity = 'ERROR'): void {
    const severity = asked === 'CONFIRM' && this.confirmed ? 'WARNING' : asked;
    const { field, name } = (this.plan.slots[index] as Plan['slots'][number]).column;
    const found =
      params && Object.fromEntries(Object.entries(params).map(([key, value]) => [key, shown(value)]));
    this.#keep(index, { field, column: name, code, ...(found ? { params: found } : {}), severity });
  }

  faultOf(field: string, code: string, params?: Params, severity?: Severity): void {
    const index = this.plan.at.get(field);
    if (index !== undefined) this.fault(index, code, params, severity);
  }

  missingColumn(index: number): void {
    this.#keep(index, (this.plan.slots[index] as Plan['slots'][number]).missing);
  }

  #keep(index: number, fault: CellFault): void {
    this.#clean = false;
    const known = this.#faults[index];
    if (!known || RANK[fault.severity] > RANK[known.severity]) this.#faults[index] = fault;
  }

  faults(): readonly CellFault[] {
    return this.#clean ? [] : this.#faults.filter((fault) => fault !== undefined);
  }

  refused(): boolean {
    return !this.#clean && this.#faults.some((fault) => fault !== undefined && fault.severity !== 'WARNING');
  }
}
