import { Drawer } from 'antd';
import { useQuery } from 'urql';
import {
  ReconciliationDifferencesDocument,
  type DifferenceKind,
  type ReconciliationDifferencesQuery,
  type RunRowFragment,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager, Tag } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatDate, kindText } from '../../shared/format.ts';
import { usePages } from '../../shared/use-pages.ts';

type Found = Extract<ReconciliationDifferencesQuery['node'], { differences: unknown }>;
type Row = Found['differences']['edges'][number]['node'];

const PAGE_SIZE = 50;
const KEY_SHOWN = 12;

const KINDS: Readonly<Record<DifferenceKind, string>> = {
  MISSING_THERE: '平台缺失',
  MISSING_HERE: '本地缺失',
  DIFFERENT: '内容不一致',
};

function Handling({ row }: { row: Row }) {
  if (row.repaired) return <Tag tone="good">已补推</Tag>;
  return row.repairable ? <Tag tone="busy">可补推</Tag> : <Tag tone="warn">待人工核实</Tag>;
}

/** Of a record that only the platform has there is nothing but its key. */
function DecisionName({ row }: { row: Row }) {
  if (row.documentNumber !== null) return row.documentNumber;
  return (
    <>
      主键 <code title={row.key}>{row.key.slice(0, KEY_SHOWN)}…</code>
    </>
  );
}

const columns: readonly Column<Row>[] = [
  { title: '差异', width: '7em', render: (row) => KINDS[row.kind] },
  { title: '信源单位', render: (row) => row.agency?.name ?? '未知' },
  { title: '类别', width: '6em', render: (row) => kindText(row.recordKind) },
  { title: '文书号', width: '13em', render: (row) => <DecisionName row={row} /> },
  { title: '行政相对人', render: (row) => row.counterpartName ?? '—' },
  { title: '版本', width: '4em', numeric: true, render: (row) => row.revision ?? '—' },
  { title: '平台日期', width: '7.5em', render: (row) => formatDate(row.dayThere) },
  {
    title: '处理',
    width: '7em',
    render: (row) => <Handling row={row} />,
  },
];

/** What a comparison found, record by record. */
export function DifferenceDrawer({ run, onClose }: { run: RunRowFragment | undefined; onClose: () => void }) {
  return (
    <Drawer
      open={run !== undefined}
      onClose={onClose}
      size="min(1100px, 100vw)"
      title={run && `差异清单　${run.day}　${run.platformName}`}
      destroyOnHidden
    >
      {run && <Differences key={run.id} id={run.id} />}
    </Drawer>
  );
}

function Differences({ id }: { id: string }) {
  const pages = usePages();
  const [{ data, error }, refetch] = useQuery({
    query: ReconciliationDifferencesDocument,
    variables: { id, first: PAGE_SIZE, after: pages.after },
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const found = data.node && 'differences' in data.node ? data.node.differences : undefined;
  const rows = found?.edges.map(({ node }) => node) ?? [];
  if (rows.length === 0) return <Nothing>没有差异。</Nothing>;
  return (
    <>
      <DataTable caption="差异清单" columns={columns} rows={rows} rowKey={(row) => row.id} />
      <Pager pages={pages} pageInfo={found?.pageInfo} />
    </>
  );
}
