import { Alert, Button, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { useViewer } from '../../features/account/viewer.tsx';
import { thisMonth } from '../../features/quality/periods.ts';
import { WorkbookButton } from '../../features/quality/WorkbookButton.tsx';
import {
  CitySheetDocument,
  EnterCityScoreDocument,
  type CitySheetQuery,
} from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Failure, Loading } from '../../shared/components.tsx';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { UNREACHABLE } from '../../shared/session.ts';

type Row = CitySheetQuery['citySheet']['rows'][number];

/** Self-assessment by the national city monitoring. */
export function CitySheetPage() {
  useTitle('城市信用监测自评');
  const [year, setYear] = useState(Number(thisMonth().slice(0, 4)));
  return (
    <>
      <div className="panel-head">
        <h1>城市信用监测自评</h1>
        <div className="start">
          <InputNumber
            aria-label="年份"
            min={2000}
            max={2099}
            value={year}
            onChange={(value) => setYear(value ?? year)}
            suffix="年"
          />
          <WorkbookButton
            path={`city-monitoring/${String(year)}.xlsx`}
            name={`城市信用监测自评表-${String(year)}.xlsx`}
            text="下载自评表"
          />
        </div>
      </div>
      <Sheet key={year} year={year} />
    </>
  );
}

function Sheet({ year }: { year: number }) {
  const viewer = useViewer();
  const [{ data, error }, refetch] = useQuery({ query: CitySheetDocument, variables: { year } });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const { name, rows, total } = data.citySheet;
  const enters = viewer?.can('quality:manage') ?? false;
  const columns: readonly Column<Row>[] = [
    { title: '编号', width: '4.5em', render: ({ code }) => code },
    {
      title: '指标',
      width: '15em',
      render: ({ level, name: indicator }) => (level === 1 ? <strong>{indicator}</strong> : indicator),
    },
    { title: '分值', width: '4em', numeric: true, render: ({ weight }) => weight ?? '—' },
    { title: '平台数据', render: ({ known }) => known ?? '—' },
    {
      title: '自评得分与说明',
      width: '26em',
      render: (row) =>
        row.level === 1 || !enters ? (
          <>
            {row.score ?? '—'} {row.note}
          </>
        ) : (
          <Entry
            key={`${row.code} ${String(row.score)} ${row.note}`}
            row={row}
            year={year}
            onSaved={() => refetch({ requestPolicy: 'network-only' })}
          />
        ),
    },
  ];
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{name}</h2>
        <span className="quiet">自评合计 {total ?? '—'} / 100</span>
      </div>
      <DataTable caption={name} columns={columns} rows={rows} rowKey={({ code }) => code} />
    </section>
  );
}

function Entry({ row, year, onSaved }: { row: Row; year: number; onSaved: () => void }) {
  const [score, setScore] = useState<number | null>(row.score ?? null);
  const [note, setNote] = useState(row.note);
  const [problem, setProblem] = useState('');
  const [{ fetching }, enter] = useMutation(EnterCityScoreDocument);
  const save = async () => {
    const { data, error } = await enter({ input: { year, code: row.code, score, note } });
    const done = data?.enterCityScore.sheet != null;
    const told = data?.enterCityScore.errors[0]?.message ?? error?.graphQLErrors[0]?.message;
    setProblem(done ? '' : (told ?? UNREACHABLE.message));
    if (done) onSaved();
  };
  return (
    <div className="start">
      {row.level === 2 && (
        <InputNumber
          size="small"
          aria-label={`${row.code} 得分`}
          min={0}
          max={row.weight ?? 0}
          step={0.1}
          value={score}
          onChange={setScore}
          style={{ width: 70 }}
        />
      )}
      <Input
        size="small"
        aria-label={`${row.code} 说明`}
        maxLength={500}
        value={note}
        onChange={({ target }) => setNote(target.value)}
        style={{ width: 170 }}
      />
      <Button
        size="small"
        loading={fetching}
        disabled={score === (row.score ?? null) && note === row.note}
        onClick={() => void save()}
      >
        保存
      </Button>
      {problem && <Alert type="error" title={problem} role="alert" />}
    </div>
  );
}
