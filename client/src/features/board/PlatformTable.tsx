import type { PushBoardQuery } from '../../graphql/__generated__/documents.ts';
import { Tag } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatCount, formatInstant, PUSH_STATES } from '../../shared/format.ts';

export type PlatformRow = PushBoardQuery['pushBoard']['platforms'][number];

function Condition({ platform }: { platform: PlatformRow }) {
  if (!platform.enabled) return <Tag tone="plain">停用</Tag>;
  if (platform.pausedUntil)
    return <Tag tone="bad">暂停至 {formatInstant(platform.pausedUntil).slice(11)}</Tag>;
  if (platform.opensAt)
    return <Tag tone="plain">时段外，{formatInstant(platform.opensAt).slice(5, 16)} 开放</Tag>;
  return <Tag tone="good">正常</Tag>;
}

const URGENT = new Set(['REFUSED', 'DEAD']);

const columns: readonly Column<PlatformRow>[] = [
  { title: '平台', render: (row) => row.name },
  { title: '状态', width: '10em', render: (row) => <Condition platform={row} /> },
  ...PUSH_STATES.map(({ state, text }) => ({
    title: text,
    width: '6.2em',
    numeric: true,
    render: (row: PlatformRow) => {
      const count = row.items[state] ?? 0;
      return (
        <span className={URGENT.has(state) && count > 0 ? 'alert' : undefined}>{formatCount(count)}</span>
      );
    },
  })),
];

export function PlatformTable({ platforms }: { platforms: readonly PlatformRow[] }) {
  return <DataTable caption="各平台推送情况" columns={columns} rows={platforms} rowKey={(row) => row.code} />;
}
