import { Link } from 'react-router';
import type { BatchRowFragment } from '../../graphql/__generated__/documents.ts';
import { Tag } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { batchState, formatCount, formatInstant, ROW_OUTCOMES } from '../../shared/format.ts';
import { FeedName } from './feeds.tsx';

export function BatchStateTag({ status }: { status: string }) {
  const { text, tone } = batchState(status);
  return <Tag tone={tone}>{text}</Tag>;
}

const columns: readonly Column<BatchRowFragment>[] = [
  { title: '接收时间', width: '10.5em', render: (row) => formatInstant(row.receivedAt) },
  { title: '数据目录', width: '10em', render: (row) => <FeedName path={row.feed} /> },
  { title: '信源单位', width: '10em', render: (row) => row.agency?.name ?? '—' },
  {
    title: '文件',
    render: (row) => <Link to={`/batches/${encodeURIComponent(row.id)}`}>{row.fileName}</Link>,
  },
  { title: '状态', width: '6em', render: (row) => <BatchStateTag status={row.status} /> },
  { title: '读取', width: '4.8em', numeric: true, render: (row) => formatCount(row.rows.read) },
  ...ROW_OUTCOMES.map(({ key, text }) => ({
    title: text,
    width: '4.8em',
    numeric: true,
    render: (row: BatchRowFragment) =>
      key === 'refused' && row.rows.refused > 0 ? (
        <Link className="alert" to={`/batches/${encodeURIComponent(row.id)}`}>
          {formatCount(row.rows.refused)}
        </Link>
      ) : (
        formatCount(row.rows[key])
      ),
  })),
];

export function BatchTable(props: {
  caption: string;
  batches: readonly BatchRowFragment[];
  withAgency: boolean;
}) {
  return (
    <DataTable
      caption={props.caption}
      columns={props.withAgency ? columns : columns.filter(({ title }) => title !== '信源单位')}
      rows={props.batches}
      rowKey={(row) => row.id}
    />
  );
}
