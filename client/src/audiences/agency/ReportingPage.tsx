import { Input } from 'antd';
import { useState } from 'react';
import { useQuery } from 'urql';
import { FeedName } from '../../features/feed/feeds.tsx';
import { DayPanel } from '../../features/quality/DayPanel.tsx';
import { DutyTable } from '../../features/quality/DutyTable.tsx';
import { figureColumns } from '../../features/quality/figure-columns.tsx';
import { NoticeList } from '../../features/quality/NoticeList.tsx';
import { OrderList } from '../../features/quality/OrderList.tsx';
import { thisMonth } from '../../features/quality/periods.ts';
import { Summary } from '../../features/quality/Summary.tsx';
import { QualityByFeedDocument, type QualityByFeedQuery } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Failure, Loading, Nothing } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';

type Row = QualityByFeedQuery['qualityReport']['rows'][number];

const columns: readonly Column<Row>[] = [
  { title: '数据目录', render: ({ key }) => <FeedName path={key} /> },
  ...figureColumns<Row>(),
];

/** How an agency reports: notices, what it owes, its own figures. */
export function ReportingPage() {
  useTitle('报送情况');
  const [period, setPeriod] = useState(thisMonth);
  return (
    <>
      <h1>报送情况</h1>
      <section className="panel">
        <h2>通知</h2>
        <NoticeList />
      </section>
      <section className="panel">
        <h2>督办单</h2>
        <OrderList />
      </section>
      <section className="panel">
        <h2>报送任务</h2>
        <DutyTable />
      </section>
      <section className="panel">
        <div className="panel-head">
          <h2>本单位数据质量</h2>
          <Input
            type="month"
            aria-label="统计月份"
            value={period}
            onChange={({ target }) => {
              if (/^\d{4}-\d{2}$/.test(target.value)) setPeriod(target.value);
            }}
            style={{ width: 160 }}
          />
        </div>
        <Month key={period} period={period} />
      </section>
    </>
  );
}

function Month({ period }: { period: string }) {
  const [{ data, error }, refetch] = useQuery({
    query: QualityByFeedDocument,
    variables: { period, agency: null },
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const { rows, total } = data.qualityReport;
  return (
    <>
      <Summary total={total} />
      <DayPanel period={period} />
      {rows.length === 0 ? (
        <Nothing>本月没有收到数据，也没有到期的报送任务。</Nothing>
      ) : (
        <DataTable caption="各数据目录" columns={columns} rows={rows} rowKey={({ key }) => key} />
      )}
    </>
  );
}
