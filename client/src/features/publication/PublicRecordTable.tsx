import { Link } from 'react-router';
import { useQuery } from 'urql';
import {
  PublicRecordsDocument,
  type PublicRecordFilter,
  type PublicRecordsQuery,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatDate, kindText } from '../../shared/format.ts';
import { OriginTag } from './OriginTag.tsx';
import { FeedName } from '../feed/feeds.tsx';
import { usePages } from '../../shared/use-pages.ts';

type Row = PublicRecordsQuery['publicRecords']['edges'][number]['node'];

const kind: Column<Row> = { title: '类别', width: '6em', render: (row) => kindText(row.kind) };
const feed: Column<Row> = {
  title: '信息类别',
  width: '14em',
  render: (row) => <FeedName path={row.feed} />,
};
const counterpart: Column<Row> = {
  title: '行政相对人',
  render: (row) =>
    row.uscc ? <Link to={`/subject/${row.uscc}`}>{row.counterpartName}</Link> : row.counterpartName,
};
const columnsOf = (number: string, authority: string, day: string): readonly Column<Row>[] => [
  {
    title: number,
    render: (row) => (
      <>
        <Link to={`/record/${encodeURIComponent(row.id)}`}>{row.documentNumber}</Link>{' '}
        <OriginTag origin={row.origin} />
      </>
    ),
  },
  { title: authority, width: '30%', render: (row) => row.authorityName },
  { title: day, width: '8em', render: (row) => formatDate(row.decidedAt) },
];
const decisions = columnsOf('决定文书号', '决定机关', '决定日期');
/** Of records that are no decisions, too. */
const others = columnsOf('编号或名称', '认定机关', '认定日期');

/** Public records, newest decision first. `of` says whose or which when there are none. */
export function PublicRecordTable(props: {
  caption: string;
  filter: PublicRecordFilter;
  pageSize: number;
  withCounterpart: boolean;
  withFeed?: boolean;
  empty: string;
}) {
  const pages = usePages();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: PublicRecordsDocument,
    variables: { filter: props.filter, first: props.pageSize, after: pages.after },
  });
  if (fetching) return <Loading />;
  if (error) return <Failure error={error} onRetry={refetch} />;
  const rows = data?.publicRecords.edges.map(({ node }) => node) ?? [];
  if (rows.length === 0 && pages.number === 1) return <Nothing>{props.empty}</Nothing>;
  return (
    <>
      <DataTable
        caption={props.caption}
        columns={[
          ...(props.withCounterpart ? [kind, counterpart] : []),
          ...(props.withFeed ? [feed] : []),
          ...(props.withFeed ? others : decisions),
        ]}
        rows={rows}
        rowKey={(row) => row.id}
      />
      <Pager pages={pages} pageInfo={data?.publicRecords.pageInfo} />
    </>
  );
}
