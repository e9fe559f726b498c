import { useQuery } from 'urql';
import {
  ReturnedDifferencesDocument,
  type ReturnedDifferencesQuery,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatField, formatInstant, kindText, originText } from '../../shared/format.ts';
import { usePages } from '../../shared/use-pages.ts';

type Row = ReturnedDifferencesQuery['returnedDifferences']['edges'][number]['node'];

const PAGE_SIZE = 10;

const columns: readonly Column<Row>[] = [
  { title: '来源', width: '5em', render: (row) => originText(row.origin) },
  { title: '类别', width: '6em', render: (row) => kindText(row.kind) },
  {
    title: '记录',
    render: (row) => (
      <>
        {row.documentNumber}
        <div className="quiet">{row.counterpartName}</div>
      </>
    ),
  },
  { title: '信源单位', render: (row) => row.agency?.name },
  {
    title: '不同之处（本市 → 上级）',
    width: '40%',
    render: (row) =>
      row.columns.length === 0
        ? '本市已更正，待下次回流核对'
        : row.columns.map(({ name, here, there }) => (
            <div key={name}>
              {name}：{formatField(name, here)} → {formatField(name, there)}
            </div>
          )),
  },
  { title: '最近回流', width: '9em', render: (row) => formatInstant(row.seenAt) },
];

/** Our records that came back from above with other content. */
export function ReturnedPanel() {
  const pages = usePages();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ReturnedDifferencesDocument,
    variables: { first: PAGE_SIZE, after: pages.after },
  });
  const rows = data?.returnedDifferences.edges.map(({ node }) => node) ?? [];
  return (
    <section className="panel">
      <h2>回流差异</h2>
      {error && <Failure error={error} onRetry={refetch} />}
      {fetching && !data && <Loading />}
      {data && rows.length === 0 && <Nothing>回流的本市信息与本地一致。</Nothing>}
      {rows.length > 0 && (
        <DataTable caption="回流差异" columns={columns} rows={rows} rowKey={(row) => row.id} />
      )}
      <Pager pages={pages} pageInfo={data?.returnedDifferences.pageInfo} />
    </section>
  );
}
