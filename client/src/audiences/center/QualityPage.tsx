import { Input } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { DayPanel } from '../../features/quality/DayPanel.tsx';
import { figureColumns } from '../../features/quality/figure-columns.tsx';
import { GapList } from '../../features/quality/GapList.tsx';
import { thisMonth } from '../../features/quality/periods.ts';
import { Summary } from '../../features/quality/Summary.tsx';
import { WorkbookButton } from '../../features/quality/WorkbookButton.tsx';
import { QualityByAgencyDocument, type QualityByAgencyQuery } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Failure, Loading, Nothing } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';

type Row = QualityByAgencyQuery['qualityReport']['rows'][number];

const columns: readonly Column<Row>[] = [
  { title: '排名', width: '3.6em', numeric: true, render: ({ rank }) => rank ?? '—' },
  { title: '信源单位', render: ({ agency }) => agency?.name ?? '未知' },
  ...figureColumns<Row>(),
];

export function QualityPage() {
  useTitle('数据质量');
  const [period, setPeriod] = useState(thisMonth);
  return (
    <>
      <div className="panel-head">
        <h1>数据质量</h1>
        <div className="start">
          <Input
            type="month"
            aria-label="统计月份"
            value={period}
            onChange={({ target }) => {
              if (/^\d{4}-\d{2}$/.test(target.value)) setPeriod(target.value);
            }}
            style={{ width: 160 }}
          />
          <WorkbookButton
            path={`monthly/${period}.xlsx`}
            name={`双公示数据统计表-${period}.xlsx`}
            text="双公示统计表"
          />
        </div>
      </div>
      <Month key={period} period={period} />
      <p>
        <Link to="/city-sheet">城市信用监测自评表</Link>
      </p>
      <section className="panel">
        <h2>漏报</h2>
        <GapList />
      </section>
    </>
  );
}

function Month({ period }: { period: string }) {
  const [{ data, error }, refetch] = useQuery({ query: QualityByAgencyDocument, variables: { period } });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const { rows, total, reporting } = data.qualityReport;
  return (
    <>
      <section className="panel">
        <h2>全市合计</h2>
        <Summary total={total} reporting={reporting} />
      </section>
      <section className="panel">
        <h2>每日归集与及时率</h2>
        <DayPanel period={period} />
      </section>
      <section className="panel">
        <h2>各单位</h2>
        {rows.length === 0 ? (
          <Nothing>还没有信源单位。</Nothing>
        ) : (
          <DataTable caption="各单位数据质量" columns={columns} rows={rows} rowKey={({ key }) => key} />
        )}
      </section>
    </>
  );
}
