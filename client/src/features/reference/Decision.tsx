import { Alert, Button, Input, Popconfirm } from 'antd';
import { useState } from 'react';
import { useMutation, type CombinedError } from 'urql';
import {
  DecideReferenceEntryDocument,
  SubmitReferenceEntryDocument,
  WithdrawReferenceEntryDocument,
  type ReferenceDetailFragment,
} from '../../graphql/__generated__/documents.ts';
import { UNREACHABLE } from '../../shared/session.ts';

interface Said {
  readonly errors: readonly { readonly message: string }[];
}

/** The next step of a version: submit or withdraw for its maker, approve or return for the checker. */
export function Decision({ entry, onMoved }: { entry: ReferenceDetailFragment; onMoved: () => void }) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [submitting, submit] = useMutation(SubmitReferenceEntryDocument);
  const [withdrawing, withdraw] = useMutation(WithdrawReferenceEntryDocument);
  const [deciding, decide] = useMutation(DecideReferenceEntryDocument);
  if (!entry.mayChange && !entry.mayDecide) return null;

  const told = (said: Said | undefined, failed: CombinedError | undefined) => {
    if (said?.errors.length === 0) onMoved();
    else setProblem(said?.errors[0]?.message ?? failed?.graphQLErrors[0]?.message ?? UNREACHABLE.message);
  };
  const own = { entry: entry.id, reason: reason.trim() || null };
  const settle = (approve: boolean) =>
    void decide({ ...own, approve }).then(({ data, error }) => told(data?.decideReferenceEntry, error));
  return (
    <div style={{ marginTop: 16 }}>
      <div className="start">
        <Input
          aria-label="理由"
          placeholder={entry.mayDecide ? '复核意见（退回时必填）' : '说明（可不填）'}
          maxLength={500}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
          style={{ width: 320, maxWidth: '100%' }}
        />
        {entry.mayDecide && (
          <>
            <Button type="primary" loading={deciding.fetching} onClick={() => settle(true)}>
              通过
            </Button>
            <Button disabled={!reason.trim()} loading={deciding.fetching} onClick={() => settle(false)}>
              退回
            </Button>
          </>
        )}
        {entry.mayChange && entry.state !== 'SUBMITTED' && (
          <Button
            type="primary"
            loading={submitting.fetching}
            onClick={() =>
              void submit(own).then(({ data, error }) => told(data?.submitReferenceEntry, error))
            }
          >
            提交复核
          </Button>
        )}
        {entry.mayChange && (
          <Popconfirm
            title="撤回这个版本？"
            okText="撤回"
            cancelText="取消"
            onConfirm={() =>
              void withdraw(own).then(({ data, error }) => told(data?.withdrawReferenceEntry, error))
            }
          >
            <Button loading={withdrawing.fetching}>撤回</Button>
          </Popconfirm>
        )}
      </div>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginTop: 12 }} />}
    </div>
  );
}
