import { Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useMutation } from 'urql';
import { ReconcilePlatformDocument, type RunRowFragment } from '../../graphql/__generated__/documents.ts';
import { download } from '../../shared/download.ts';
import { UNREACHABLE } from '../../shared/session.ts';

/** What can be done about the differences of a finished run: look, take away, have them mended. */
export function RunActions({
  run,
  canRun,
  onOpen,
  onStarted,
}: {
  run: RunRowFragment;
  canRun: boolean;
  onOpen: () => void;
  onStarted: () => void;
}) {
  const [{ fetching }, start] = useMutation(ReconcilePlatformDocument);
  const [problem, setProblem] = useState('');
  const name = `${run.day} ${run.platformName}`;
  const { platform, day } = run;

  const repair = async () => {
    const { data, error } = await start({ platform, day, repair: true });
    const told = data?.reconcilePlatform.errors[0]?.message ?? error?.graphQLErrors[0]?.message;
    setProblem(data?.reconcilePlatform.run ? '' : (told ?? UNREACHABLE.message));
    onStarted();
  };
  const mendable = run.state === 'DONE' && !run.repair && run.missingThere + run.different > 0;
  return (
    <span className="actions">
      <Button size="small" onClick={onOpen} aria-label={`${name} 差异清单`}>
        清单
      </Button>
      <Button
        size="small"
        onClick={() =>
          void download(
            `/downloads/reconciliation/${run.id}.xlsx`,
            `对账差异-${run.platform}-${run.day}.xlsx`,
          ).then(setProblem)
        }
        aria-label={`${name} 下载差异清单`}
      >
        下载
      </Button>
      {canRun && mendable && (
        <Popconfirm
          title="补推"
          description="重新核对这一天，平台缺失或仍是旧版本的数据将重新推送；平台会识别重复。"
          okText="补推"
          cancelText="取消"
          onConfirm={() => void repair()}
          styles={{ root: { maxWidth: 300 } }}
        >
          <Button size="small" loading={fetching} aria-label={`${name} 补推`}>
            补推
          </Button>
        </Popconfirm>
      )}
      {problem !== '' && <span role="alert">{problem}</span>}
    </span>
  );
}
