import { Alert } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery, type CombinedError } from 'urql';
import { useViewer } from '../../features/account/viewer.tsx';
import { RunDrawer } from '../../features/collection/RunDrawer.tsx';
import { SourceTable, type SourceActions } from '../../features/collection/SourceTable.tsx';
import {
  CollectionSourcesDocument,
  CollectNowDocument,
  SetCollectionSourceEnabledDocument,
  type SourceRowFragment,
} from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Failure, Figures, Loading, Nothing } from '../../shared/components.tsx';
import { UNREACHABLE } from '../../shared/session.ts';
import { useRefresh } from '../../shared/use-refresh.ts';

const REFRESH_MS = 5000;

interface Told {
  readonly errors: readonly { readonly message: string }[];
}

function problemOf(answer: Told | undefined, failed: CombinedError | undefined): string {
  if (answer) return answer.errors[0]?.message ?? '';
  return failed?.graphQLErrors[0]?.message ?? UNREACHABLE.message;
}

export function CollectionPage() {
  useTitle('数据采集');
  const viewer = useViewer();
  const [open, setOpen] = useState<SourceRowFragment>();
  const [problem, setProblem] = useState('');
  const [{ data, error }, refetch] = useQuery({ query: CollectionSourcesDocument });
  const [, collectNow] = useMutation(CollectNowDocument);
  const [, setEnabled] = useMutation(SetCollectionSourceEnabledDocument);
  useRefresh(refetch, REFRESH_MS);

  const actions: SourceActions = {
    open: setOpen,
    ...(viewer?.can('collection:run')
      ? {
          collect: ({ code }) => {
            void collectNow({ code }).then(({ data: answer, error: failed }) => {
              setProblem(problemOf(answer?.collectNow, failed));
              refetch();
            });
          },
        }
      : {}),
    ...(viewer?.can('collection:manage')
      ? {
          enable: ({ code }, enabled) => {
            void setEnabled({ code, enabled }).then(({ data: answer, error: failed }) => {
              setProblem(problemOf(answer?.setCollectionSourceEnabled, failed));
              refetch();
            });
          },
        }
      : {}),
  };
  const sources = data?.collectionSources ?? [];
  const failing = sources.filter(({ failures }) => failures > 0).length;
  return (
    <>
      <div className="panel-head">
        <h1>数据采集</h1>
        <span className="quiet">每 5 秒更新</span>
      </div>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginBottom: 12 }} />}
      {error && <Failure error={error} onRetry={refetch} />}
      {!data && !error && <Loading />}
      {data && sources.length === 0 && (
        <section className="panel">
          <Nothing>还没有采集源。不自行报送的信源单位，可由信用中心设置文件夹、接口或前置库采集。</Nothing>
        </section>
      )}
      {sources.length > 0 && (
        <section className="panel">
          <Figures
            items={[
              { label: '采集源', value: sources.length },
              { label: '启用', value: sources.filter(({ enabled }) => enabled).length },
              {
                label: '采集中',
                value: sources.filter(({ lastRun }) => lastRun?.state === 'RUNNING').length,
              },
              { label: '失败', value: failing, alert: failing > 0 },
            ]}
          />
        </section>
      )}
      {sources.length > 0 && (
        <section className="panel">
          <h2>采集源</h2>
          <SourceTable sources={sources} actions={actions} />
        </section>
      )}
      <RunDrawer source={open} onClose={() => setOpen(undefined)} />
    </>
  );
}
