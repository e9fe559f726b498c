import type { Row } from './columns.ts';
import type { Column } from '../modules/template/index.ts';
import type { Decision } from './decisions.ts';
import type { OtherRow } from './other-rows.ts';
import type { Random } from './random.ts';

/** A mistake that clerks make, and the code with which the row must be refused for it. */
interface Fault {
  readonly code: string;
  fits(decision: Decision): boolean;
  spoil(row: Row, decision: Decision): Row;
}

/** 万元; above it a fine waits for a confirmation, because it was probably written in yuan. */
const FINE_LIMIT_WAN = 1000;

const fine = ({ content }: Decision): number => (content.kind === 'PENALTY' ? (content.fineYuan ?? 0) : 0);
const isLicence = ({ content }: Decision): boolean => content.kind === 'LICENSE';

const FAULTS: readonly Fault[] = [
  {
    code: 'FEED_USCC_CHECK',
    fits: ({ counterpart }) => counterpart.uscc !== undefined,
    spoil: (row) => {
      const code = row['uscc'] ?? '';
      return { ...row, uscc: code.slice(0, 17) + (code.endsWith('7') ? '8' : '7') };
    },
  },
  {
    code: 'FEED_USCC_KIND_MISMATCH',
    fits: ({ counterpart }) => counterpart.kind === 'INDIVIDUAL_BUSINESS',
    spoil: (row) => ({ ...row, counterpartKind: '法人及非法人组织' }),
  },
  {
    code: 'FEED_REQUIRED',
    fits: () => true,
    spoil: (row) => ({ ...row, content: '' }),
  },
  {
    code: 'FEED_DATE_FUTURE',
    fits: () => true,
    spoil: (row, decision) =>
      isLicence(decision)
        ? { ...row, decidedOn: '2098/06/02', validFrom: '2098/06/02', validTo: '2099/12/31' }
        : { ...row, decidedOn: '2098/06/02', publicUntil: '' },
  },
  {
    code: 'FEED_REQUIRED_FOR',
    fits: (decision) => fine(decision) > 0,
    spoil: (row) => ({ ...row, fine: '' }),
  },
  {
    code: 'CONFIRM_FINE_LARGE',
    fits: (decision) => fine(decision) > FINE_LIMIT_WAN,
    spoil: (row, decision) => ({ ...row, fine: String(fine(decision)) }),
  },
];

const FUTURE = '2098/06/02';
const END = '2099/12/31';

/** The same mistakes in a row of which only the columns are known. */
function otherFaults({ row, columns, counterpart }: OtherRow): { code: string; row: Row }[] {
  const filled = (column: Column): boolean => (row[column.field] ?? '') !== '';
  const isPlain = ({ field, type, values }: Column): boolean =>
    type === 'TEXT' && values === undefined && field !== 'counterpartName';
  const isFilled = ({ agencyDefault, emptyValue }: Column): boolean =>
    agencyDefault !== undefined || emptyValue?.fill === true;
  const required = columns.find(
    (column) => column.require[counterpart.kind] === 'R' && isPlain(column) && !isFilled(column),
  );
  const chosen = columns.find((column) => column.options && filled(column));
  const late = columns.filter((column) => column.notBefore && filled(column));
  const code = row['uscc'] ?? '';
  return [
    ...(code === ''
      ? []
      : [
          {
            code: 'FEED_USCC_CHECK',
            row: { ...row, uscc: code.slice(0, 17) + (code.endsWith('7') ? '8' : '7') },
          },
        ]),
    ...(required ? [{ code: 'FEED_REQUIRED', row: { ...row, [required.field]: '' } }] : []),
    ...(chosen ? [{ code: 'FEED_OPTION_UNKNOWN', row: { ...row, [chosen.field]: '见附件' } }] : []),
    {
      code: 'FEED_DATE_FUTURE',
      row: {
        ...row,
        ...Object.fromEntries(late.map(({ field }) => [field, END])),
        decidedOn: FUTURE,
      },
    },
  ];
}

export function spoilOther(random: Random, made: OtherRow): { readonly row: Row; readonly code: string } {
  return random.pick(otherFaults(made));
}

/** Spoils a row with one mistake that it can hold. */
export function spoil(
  random: Random,
  row: Row,
  decision: Decision,
): { readonly row: Row; readonly code: string } {
  const fault = random.pick(FAULTS.filter(({ fits }) => fits(decision)));
  return { row: fault.spoil(row, decision), code: fault.code };
}
