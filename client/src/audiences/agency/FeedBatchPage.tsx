import { Alert } from 'antd';
import { Link, useParams } from 'react-router';
import { useQuery } from 'urql';
import { BatchStateTag } from '../../features/feed/BatchTable.tsx';
import { isFinal } from '../../features/feed/batch-api.ts';
import { FeedName } from '../../features/feed/feeds.tsx';
import { ProblemRows } from '../../features/feed/ProblemRows.tsx';
import { ProblemWorkbookButton } from '../../features/feed/ProblemWorkbookButton.tsx';
import { useBatchProgress } from '../../features/feed/use-batch-progress.ts';
import { FeedBatchDocument, type BatchRowFragment } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Facts, Failure, Figures, isMissing, Loading } from '../../shared/components.tsx';
import { formatCount, formatInstant, ROW_OUTCOMES } from '../../shared/format.ts';
import { useRefresh } from '../../shared/use-refresh.ts';

const RETRY_MS = 5000;

export function FeedBatchPage() {
  const { id = '' } = useParams();
  const [{ data, error, fetching }, refetch] = useQuery({ query: FeedBatchDocument, variables: { id } });
  useTitle(data?.feedBatch?.fileName ?? '报送批次');
  const unanswered = error !== undefined && !isMissing(error);
  useRefresh(refetch, RETRY_MS, unanswered);

  if (unanswered) return <Failure error={error} onRetry={refetch} />;
  if (data?.feedBatch) return <Batch key={id} batch={data.feedBatch} onFinal={refetch} />;
  if (fetching) return <Loading />;
  return (
    <section className="panel">
      <h1>没有这个批次</h1>
      <p>
        批次不存在，或属于其他单位。<Link to="/batches">返回数据报送</Link>
      </p>
    </section>
  );
}

type Shown = BatchRowFragment & { readonly hasProblems: boolean };

function Batch({ batch, onFinal }: { batch: Shown; onFinal: () => void }) {
  const { progress, problem } = useBatchProgress(batch.id, !isFinal(batch.status), onFinal);
  const done = isFinal(batch.status);
  const status = done ? batch.status : (progress?.status ?? batch.status);
  const rows = done ? batch.rows : (progress?.rows ?? batch.rows);
  return (
    <>
      <p className="crumbs">
        <Link to="/batches">数据报送</Link> / 批次
      </p>
      <section className="panel">
        <h1>
          {batch.fileName} <BatchStateTag status={status} />
        </h1>
        {batch.failure && (
          <Alert type="error" showIcon title={batch.failure} style={{ marginBottom: 12 }} role="alert" />
        )}
        {problem && (
          <Alert
            type="warning"
            showIcon
            title={`暂时取不到处理进度：${problem}`}
            style={{ marginBottom: 12 }}
          />
        )}
        <Facts
          items={[
            { label: '数据目录', value: <FeedName path={batch.feed} /> },
            { label: '信源单位', value: batch.agency?.name ?? '—' },
            { label: '接收时间', value: formatInstant(batch.receivedAt) },
            { label: '完成时间', value: done ? formatInstant(batch.finishedAt) : '处理中…' },
          ]}
        />
      </section>
      <section className="panel" aria-live="polite">
        <h2>处理结果</h2>
        <Figures
          items={[
            { label: '读取行数', value: formatCount(rows.read) },
            ...ROW_OUTCOMES.map(({ key, text }) => ({
              label: text,
              value: formatCount(rows[key]),
              alert: (key === 'refused' || key === 'conflict') && rows[key] > 0,
            })),
          ]}
        />
        {rows.conflict > 0 && (
          <p className="quiet">冲突：同一决定已由其他单位报送，由信用中心核定，无需重报。</p>
        )}
      </section>
      {done && (rows.refused > 0 || batch.hasProblems) && (
        <section className="panel">
          <div className="panel-head">
            <h2>疑问数据</h2>
            <ProblemWorkbookButton batchId={batch.id} />
          </div>
          <p className="quiet">
            下载疑问数据表，按原因逐列改正后重新报送；需要确认的值，在“确认”列填“是”后重报。
          </p>
          <ProblemRows batchId={batch.id} />
        </section>
      )}
    </>
  );
}
