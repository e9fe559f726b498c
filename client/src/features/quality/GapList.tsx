import { useQuery } from 'urql';
import { ReportingGapsDocument, type ReportingGapsQuery } from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager, Tag } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { FeedName } from '../feed/feeds.tsx';
import { periodText } from './periods.ts';

type Gap = ReportingGapsQuery['reportingGaps']['edges'][number]['node'];

const columns: readonly Column<Gap>[] = [
  { title: '信源单位', render: ({ agency }) => agency?.name ?? '未知' },
  { title: '数据目录', render: ({ feed }) => <FeedName path={feed} /> },
  { title: '报送期', width: '9em', render: ({ period }) => periodText(period) },
  { title: '应报日期', width: '7em', render: ({ dueOn }) => dueOn },
  {
    title: '情形',
    width: '16em',
    render: ({ reason, expected, found }) =>
      reason === 'SILENT' ? (
        <Tag tone="bad">未报送，也未零报告</Tag>
      ) : (
        <Tag tone="warn">
          业务系统 {expected ?? 0} 件，已报 {found ?? 0} 件
        </Tag>
      ),
  },
];

/** Periods that were not reported, latest first. */
export function GapList() {
  const pages = usePages();
  const [{ data, error }, refetch] = useQuery({
    query: ReportingGapsDocument,
    variables: { first: 20, after: pages.after, open: true },
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const gaps = data.reportingGaps.edges.map(({ node }) => node);
  if (gaps.length === 0) return <Nothing>没有漏报。</Nothing>;
  return (
    <>
      <DataTable
        caption="漏报"
        columns={columns}
        rows={gaps}
        rowKey={({ agency, feed, period }) => `${agency?.name ?? ''} ${feed} ${period}`}
      />
      <Pager pages={pages} pageInfo={data.reportingGaps.pageInfo} />
    </>
  );
}
