import { Alert, Button, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useMutation } from 'urql';
import { DrawSpotCheckDocument } from '../../graphql/__generated__/documents.ts';
import { UNREACHABLE } from '../../shared/session.ts';
import { AgencySelect } from './agencies.tsx';
import { newKey } from './key.ts';
import { thisMonth } from './periods.ts';

const SIZE = 20;

/** Draws a random sample of an agency's decisions of a month. */
export function CheckForm({ onDrawn }: { onDrawn: () => void }) {
  const [agency, setAgency] = useState<string>();
  const [period, setPeriod] = useState(thisMonth);
  const [size, setSize] = useState(SIZE);
  const [key, setKey] = useState(newKey);
  const [problem, setProblem] = useState('');
  const [{ fetching }, draw] = useMutation(DrawSpotCheckDocument);

  const send = async () => {
    if (agency === undefined) return;
    const { data, error } = await draw({
      input: { agency, period, size, feed: null, seed: null, clientMutationId: key },
    });
    const done = data?.drawSpotCheck.check != null;
    const told = data?.drawSpotCheck.errors[0]?.message ?? error?.graphQLErrors[0]?.message;
    setProblem(done ? '' : (told ?? UNREACHABLE.message));
    if (!done) return;
    setKey(newKey());
    onDrawn();
  };
  return (
    <>
      <div className="start">
        <AgencySelect value={agency} onChange={setAgency} />
        <Input
          type="month"
          aria-label="决定月份"
          value={period}
          onChange={({ target }) => setPeriod(target.value)}
          style={{ width: 160 }}
        />
        <InputNumber
          aria-label="抽取数量"
          min={1}
          max={200}
          value={size}
          onChange={(value) => setSize(value ?? SIZE)}
          suffix="件"
        />
        <Button
          type="primary"
          disabled={agency === undefined || period === ''}
          loading={fetching}
          onClick={() => void send()}
        >
          随机抽取
        </Button>
      </div>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginTop: 12 }} />}
    </>
  );
}
