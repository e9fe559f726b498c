import { Select } from 'antd';
import { useState } from 'react';
import { useQuery } from 'urql';
import { useViewer } from '../../features/account/viewer.tsx';
import { BatchTable } from '../../features/feed/BatchTable.tsx';
import { isFinal } from '../../features/feed/batch-api.ts';
import { useFeeds } from '../../features/feed/feeds.tsx';
import { UploadPanel } from '../../features/feed/UploadPanel.tsx';
import { FeedBatchesDocument, type FeedBatchStatus } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Failure, Loading, Nothing, Pager } from '../../shared/components.tsx';
import { batchState } from '../../shared/format.ts';
import { usePages } from '../../shared/use-pages.ts';
import { useRefresh } from '../../shared/use-refresh.ts';

const PAGE_SIZE = 20;
const REFRESH_MS = 5000;
const STATES: readonly FeedBatchStatus[] = ['RECEIVED', 'INGESTING', 'INGESTED', 'PARTLY_INGESTED', 'FAILED'];

export function FeedUploadPage() {
  useTitle('数据报送');
  const viewer = useViewer();
  const [status, setStatus] = useState<FeedBatchStatus>();
  const all = useFeeds();
  if (!viewer || !all) return <Loading />;
  const feeds = viewer.can('feed:upload-any')
    ? all
    : all.filter(({ sector }) => viewer.sectors.includes(sector));
  return (
    <>
      <h1>数据报送</h1>
      {viewer.can('feed:upload') && feeds.length > 0 && <UploadPanel feeds={feeds} />}
      <section className="panel">
        <div className="panel-head">
          <h2>报送批次</h2>
          <Select<FeedBatchStatus>
            aria-label="按状态筛选"
            placeholder="全部状态"
            allowClear
            style={{ width: 130 }}
            value={status ?? null}
            onChange={(chosen?: FeedBatchStatus) => setStatus(chosen)}
            options={STATES.map((value) => ({ value, label: batchState(value).text }))}
          />
        </div>
        <Batches key={status ?? ''} status={status} withAgency={viewer.can('feed:upload-any')} />
      </section>
    </>
  );
}

function Batches({ status, withAgency }: { status: FeedBatchStatus | undefined; withAgency: boolean }) {
  const pages = usePages();
  const [{ data, error }, refetch] = useQuery({
    query: FeedBatchesDocument,
    variables: { first: PAGE_SIZE, after: pages.after, status: status ?? null },
  });
  const batches = data?.feedBatches.edges.map(({ node }) => node) ?? [];
  useRefresh(refetch, REFRESH_MS, error !== undefined || batches.some((batch) => !isFinal(batch.status)));
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  if (batches.length === 0 && pages.number === 1) {
    return <Nothing>{status ? '没有这种状态的批次。' : '还没有报送过文件。'}</Nothing>;
  }
  return (
    <>
      <BatchTable caption="报送批次" batches={batches} withAgency={withAgency} />
      <Pager pages={pages} pageInfo={data.feedBatches.pageInfo} />
    </>
  );
}
