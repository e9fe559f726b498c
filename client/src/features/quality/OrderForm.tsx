import { Alert, Button, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useMutation } from 'urql';
import { IssueSupervisionOrderDocument } from '../../graphql/__generated__/documents.ts';
import { UNREACHABLE } from '../../shared/session.ts';
import { AgencySelect } from './agencies.tsx';
import { newKey } from './key.ts';

const DAYS = 5;

/** Issues a supervision order to an agency. */
export function OrderForm({ onIssued }: { onIssued: () => void }) {
  const [agency, setAgency] = useState<string>();
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [workingDays, setDays] = useState(DAYS);
  const [key, setKey] = useState(newKey);
  const [problem, setProblem] = useState('');
  const [{ fetching }, issue] = useMutation(IssueSupervisionOrderDocument);

  const send = async () => {
    if (agency === undefined) return;
    const { data, error } = await issue({
      input: { agency, title, text, workingDays, check: null, clientMutationId: key },
    });
    const done = data?.issueSupervisionOrder.order != null;
    const told = data?.issueSupervisionOrder.errors[0]?.message ?? error?.graphQLErrors[0]?.message;
    setProblem(done ? '' : (told ?? UNREACHABLE.message));
    if (!done) return;
    setTitle('');
    setText('');
    setKey(newKey());
    onIssued();
  };
  return (
    <>
      <div className="start">
        <AgencySelect value={agency} onChange={setAgency} />
        <Input
          aria-label="事由"
          placeholder="事由"
          maxLength={100}
          value={title}
          onChange={({ target }) => setTitle(target.value)}
          style={{ width: 240, maxWidth: '100%' }}
        />
        <InputNumber
          aria-label="办理期限"
          min={1}
          max={60}
          value={workingDays}
          onChange={(value) => setDays(value ?? DAYS)}
          suffix="个工作日"
        />
      </div>
      <div className="start" style={{ marginTop: 8 }}>
        <Input.TextArea
          aria-label="督办要求"
          placeholder="督办要求"
          maxLength={2000}
          rows={2}
          value={text}
          onChange={({ target }) => setText(target.value)}
          style={{ width: 560, maxWidth: '100%' }}
        />
        <Button
          type="primary"
          disabled={agency === undefined || !title.trim() || !text.trim()}
          loading={fetching}
          onClick={() => void send()}
        >
          下达督办单
        </Button>
      </div>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginTop: 12 }} />}
    </>
  );
}
