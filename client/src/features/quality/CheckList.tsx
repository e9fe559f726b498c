import { Button } from 'antd';
import { useState } from 'react';
import { useQuery } from 'urql';
import { SpotChecksDocument, type CheckRowFragment } from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatCount, formatInstant } from '../../shared/format.ts';
import { usePages } from '../../shared/use-pages.ts';
import { CheckDrawer } from './CheckDrawer.tsx';
import { CheckForm } from './CheckForm.tsx';
import { percentText, periodText } from './periods.ts';

/** Spot checks, newest first; one opens to note what was found. */
export function CheckList() {
  const pages = usePages();
  const [open, setOpen] = useState<string>();
  const [{ data, error }, refetch] = useQuery({
    query: SpotChecksDocument,
    variables: { first: 10, after: pages.after },
  });
  const reload = () => refetch({ requestPolicy: 'network-only' });
  const columns: readonly Column<CheckRowFragment>[] = [
    { title: '信源单位', render: ({ agency }) => agency?.name ?? '未知' },
    { title: '决定时间', width: '8em', render: ({ period }) => periodText(period) },
    {
      title: '抽取/总数',
      width: '7em',
      numeric: true,
      render: ({ drawn, population }) => `${formatCount(drawn)} / ${formatCount(population)}`,
    },
    { title: '相符', width: '4em', numeric: true, render: ({ rates }) => formatCount(rates.matching) },
    {
      title: '错报率',
      width: '6em',
      numeric: true,
      render: ({ rates }) => percentText(rates.wrongRate),
    },
    {
      title: '瞒报率',
      width: '6em',
      numeric: true,
      render: ({ rates }) => percentText(rates.concealedRate),
    },
    { title: '抽取时间', width: '11em', render: ({ at }) => formatInstant(at) },
    {
      title: '操作',
      width: '5em',
      render: ({ id }) => (
        <Button size="small" onClick={() => setOpen(id)}>
          核查
        </Button>
      ),
    },
  ];
  const checks = data?.spotChecks.edges.map(({ node }) => node) ?? [];
  return (
    <>
      <CheckForm onDrawn={reload} />
      <div style={{ marginTop: 12 }}>
        {error && <Failure error={error} onRetry={refetch} />}
        {!data && !error && <Loading />}
        {data && checks.length === 0 && <Nothing>还没有抽查过。</Nothing>}
        {checks.length > 0 && (
          <DataTable caption="抽查" columns={columns} rows={checks} rowKey={({ id }) => id} />
        )}
        <Pager pages={pages} pageInfo={data?.spotChecks.pageInfo} />
      </div>
      <CheckDrawer
        id={open}
        onClose={() => {
          setOpen(undefined);
          reload();
        }}
      />
    </>
  );
}
