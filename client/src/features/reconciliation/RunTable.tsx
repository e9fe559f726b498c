import type { RunRowFragment } from '../../graphql/__generated__/documents.ts';
import { Tag } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatCount, formatInstant } from '../../shared/format.ts';
import { RunActions } from './RunActions.tsx';

function differencesOf({ missingThere, missingHere, different }: RunRowFragment): number {
  return missingThere + missingHere + different;
}

function Condition({ run }: { run: RunRowFragment }) {
  if (run.state === 'RUNNING') return <Tag tone="busy">核对中</Tag>;
  if (run.state === 'FAILED') {
    return (
      <>
        <Tag tone="bad">未完成</Tag>
        <div>{run.errorText}</div>
      </>
    );
  }
  if (differencesOf(run) === 0) return <Tag tone="good">一致</Tag>;
  return <Tag tone="warn">有差异</Tag>;
}

function number(
  title: string,
  count: (run: RunRowFragment) => number,
  urgent = false,
): Column<RunRowFragment> {
  return {
    title,
    width: '4.6em',
    numeric: true,
    render: (run) => (
      <span className={urgent && count(run) > 0 ? 'alert' : undefined}>{formatCount(count(run))}</span>
    ),
  };
}

/** Comparisons, newest first; `onOpen` shows what one found, `onStarted` tells of a repair that has begun. */
export function RunTable({
  runs,
  canRun,
  onOpen,
  onStarted,
}: {
  runs: readonly RunRowFragment[];
  canRun: boolean;
  onOpen: (run: RunRowFragment) => void;
  onStarted: () => void;
}) {
  const columns: readonly Column<RunRowFragment>[] = [
    { title: '日期', width: '6.5em', render: (run) => run.day },
    { title: '平台', render: (run) => run.platformName },
    { title: '状态', width: '8em', render: (run) => <Condition run={run} /> },
    number('本地', ({ here }) => here),
    number('平台方', ({ there }) => there),
    number('平台缺失', ({ missingThere }) => missingThere, true),
    number('本地缺失', ({ missingHere }) => missingHere, true),
    number('不一致', ({ different }) => different, true),
    {
      title: '在途/退回',
      width: '5.5em',
      numeric: true,
      render: ({ inFlight, refused }) => `${formatCount(inFlight)} / ${formatCount(refused)}`,
    },
    number('已补推', ({ repaired }) => repaired),
    { title: '核对时间', width: '6.5em', render: (run) => formatInstant(run.startedAt) },
    {
      title: '差异',
      width: '11em',
      render: (run) =>
        differencesOf(run) === 0 ? (
          '—'
        ) : (
          <RunActions run={run} canRun={canRun} onOpen={() => onOpen(run)} onStarted={onStarted} />
        ),
    },
  ];
  return <DataTable caption="对账记录" columns={columns} rows={runs} rowKey={({ id }) => id} />;
}
