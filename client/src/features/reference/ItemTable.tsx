import { Button } from 'antd';
import { useState } from 'react';
import { Nothing } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatCount } from '../../shared/format.ts';
import type { PowerItem } from './values.ts';

const SHOWN = 50;

const columns: readonly Column<PowerItem>[] = [
  { title: '权力类别', width: '6em', render: ({ kind }) => kind },
  { title: '权力编码', width: '10em', render: ({ code }) => code },
  { title: '权力名称', render: ({ name }) => name },
  { title: '实施依据', render: ({ legalBasis }) => legalBasis },
  { title: '行政相对人类别', width: '9em', render: ({ counterpart }) => counterpart ?? '—' },
];

/** Items of a list, some at a time. */
export function ItemTable({ items }: { items: readonly PowerItem[] }) {
  const [shown, setShown] = useState(SHOWN);
  if (items.length === 0) return <Nothing>清单中没有事项。</Nothing>;
  return (
    <>
      <p className="hint">共 {formatCount(items.length)} 项</p>
      <DataTable caption="事项" columns={columns} rows={items.slice(0, shown)} rowKey={({ code }) => code} />
      {shown < items.length && <Button onClick={() => setShown(shown + SHOWN)}>再显示一些</Button>}
    </>
  );
}
