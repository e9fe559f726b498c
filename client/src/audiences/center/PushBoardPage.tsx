import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { PlatformTable } from '../../features/board/PlatformTable.tsx';
import { BatchTable } from '../../features/feed/BatchTable.tsx';
import { PushBoardDocument, type PushBoardQuery } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Failure, Figures, Loading, Nothing } from '../../shared/components.tsx';
import { formatCount, kindText, ROW_OUTCOMES } from '../../shared/format.ts';
import { useRefresh } from '../../shared/use-refresh.ts';

const PlatformChart = lazy(async () => ({
  default: (await import('../../features/board/PlatformChart.tsx')).PlatformChart,
}));

const REFRESH_MS = 5000;
const BATCHES = 10;
const KINDS = ['LICENSE', 'PENALTY'];

export function PushBoardPage() {
  useTitle('推送看板');
  const [{ data, error }, refetch] = useQuery({
    query: PushBoardDocument,
    variables: { batches: BATCHES },
  });
  useRefresh(refetch, REFRESH_MS);
  return (
    <>
      <div className="panel-head">
        <h1>推送看板</h1>
        <span className="quiet">每 5 秒更新</span>
      </div>
      {error && <Failure error={error} onRetry={refetch} />}
      {data ? <Board {...data} /> : !error && <Loading />}
    </>
  );
}

function Board({ pushBoard: board, feedBatches }: PushBoardQuery) {
  const others = Object.entries(board.records)
    .filter(([kind]) => !KINDS.includes(kind))
    .reduce((sum, [, count]) => sum + count, 0);
  const hasItems = board.platforms.some(({ items }) => Object.values(items).some((count) => count > 0));
  return (
    <>
      <section className="panel">
        <h2>归集总量</h2>
        <Figures
          items={[
            { label: '信用主体', value: formatCount(board.subjects) },
            ...KINDS.map((kind) => ({ label: kindText(kind), value: formatCount(board.records[kind]) })),
            { label: '其他信用信息', value: formatCount(others) },
            ...ROW_OUTCOMES.map(({ outcome, text }) => ({
              label: `${text}（行）`,
              value: formatCount(board.rows[outcome]),
            })),
            {
              label: '待更正疑问数据',
              value: formatCount(board.openProblems),
              alert: board.openProblems > 0,
            },
          ]}
        />
      </section>
      <section className="panel">
        <div className="panel-head">
          <h2>上级平台推送</h2>
          <Link to="/reconciliation">对账</Link>
        </div>
        {board.platforms.length === 0 ? (
          <Nothing>尚未设置上级平台。</Nothing>
        ) : (
          <>
            {hasItems ? (
              <Suspense fallback={<Loading />}>
                <PlatformChart platforms={board.platforms} />
              </Suspense>
            ) : (
              <Nothing>还没有待推送的数据；平台启用后，库内数据会自动进入推送。</Nothing>
            )}
            <PlatformTable platforms={board.platforms} />
          </>
        )}
      </section>
      <section className="panel">
        <div className="panel-head">
          <h2>最近批次</h2>
          <Link to="/batches">全部批次</Link>
        </div>
        {feedBatches.edges.length === 0 ? (
          <Nothing>还没有报送过文件。</Nothing>
        ) : (
          <BatchTable caption="最近批次" batches={feedBatches.edges.map(({ node }) => node)} withAgency />
        )}
      </section>
    </>
  );
}
