import { Drawer, Timeline } from 'antd';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import {
  RecordThreadDocument,
  type RecordThreadQuery,
  type RecordThreadStep,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing } from '../../shared/components.tsx';
import { formatInstant } from '../../shared/format.ts';

type Event = RecordThreadQuery['recordThread'][number];

const STEPS: Readonly<Record<RecordThreadStep, { readonly text: string; readonly color: string }>> = {
  ACCEPTED: { text: '入库', color: 'green' },
  ENQUEUED: { text: '进入推送', color: 'gray' },
  SENT: { text: '推送', color: 'blue' },
  TAKEN: { text: '平台已收，待回执', color: 'blue' },
  REFUSED: { text: '退回', color: 'red' },
  PROBLEM: { text: '列为疑问数据', color: 'red' },
  CORRECTED: { text: '已更正', color: 'green' },
  RETRY: { text: '平台要求重发', color: 'orange' },
  CONFIRMED: { text: '平台已确认', color: 'green' },
  GIVEN_UP: { text: '多次重试未成，列为死信', color: 'red' },
  SUPERSEDED: { text: '已被新版本取代', color: 'gray' },
  DIFFERENCE: { text: '对账发现差异', color: 'red' },
  REPAIRED: { text: '对账补推', color: 'blue' },
};

const DIFFERENCES: Readonly<Record<string, string>> = {
  MISSING_THERE: '平台缺失',
  MISSING_HERE: '本地缺失',
  DIFFERENT: '内容不一致',
};

function titleOf({ step, revision, platformName, attempt, row }: Event): string {
  const again = step === 'SENT' && (attempt ?? 1) > 1 ? `（第 ${String(attempt)} 次）` : '';
  return [
    STEPS[step].text + again,
    ...(platformName === null ? [] : [platformName]),
    ...(revision === null ? [] : [`第 ${String(revision)} 版`]),
    ...(row === null ? [] : [`第 ${String(row)} 行`]),
  ].join(' · ');
}

function Detail({ event }: { event: Event }) {
  const { code, message, batchId } = event;
  const told = [code === null ? '' : (DIFFERENCES[code] ?? code), message ?? ''].filter(
    (text) => text !== '',
  );
  return (
    <>
      <div className="quiet">{formatInstant(event.at)}</div>
      {told.length > 0 && <div>{told.join('：')}</div>}
      {batchId !== null && <Link to={`/batches/${batchId}`}>查看批次</Link>}
    </>
  );
}

/** 办理过程: the way of a record between its agency, the centre and the platforms, as one line in time. */
export function RecordThread({
  recordId,
  title,
  onClose,
}: {
  recordId: string | undefined;
  title: string;
  onClose: () => void;
}) {
  return (
    <Drawer
      open={recordId !== undefined}
      onClose={onClose}
      size="min(560px, 100vw)"
      title={`办理过程　${title}`}
      destroyOnHidden
    >
      {recordId !== undefined && <Events key={recordId} recordId={recordId} />}
    </Drawer>
  );
}

function Events({ recordId }: { recordId: string }) {
  const [{ data, error, fetching }, refetch] = useQuery({
    query: RecordThreadDocument,
    variables: { recordId },
    // What happened since it was last opened must not be missing.
    requestPolicy: 'network-only',
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data || fetching) return <Loading />;
  if (data.recordThread.length === 0) return <Nothing>还没有办理记录。</Nothing>;
  return (
    <Timeline
      items={data.recordThread.map((event, i) => ({
        key: i,
        color: STEPS[event.step].color,
        content: (
          <>
            <b>{titleOf(event)}</b>
            <Detail event={event} />
          </>
        ),
      }))}
    />
  );
}
