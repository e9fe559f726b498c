import { Button, Popconfirm } from 'antd';
import type { CollectionKind, SourceRowFragment } from '../../graphql/__generated__/documents.ts';
import { Tag } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatCount, formatInstant } from '../../shared/format.ts';
import { FeedName } from '../feed/feeds.tsx';
import { lagText } from './lag.ts';

const KINDS: Readonly<Record<CollectionKind, string>> = { FOLDER: '文件夹', HTTP: '接口', TABLE: '前置库' };

export interface SourceActions {
  /** Absent: may only look. */
  readonly collect?: (source: SourceRowFragment) => void;
  readonly enable?: (source: SourceRowFragment, enabled: boolean) => void;
  readonly open: (source: SourceRowFragment) => void;
}

function Condition({ source }: { source: SourceRowFragment }) {
  const { lastRun, enabled, pausedUntil, failures, errorText } = source;
  if (lastRun?.state === 'RUNNING') return <Tag tone="busy">采集中</Tag>;
  return (
    <div>
      {!enabled ? (
        <Tag tone="plain">停用</Tag>
      ) : pausedUntil ? (
        <Tag tone="bad">暂停至 {formatInstant(pausedUntil).slice(5, 16)}</Tag>
      ) : failures > 0 ? (
        <Tag tone="warn">待重试</Tag>
      ) : (
        <Tag tone="good">正常</Tag>
      )}
      {failures > 0 && (
        <div>
          连续失败 {failures} 次：{errorText}
        </div>
      )}
    </div>
  );
}

/** Later than two turns: something holds it up. */
function isLate({ enabled, lagSeconds, everyMinutes }: SourceRowFragment): boolean {
  return enabled && lagSeconds !== null && lagSeconds > everyMinutes * 120;
}

function Actions({ source, actions }: { source: SourceRowFragment; actions: SourceActions }) {
  const { collect, enable, open } = actions;
  return (
    <div className="start">
      <Button size="small" onClick={() => open(source)} aria-label={`${source.name} 采集记录`}>
        记录
      </Button>
      {collect && (
        <Button size="small" onClick={() => collect(source)} aria-label={`${source.name} 立即采集`}>
          立即采集
        </Button>
      )}
      {enable && source.enabled && (
        <Popconfirm
          title="停用后不再定时采集"
          okText="停用"
          cancelText="取消"
          onConfirm={() => enable(source, false)}
        >
          <Button size="small" aria-label={`${source.name} 停用`}>
            停用
          </Button>
        </Popconfirm>
      )}
      {enable && !source.enabled && (
        <Button size="small" onClick={() => enable(source, true)} aria-label={`${source.name} 启用`}>
          启用
        </Button>
      )}
    </div>
  );
}

/** Sources with how they do and how far behind they are. */
export function SourceTable({
  sources,
  actions,
}: {
  sources: readonly SourceRowFragment[];
  actions: SourceActions;
}) {
  const columns: readonly Column<SourceRowFragment>[] = [
    {
      title: '采集源',
      render: ({ name, code }) => (
        <div>
          {name}
          <div className="quiet">{code}</div>
        </div>
      ),
    },
    {
      title: '报送项目',
      render: ({ feed, agency }) => (
        <div>
          <FeedName path={feed} />
          <div className="quiet">{agency?.name ?? '未知'}</div>
        </div>
      ),
    },
    { title: '方式', width: '5em', render: ({ kind }) => KINDS[kind] },
    { title: '状态', width: '12em', render: (source) => <Condition source={source} /> },
    { title: '间隔', width: '5.5em', render: ({ everyMinutes }) => `${formatCount(everyMinutes)} 分钟` },
    {
      title: '滞后',
      width: '6em',
      render: (source) => (
        <span className={isLate(source) ? 'alert' : undefined}>{lagText(source.lagSeconds)}</span>
      ),
    },
    {
      title: '上次采集',
      width: '9em',
      render: ({ lastRun }) =>
        lastRun ? (
          <div>
            {formatInstant(lastRun.startedAt).slice(5, 16)}
            <div className="quiet">
              {formatCount(lastRun.rows.read)} 行
              {lastRun.rows.refused > 0 && `，疑问 ${formatCount(lastRun.rows.refused)}`}
            </div>
          </div>
        ) : (
          '尚未采集'
        ),
    },
    {
      title: '下次采集',
      width: '7em',
      render: ({ enabled, dueAt }) => (enabled ? formatInstant(dueAt).slice(5, 16) : '—'),
    },
    { title: '采集位置', width: '10em', render: ({ cursor }) => cursor ?? '—' },
    { title: '操作', width: '11em', render: (source) => <Actions source={source} actions={actions} /> },
  ];
  return <DataTable caption="采集源" columns={columns} rows={sources} rowKey={({ id }) => id} />;
}
