import { Button } from 'antd';
import { useState } from 'react';
import { useQuery } from 'urql';
import { ProblemRowsDocument, type ProblemRowsQuery } from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager, Tag } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { RecordThread } from '../thread/RecordThread.tsx';

type Row = ProblemRowsQuery['problemRows']['edges'][number]['node'];

const PAGE_SIZE = 20;

const columnsWith = (onOpen: (row: Row) => void): readonly Column<Row>[] => [
  { title: '行号', width: '5em', numeric: true, render: (row) => (row.row === 0 ? '—' : row.row) },
  { title: '文书号', width: '24%', render: (row) => row.documentNumber ?? '—' },
  {
    title: '疑问原因',
    render: (row) => (
      <ul className="faults">
        {row.faults.map(({ column, code, message }) => (
          <li key={`${column} ${code}`}>
            <b>{column}</b>：{message}
          </li>
        ))}
      </ul>
    ),
  },
  {
    title: '处理',
    width: '6em',
    render: (row) => (
      <>
        {row.corrected ? <Tag tone="good">已更正</Tag> : <Tag tone="warn">待更正</Tag>}
        {row.recordId !== null && (
          <Button
            size="small"
            onClick={() => onOpen(row)}
            aria-label={`${row.documentNumber ?? ''} 办理过程`}
          >
            过程
          </Button>
        )}
      </>
    ),
  },
];

/** Refused rows of a batch with the reason per column. */
export function ProblemRows({ batchId }: { batchId: string }) {
  const pages = usePages();
  const [open, setOpen] = useState<Row>();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ProblemRowsDocument,
    variables: { batchId, first: PAGE_SIZE, after: pages.after },
  });
  if (fetching) return <Loading />;
  if (error) return <Failure error={error} onRetry={refetch} />;
  const rows = data?.problemRows.edges.map(({ node }) => node) ?? [];
  if (rows.length === 0 && pages.number === 1) return <Nothing>没有疑问数据。</Nothing>;
  return (
    <>
      <DataTable caption="疑问数据" columns={columnsWith(setOpen)} rows={rows} rowKey={(row) => row.id} />
      <Pager pages={pages} pageInfo={data?.problemRows.pageInfo} />
      <RecordThread
        recordId={open?.recordId ?? undefined}
        title={open?.documentNumber ?? ''}
        onClose={() => setOpen(undefined)}
      />
    </>
  );
}
