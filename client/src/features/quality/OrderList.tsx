import { Alert, Button, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import {
  CloseSupervisionOrderDocument,
  ReplySupervisionOrderDocument,
  ReturnSupervisionOrderDocument,
  SupervisionOrdersDocument,
  type OrderRowFragment,
  type SupervisionOrderState,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager, Tag, type Tone } from '../../shared/components.tsx';
import { formatInstant } from '../../shared/format.ts';
import { UNREACHABLE } from '../../shared/session.ts';
import { usePages } from '../../shared/use-pages.ts';
import { useViewer } from '../account/viewer.tsx';

const STATES: Readonly<Record<SupervisionOrderState, { text: string; tone: Tone }>> = {
  ISSUED: { text: '已下达', tone: 'busy' },
  REPLIED: { text: '已回复', tone: 'warn' },
  RETURNED: { text: '已退回', tone: 'bad' },
  CLOSED: { text: '已办结', tone: 'good' },
};
const RETURN_DAYS = 3;

interface Said {
  readonly errors: readonly { readonly message: string }[];
}

/** Supervision orders, newest first; an agency replies here, the centre closes or returns. */
export function OrderList() {
  const pages = usePages();
  const [{ data, error }, refetch] = useQuery({
    query: SupervisionOrdersDocument,
    variables: { first: 10, after: pages.after },
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const orders = data.supervisionOrders.edges.map(({ node }) => node);
  if (orders.length === 0) return <Nothing>没有督办单。</Nothing>;
  const reload = () => refetch({ requestPolicy: 'network-only' });
  return (
    <>
      <ul className="results">
        {orders.map((order) => (
          <Order key={order.id} order={order} onMoved={reload} />
        ))}
      </ul>
      <Pager pages={pages} pageInfo={data.supervisionOrders.pageInfo} />
    </>
  );
}

function Order({ order, onMoved }: { order: OrderRowFragment; onMoved: () => void }) {
  const { text, tone } = STATES[order.state];
  return (
    <li>
      <h3>
        {order.number} {order.title} <Tag tone={tone}>{text}</Tag>
        {order.overdue && <Tag tone="bad">逾期</Tag>}
      </h3>
      <p>
        <span>{order.agency?.name ?? '未知'}</span>
        <span>回复期限 {order.dueOn}</span>
      </p>
      {order.steps.map((step) => (
        <p key={step.at}>
          <span>{formatInstant(step.at)}</span>
          <span>
            {STATES[step.state].text}：{step.text}
          </span>
        </p>
      ))}
      <Answer key={order.state} order={order} onMoved={onMoved} />
    </li>
  );
}

function Answer({ order, onMoved }: { order: OrderRowFragment; onMoved: () => void }) {
  const viewer = useViewer();
  const [text, setText] = useState('');
  const [days, setDays] = useState(RETURN_DAYS);
  const [problem, setProblem] = useState('');
  const [replying, reply] = useMutation(ReplySupervisionOrderDocument);
  const [closing, close] = useMutation(CloseSupervisionOrderDocument);
  const [returning, giveBack] = useMutation(ReturnSupervisionOrderDocument);
  const replies = viewer?.can('quality:report') && (order.state === 'ISSUED' || order.state === 'RETURNED');
  const decides = viewer?.can('quality:manage') && order.state === 'REPLIED';
  if (!replies && !decides) return null;

  const told = (
    said: Said | undefined,
    failed: { graphQLErrors: readonly { message: string }[] } | undefined,
  ) => {
    setProblem(
      said?.errors.length === 0
        ? ''
        : (said?.errors[0]?.message ?? failed?.graphQLErrors[0]?.message ?? UNREACHABLE.message),
    );
    if (said?.errors.length === 0) onMoved();
  };
  const own = { order: order.id, text };
  return (
    <div className="start" style={{ marginTop: 8 }}>
      <Input
        aria-label={`${order.number}的${replies ? '回复' : '意见'}`}
        placeholder={replies ? '整改情况' : '审核意见'}
        maxLength={2000}
        value={text}
        onChange={({ target }) => setText(target.value)}
        style={{ width: 320, maxWidth: '100%' }}
      />
      {replies && (
        <Button
          type="primary"
          disabled={!text.trim()}
          loading={replying.fetching}
          onClick={() => void reply(own).then(({ data, error }) => told(data?.replySupervisionOrder, error))}
        >
          回复
        </Button>
      )}
      {decides && (
        <>
          <Button
            type="primary"
            disabled={!text.trim()}
            loading={closing.fetching}
            onClick={() =>
              void close(own).then(({ data, error }) => told(data?.closeSupervisionOrder, error))
            }
          >
            办结
          </Button>
          <InputNumber
            aria-label="重新回复的工作日数"
            min={1}
            max={60}
            value={days}
            onChange={(value) => setDays(value ?? RETURN_DAYS)}
            suffix="个工作日"
          />
          <Button
            disabled={!text.trim()}
            loading={returning.fetching}
            onClick={() =>
              void giveBack({ ...own, workingDays: days }).then(({ data, error }) =>
                told(data?.returnSupervisionOrder, error),
              )
            }
          >
            退回
          </Button>
        </>
      )}
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
    </div>
  );
}
