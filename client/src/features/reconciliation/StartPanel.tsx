import { Alert, Button, Input, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import {
  ReconcilablePlatformsDocument,
  ReconcilePlatformDocument,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Nothing } from '../../shared/components.tsx';
import { formatInstant } from '../../shared/format.ts';
import { UNREACHABLE } from '../../shared/session.ts';

const DAY_MS = 86_400_000;

function yesterday(): string {
  return formatInstant(Date.now() - DAY_MS).slice(0, 10);
}

function silentText(platforms: readonly { name: string }[]): string {
  return `${platforms.map(({ name }) => name).join('、')}不提供对账数据，无法核对`;
}

/** Choose platform and day; compare, or compare and send again what the platform has lost. */
export function StartPanel({ onStarted }: { onStarted: () => void }) {
  const [{ data, error }, refetch] = useQuery({ query: ReconcilablePlatformsDocument });
  const [{ fetching }, start] = useMutation(ReconcilePlatformDocument);
  const [chosen, setChosen] = useState<string>();
  const [day, setDay] = useState(yesterday);
  const [problem, setProblem] = useState('');
  if (error) return <Failure error={error} onRetry={refetch} />;
  const platforms = data?.platforms.filter(({ enabled, comparable }) => enabled && comparable) ?? [];
  const silent = data?.platforms.filter(({ enabled, comparable }) => enabled && !comparable) ?? [];
  const platform = chosen ?? platforms[0]?.code;
  if (data && platform === undefined)
    return (
      <Nothing>{silent.length > 0 ? `${silentText(silent)}。` : '尚未启用上级平台，无法对账。'}</Nothing>
    );

  const run = async (repair: boolean) => {
    if (platform === undefined) return;
    const { data: answer, error: failed } = await start({ platform, day, repair });
    const told = answer?.reconcilePlatform.errors[0]?.message ?? failed?.graphQLErrors[0]?.message;
    setProblem(answer?.reconcilePlatform.run ? '' : (told ?? UNREACHABLE.message));
    onStarted();
  };
  const ready = platform !== undefined && day !== '';
  return (
    <>
      <div className="start">
        <Select
          aria-label="平台"
          value={platform ?? null}
          onChange={(code: string) => setChosen(code)}
          options={platforms.map(({ code, name }) => ({ value: code, label: name }))}
          style={{ width: 200 }}
        />
        <Input
          type="date"
          aria-label="平台接收日期"
          value={day}
          onChange={(event) => setDay(event.target.value)}
          style={{ width: 150 }}
        />
        <Button type="primary" disabled={!ready} loading={fetching} onClick={() => void run(false)}>
          对账
        </Button>
        <Popconfirm
          title="对账并补推"
          description="平台缺失、或仍是旧版本的数据将重新推送；平台会识别重复，不会产生两次效果。"
          okText="补推"
          cancelText="取消"
          onConfirm={() => void run(true)}
          disabled={!ready || fetching}
          styles={{ root: { maxWidth: 300 } }}
        >
          <Button disabled={!ready || fetching}>补推</Button>
        </Popconfirm>
      </div>
      {silent.length > 0 && <p className="hint">{silentText(silent)}。</p>}
      <p className="hint">按平台接收日期（北京时间）逐信源单位、逐类别核对；在途数据两边都不计。</p>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginTop: 12 }} />}
    </>
  );
}
