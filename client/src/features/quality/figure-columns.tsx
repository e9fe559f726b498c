import type { QualityFiguresFragment } from '../../graphql/__generated__/documents.ts';
import type { Column } from '../../shared/DataTable.tsx';
import { formatCount } from '../../shared/format.ts';
import { percentText } from './periods.ts';

/** 迟报率 above which an agency is named. */
const LATE_NAMED = 500_000;

function number<T extends QualityFiguresFragment>(title: string, count: (row: T) => number): Column<T> {
  return { title, width: '5em', numeric: true, render: (row) => formatCount(count(row)) };
}

/** Volume and rates, the same wherever they are shown. */
export function figureColumns<T extends QualityFiguresFragment>(): readonly Column<T>[] {
  return [
    number('归集量', ({ received }) => received),
    number('入库量', ({ stored }) => stored),
    { title: '合规率', width: '5.6em', numeric: true, render: ({ rates }) => percentText(rates.compliance) },
    { title: '及时率', width: '5.6em', numeric: true, render: ({ rates }) => percentText(rates.timely) },
    {
      title: '迟报率',
      width: '5.6em',
      numeric: true,
      render: ({ rates }) => (
        <span className={(rates.late ?? 0) > LATE_NAMED ? 'alert' : undefined}>
          {percentText(rates.late)}
        </span>
      ),
    },
    { title: '疑问率', width: '5.6em', numeric: true, render: ({ rates }) => percentText(rates.problem) },
    { title: '重复率', width: '5.6em', numeric: true, render: ({ rates }) => percentText(rates.duplicate) },
    { title: '错码率', width: '5.6em', numeric: true, render: ({ rates }) => percentText(rates.wrongCode) },
    {
      title: '漏报/应报',
      width: '5.6em',
      numeric: true,
      render: ({ gaps, duePeriods }) => (
        <span className={gaps > 0 ? 'alert' : undefined}>
          {gaps}/{duePeriods}
        </span>
      ),
    },
  ];
}
