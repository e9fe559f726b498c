import { useState } from 'react';
import { useQuery } from 'urql';
import { useViewer } from '../../features/account/viewer.tsx';
import { DifferenceDrawer } from '../../features/reconciliation/DifferenceDrawer.tsx';
import { ReturnedPanel } from '../../features/reconciliation/ReturnedPanel.tsx';
import { RunTable } from '../../features/reconciliation/RunTable.tsx';
import { StartPanel } from '../../features/reconciliation/StartPanel.tsx';
import { ReconciliationRunsDocument, type RunRowFragment } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Failure, Loading, Nothing, Pager } from '../../shared/components.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { useRefresh } from '../../shared/use-refresh.ts';

const PAGE_SIZE = 20;
const REFRESH_MS = 5000;

export function ReconciliationPage() {
  useTitle('对账');
  const viewer = useViewer();
  const pages = usePages();
  const [open, setOpen] = useState<RunRowFragment>();
  const [{ data, error }, refetch] = useQuery({
    query: ReconciliationRunsDocument,
    variables: { first: PAGE_SIZE, after: pages.after },
  });
  useRefresh(refetch, REFRESH_MS, pages.number === 1);
  const runs = data?.reconciliationRuns.edges.map(({ node }) => node) ?? [];
  return (
    <>
      <h1>对账</h1>
      {viewer?.can('reconciliation:run') && (
        <section className="panel">
          <h2>与上级平台核对</h2>
          <StartPanel onStarted={refetch} />
        </section>
      )}
      <section className="panel">
        <div className="panel-head">
          <h2>对账记录</h2>
          <span className="quiet">每 5 秒更新；每天清晨自动核对前一日，每月 2 日核对上月</span>
        </div>
        {error && <Failure error={error} onRetry={refetch} />}
        {!data && !error && <Loading />}
        {data && runs.length === 0 && <Nothing>还没有对过账。</Nothing>}
        {runs.length > 0 && (
          <RunTable
            runs={runs}
            canRun={viewer?.can('reconciliation:run') ?? false}
            onOpen={setOpen}
            onStarted={refetch}
          />
        )}
        <Pager pages={pages} pageInfo={data?.reconciliationRuns.pageInfo} />
      </section>
      <ReturnedPanel />
      <DifferenceDrawer run={open} onClose={() => setOpen(undefined)} />
    </>
  );
}
