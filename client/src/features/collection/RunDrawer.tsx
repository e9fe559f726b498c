import { Drawer } from 'antd';
import { useQuery } from 'urql';
import {
  CollectionRunsDocument,
  type CollectionRunRowFragment,
  type SourceRowFragment,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager, Tag } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatCount, formatInstant, ROW_OUTCOMES } from '../../shared/format.ts';
import { usePages } from '../../shared/use-pages.ts';
import { useRefresh } from '../../shared/use-refresh.ts';

const PAGE_SIZE = 20;
const REFRESH_MS = 5000;

function Condition({ run }: { run: CollectionRunRowFragment }) {
  if (run.state === 'RUNNING') return <Tag tone="busy">采集中</Tag>;
  if (run.state === 'DONE') return <Tag tone="good">已完成</Tag>;
  return (
    <div>
      <Tag tone="bad">未完成</Tag>
      <div>{run.errorText}</div>
    </div>
  );
}

const columns: readonly Column<CollectionRunRowFragment>[] = [
  { title: '开始', width: '9em', render: ({ startedAt }) => formatInstant(startedAt) },
  { title: '方式', width: '4em', render: ({ trigger }) => (trigger === 'MANUAL' ? '手动' : '定时') },
  { title: '状态', render: (run) => <Condition run={run} /> },
  {
    title: '批次',
    width: '6.5em',
    numeric: true,
    render: ({ batches, duplicates }) =>
      `${formatCount(batches)}${duplicates > 0 ? `（重复 ${formatCount(duplicates)}）` : ''}`,
  },
  {
    title: '退回文件',
    width: '5em',
    numeric: true,
    render: ({ refusedFiles }) => (
      <span className={refusedFiles > 0 ? 'alert' : undefined}>{formatCount(refusedFiles)}</span>
    ),
  },
  { title: '读取', width: '4.6em', numeric: true, render: ({ rows }) => formatCount(rows.read) },
  ...ROW_OUTCOMES.map(({ key, text }) => ({
    title: text,
    width: '4.2em',
    numeric: true,
    render: ({ rows }: CollectionRunRowFragment) => formatCount(rows[key]),
  })),
  { title: '采集位置', width: '9em', render: ({ cursorAfter }) => cursorAfter ?? '—' },
];

/** What was collected from a source, newest first. */
export function RunDrawer({
  source,
  onClose,
}: {
  source: SourceRowFragment | undefined;
  onClose: () => void;
}) {
  return (
    <Drawer
      open={source !== undefined}
      onClose={onClose}
      size="min(1100px, 100vw)"
      title={source && `采集记录　${source.name}`}
      destroyOnHidden
    >
      {source && <Runs key={source.code} code={source.code} />}
    </Drawer>
  );
}

function Runs({ code }: { code: string }) {
  const pages = usePages();
  const [{ data, error }, refetch] = useQuery({
    query: CollectionRunsDocument,
    variables: { source: code, first: PAGE_SIZE, after: pages.after },
  });
  useRefresh(refetch, REFRESH_MS, pages.number === 1);
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const runs = data.collectionRuns.edges.map(({ node }) => node);
  if (runs.length === 0) return <Nothing>还没有采集过。</Nothing>;
  return (
    <>
      <DataTable caption="采集记录" columns={columns} rows={runs} rowKey={({ id }) => id} />
      <Pager pages={pages} pageInfo={data.collectionRuns.pageInfo} />
    </>
  );
}
