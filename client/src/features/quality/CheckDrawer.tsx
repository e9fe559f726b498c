import { Alert, Button, Drawer, Input, Select } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import {
  RecordFindingDocument,
  SpotCheckDetailDocument,
  type FindingResult,
  type RecordFindingInput,
  type SpotCheckDetailQuery,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Tag, type Tone } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { UNREACHABLE } from '../../shared/session.ts';
import { useFeeds } from '../feed/feeds.tsx';

type Check = Extract<SpotCheckDetailQuery['node'], { sample: unknown }>;
type Drawn = Check['sample'][number];

const RESULTS: Readonly<Record<FindingResult, { text: string; tone: Tone }>> = {
  MATCH: { text: '相符', tone: 'good' },
  WRONG: { text: '错报', tone: 'warn' },
  CONCEALED: { text: '瞒报', tone: 'bad' },
};

/** A sample with what was found; noted one by one. */
export function CheckDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      size="min(960px, 100vw)"
      title="抽查核对"
      destroyOnHidden
    >
      {id !== undefined && <Sample key={id} id={id} />}
    </Drawer>
  );
}

function Sample({ id }: { id: string }) {
  const [{ data, error }, refetch] = useQuery({ query: SpotCheckDetailDocument, variables: { id } });
  const [, record] = useMutation(RecordFindingDocument);
  const [problem, setProblem] = useState('');
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const check = data.node && 'sample' in data.node ? data.node : undefined;
  if (!check) return <Nothing>没有这次抽查。</Nothing>;

  const note = async (finding: Partial<RecordFindingInput> & { result: FindingResult }) => {
    const { data: answer, error: failed } = await record({
      input: { check: id, ...finding } as RecordFindingInput,
    });
    const told = answer?.recordFinding.errors[0]?.message ?? failed?.graphQLErrors[0]?.message;
    setProblem(answer?.recordFinding.check ? '' : (told ?? UNREACHABLE.message));
    refetch({ requestPolicy: 'network-only' });
  };
  const found = new Map(check.findings.map((finding) => [finding.recordId, finding]));
  const columns: readonly Column<Drawn>[] = [
    { title: '文书号', render: ({ documentNumber }) => documentNumber },
    { title: '相对人', render: ({ counterpartName }) => counterpartName },
    { title: '决定日期', width: '7em', render: ({ decidedAt }) => decidedAt },
    {
      title: '结果',
      render: (drawn) => {
        const finding = found.get(drawn.id);
        if (!finding) return <Tag tone="plain">未核</Tag>;
        const { text, tone } = RESULTS[finding.result];
        return (
          <>
            <Tag tone={tone}>{text}</Tag>{' '}
            {finding.columns.map(({ name, there }) => `${name}：${there || '（不记录）'}`).join('；')}
          </>
        );
      },
    },
    {
      title: '记录',
      width: '17em',
      render: (drawn) => <Noting key={drawn.id} drawn={drawn} onNote={note} />,
    },
  ];
  const concealed = check.findings.filter(({ result }) => result === 'CONCEALED');
  return (
    <>
      <p className="quiet">
        随机种子 {check.seed}，从 {check.population} 件中抽取 {check.drawn} 件。
      </p>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginBottom: 12 }} />}
      {check.sample.length === 0 ? (
        <Nothing>这段时间没有决定可抽。</Nothing>
      ) : (
        <DataTable caption="样本" columns={columns} rows={check.sample} rowKey={(drawn) => drawn.id} />
      )}
      <h3>信源有而本平台没有（瞒报）</h3>
      <Concealed onNote={note} />
      {concealed.length === 0 ? (
        <Nothing>没有发现瞒报。</Nothing>
      ) : (
        <ul className="results">
          {concealed.map(({ documentNumber, note: text }) => (
            <li key={documentNumber}>
              <Tag tone="bad">瞒报</Tag> {documentNumber} {text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type OnNote = (finding: Partial<RecordFindingInput> & { result: FindingResult }) => Promise<void>;

/** Columns that most templates have; the server refuses one that this template lacks. */
const FIELDS = [
  { value: 'content', label: '内容' },
  { value: 'decidedOn', label: '决定日期' },
  { value: 'validTo', label: '有效期至' },
  { value: 'uscc', label: '统一社会信用代码' },
  { value: 'authorityName', label: '决定机关' },
];

function Noting({ drawn, onNote }: { drawn: Drawn; onNote: OnNote }) {
  const [field, setField] = useState('content');
  const [there, setThere] = useState('');
  return (
    <div className="start">
      <Button size="small" onClick={() => void onNote({ result: 'MATCH', record: drawn.id })}>
        相符
      </Button>
      <Select
        size="small"
        aria-label={`${drawn.documentNumber}不一致的列`}
        value={field}
        onChange={setField}
        options={FIELDS}
        style={{ width: 110 }}
      />
      <Input
        size="small"
        aria-label={`${drawn.documentNumber}在信源处是`}
        placeholder="信源处的内容"
        value={there}
        onChange={({ target }) => setThere(target.value)}
        style={{ width: 110 }}
      />
      <Button
        size="small"
        disabled={!there.trim()}
        onClick={() => void onNote({ result: 'WRONG', record: drawn.id, columns: [{ field, there }] })}
      >
        错报
      </Button>
    </div>
  );
}

function Concealed({ onNote }: { onNote: OnNote }) {
  const feeds = useFeeds();
  const [feed, setFeed] = useState<string>();
  const [documentNumber, setNumber] = useState('');
  return (
    <div className="start" style={{ marginBottom: 12 }}>
      <Select
        aria-label="数据目录"
        placeholder="数据目录"
        showSearch={{ optionFilterProp: 'label' }}
        value={feed ?? null}
        onChange={(path: string) => setFeed(path)}
        options={feeds?.map(({ path, name }) => ({ value: path, label: name })) ?? []}
        style={{ width: 220, maxWidth: '100%' }}
      />
      <Input
        aria-label="文书号"
        placeholder="文书号"
        maxLength={100}
        value={documentNumber}
        onChange={({ target }) => setNumber(target.value)}
        style={{ width: 220, maxWidth: '100%' }}
      />
      <Button
        disabled={feed === undefined || !documentNumber.trim()}
        onClick={() =>
          void onNote({ result: 'CONCEALED', ...(feed === undefined ? {} : { feed }), documentNumber })
        }
      >
        记录瞒报
      </Button>
    </div>
  );
}
