import { Alert, Button, Timeline } from 'antd';
import { useState } from 'react';
import { useQuery } from 'urql';
import { ReferenceEntryDocument, type ReferenceEntryQuery } from '../../graphql/__generated__/documents.ts';
import { Facts, Failure, Loading, Nothing, Tag } from '../../shared/components.tsx';
import { formatInstant } from '../../shared/format.ts';
import { useViewer } from '../account/viewer.tsx';
import { Decision } from './Decision.tsx';
import { EntryForm } from './EntryForm.tsx';
import { download } from '../../shared/download.ts';
import { ValueView } from './ValueView.tsx';
import { KINDS, STATES } from './words.ts';

type Entry = Extract<ReferenceEntryQuery['node'], { steps: unknown }>;

/** One version: what it says, what was done to it, and what may be done next. */
export function EntryDetail({ id, onMoved }: { id: string; onMoved: () => void }) {
  const viewer = useViewer();
  const [edits, setEdits] = useState(false);
  const [problem, setProblem] = useState('');
  const [{ data, error }, refetch] = useQuery({
    query: ReferenceEntryDocument,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const entry = data.node && 'steps' in data.node ? (data.node as Entry) : undefined;
  if (!entry) return <Nothing>没有这项基础数据。</Nothing>;
  if (edits) return <EntryForm kind={entry.kind} from={entry} onDone={onMoved} />;

  const isList = entry.kind === 'DIRECTORY' || entry.kind === 'POWER';
  const proposes =
    viewer?.can('reference:propose') === true || (isList && viewer?.can('reference:propose-own') === true);
  const changes = entry.mayChange && entry.state !== 'SUBMITTED';
  const follows = proposes && (entry.state === 'APPROVED' || entry.state === 'WITHDRAWN');
  const { text, tone } = STATES[entry.state];
  return (
    <>
      <Facts
        items={[
          { label: '类别', value: KINDS[entry.kind] },
          { label: '版本', value: `第 ${String(entry.version)} 版` },
          { label: '状态', value: <Tag tone={tone}>{text}</Tag> },
          { label: '生效日期', value: entry.effectiveFrom },
          ...(entry.endedOn === null ? [] : [{ label: '终止日期', value: entry.endedOn }]),
        ]}
      />
      {entry.value && <ValueView kind={entry.kind} value={entry.value} />}
      <div className="start" style={{ marginTop: 12 }}>
        {changes && <Button onClick={() => setEdits(true)}>修改</Button>}
        {follows && <Button onClick={() => setEdits(true)}>新版本</Button>}
        {isList && (
          <Button
            onClick={() =>
              void download(
                `/power-lists/${encodeURIComponent(entry.id)}/items.xlsx`,
                `${KINDS[entry.kind]}-${entry.title}.xlsx`,
              ).then(setProblem)
            }
          >
            导出 Excel
          </Button>
        )}
      </div>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginTop: 12 }} />}
      <Decision entry={entry} onMoved={onMoved} />
      <h3>办理记录</h3>
      <Timeline
        items={entry.steps.map((step) => ({
          key: `${step.at}-${step.state}`,
          content: `${formatInstant(step.at)}　${step.name}　${STATES[step.state].text}${
            step.reason === null ? '' : `：${step.reason}`
          }`,
        }))}
      />
    </>
  );
}
