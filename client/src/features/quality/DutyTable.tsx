import { Alert, Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import {
  FileZeroReportDocument,
  ReportingDutiesDocument,
  type ReportingDutiesQuery,
  type ReportingDutyState,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Tag, type Tone } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { UNREACHABLE } from '../../shared/session.ts';
import { useViewer } from '../account/viewer.tsx';
import { FeedName } from '../feed/feeds.tsx';
import { periodText } from './periods.ts';

type Duty = ReportingDutiesQuery['reportingDuties'][number];

const STATES: Readonly<Record<ReportingDutyState, { text: string; tone: Tone }>> = {
  RUNNING: { text: '进行中', tone: 'plain' },
  WAITING: { text: '待报', tone: 'busy' },
  DUE_SOON: { text: '即将到期', tone: 'warn' },
  OVERDUE: { text: '逾期', tone: 'bad' },
  REPORTED: { text: '已报送', tone: 'good' },
  ZERO: { text: '零报告', tone: 'good' },
};

const OPEN: readonly ReportingDutyState[] = ['WAITING', 'DUE_SOON', 'OVERDUE'];

/** What the viewer's agency has to report, those that wait first; a period without decisions is told by a zero report. */
export function DutyTable() {
  const viewer = useViewer();
  const [{ data, error }, refetch] = useQuery({ query: ReportingDutiesDocument });
  const [{ fetching }, file] = useMutation(FileZeroReportDocument);
  const [problem, setProblem] = useState('');
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;

  const zero = async ({ feed, period }: Duty) => {
    const { data: answer, error: failed } = await file({ feed, period });
    const told = answer?.fileZeroReport.errors[0]?.message ?? failed?.graphQLErrors[0]?.message;
    setProblem(answer?.fileZeroReport.duty ? '' : (told ?? UNREACHABLE.message));
    refetch({ requestPolicy: 'network-only' });
  };
  const waits = ({ state }: Duty) => OPEN.includes(state);
  const duties = [
    ...data.reportingDuties.filter(waits),
    ...data.reportingDuties.filter((duty) => !waits(duty)),
  ];
  const columns: readonly Column<Duty>[] = [
    { title: '数据目录', render: ({ feed }) => <FeedName path={feed} /> },
    { title: '报送期', width: '9em', render: ({ period }) => periodText(period) },
    { title: '起止', width: '15em', render: ({ first, last }) => `${first} 至 ${last}` },
    { title: '最迟报送', width: '7em', render: ({ dueOn }) => dueOn },
    {
      title: '状态',
      width: '6em',
      render: ({ state }) => <Tag tone={STATES[state].tone}>{STATES[state].text}</Tag>,
    },
    {
      title: '操作',
      width: '6em',
      render: (duty) =>
        waits(duty) && viewer?.can('quality:report') ? (
          <Popconfirm
            title="确认零报告"
            description="声明本期没有作出决定；此后如发现漏报将按瞒报处理。"
            okText="零报告"
            cancelText="取消"
            onConfirm={() => void zero(duty)}
            styles={{ root: { maxWidth: 300 } }}
          >
            <Button size="small" disabled={fetching}>
              零报告
            </Button>
          </Popconfirm>
        ) : (
          '—'
        ),
    },
  ];
  return (
    <>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginBottom: 12 }} />}
      {duties.length === 0 ? (
        <Nothing>近期没有报送任务。</Nothing>
      ) : (
        <DataTable
          caption="报送任务"
          columns={columns}
          rows={duties}
          rowKey={({ feed, period }) => `${feed} ${period}`}
        />
      )}
    </>
  );
}
