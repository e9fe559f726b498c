import { Button, Drawer, Select } from 'antd';
import { useState } from 'react';
import { useQuery } from 'urql';
import {
  ReferenceEntriesDocument,
  type ReferenceKind,
  type ReferenceRowFragment,
  type ReferenceState,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager, Tag } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatCount } from '../../shared/format.ts';
import { usePages } from '../../shared/use-pages.ts';
import { EntryDetail } from './EntryDetail.tsx';
import { EntryForm } from './EntryForm.tsx';
import { KINDS, LISTS, STATES } from './words.ts';

const PAGE_SIZE = 20;
const ALL = 'ALL';

/** What is open beside the list: a version by its id, or a new entry. */
type Open = { readonly id: string; readonly title: string } | 'NEW' | undefined;

/** Versions of one kind of reference data, newest first. */
export function EntryPanel({ kind, proposes }: { kind: ReferenceKind; proposes: boolean }) {
  const [state, setState] = useState<ReferenceState | typeof ALL>(ALL);
  const [open, setOpen] = useState<Open>();
  const [moved, setMoved] = useState(0);
  const done = () => {
    setOpen(undefined);
    setMoved(moved + 1);
  };
  return (
    <>
      <div className="start" style={{ marginBottom: 12 }}>
        <Select
          aria-label="状态"
          value={state}
          onChange={setState}
          options={[
            { value: ALL, label: '全部状态' },
            ...Object.entries(STATES).map(([value, { text }]) => ({
              value: value as ReferenceState,
              label: text,
            })),
          ]}
          style={{ width: 140 }}
        />
        {proposes && (
          <Button type="primary" onClick={() => setOpen('NEW')}>
            新增
          </Button>
        )}
      </div>
      <Entries
        key={`${state}-${String(moved)}`}
        kind={kind}
        state={state === ALL ? null : state}
        onOpen={({ id, title }) => setOpen({ id, title })}
      />
      <Drawer
        open={open !== undefined}
        onClose={() => setOpen(undefined)}
        size="min(820px, 100vw)"
        title={open === 'NEW' ? `新增　${KINDS[kind]}` : open?.title}
        destroyOnHidden
      >
        {open === 'NEW' && <EntryForm kind={kind} onDone={done} />}
        {open !== undefined && open !== 'NEW' && <EntryDetail key={open.id} id={open.id} onMoved={done} />}
      </Drawer>
    </>
  );
}

function columnsOf(
  kind: ReferenceKind,
  onOpen: (row: ReferenceRowFragment) => void,
): Column<ReferenceRowFragment>[] {
  const isList = kind === 'DIRECTORY' || kind === 'POWER';
  return [
    {
      title: isList ? '信源单位' : '名称',
      render: (row) => (
        <Button
          type="link"
          style={{ padding: 0, height: 'auto', whiteSpace: 'normal', textAlign: 'start' }}
          onClick={() => onOpen(row)}
        >
          {row.title}
        </Button>
      ),
    },
    ...(kind === 'CODE'
      ? [
          {
            title: '代码表',
            width: '9em',
            render: ({ key }: ReferenceRowFragment) => LISTS[key.split('/')[0] ?? ''] ?? key,
          },
        ]
      : []),
    ...(kind === 'CATALOGUE' ? [{ title: '数据目录', render: ({ key }: ReferenceRowFragment) => key }] : []),
    ...(isList
      ? [
          {
            title: '事项数',
            width: '5em',
            numeric: true,
            render: ({ items }: ReferenceRowFragment) => formatCount(items ?? 0),
          },
        ]
      : []),
    { title: '版本', width: '4em', numeric: true, render: ({ version }) => version },
    { title: '生效日期', width: '7.5em', render: ({ effectiveFrom }) => effectiveFrom },
    { title: '终止日期', width: '7.5em', render: ({ endedOn }) => endedOn ?? '—' },
    {
      title: '状态',
      width: '6em',
      render: ({ state }) => <Tag tone={STATES[state].tone}>{STATES[state].text}</Tag>,
    },
  ];
}

function Entries({
  kind,
  state,
  onOpen,
}: {
  kind: ReferenceKind;
  state: ReferenceState | null;
  onOpen: (row: ReferenceRowFragment) => void;
}) {
  const pages = usePages();
  const [{ data, error }, refetch] = useQuery({
    query: ReferenceEntriesDocument,
    variables: {
      filter: { kind, state, key: null, agency: null },
      first: PAGE_SIZE,
      after: pages.after,
    },
    requestPolicy: 'cache-and-network',
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const rows = data.referenceEntries.edges.map(({ node }) => node);
  if (rows.length === 0) return <Nothing>{state === null ? '还没有录入。' : '没有这种状态的内容。'}</Nothing>;
  return (
    <>
      <DataTable
        caption={KINDS[kind]}
        columns={columnsOf(kind, onOpen)}
        rows={rows}
        rowKey={({ id }) => id}
      />
      <Pager pages={pages} pageInfo={data.referenceEntries.pageInfo} />
    </>
  );
}
