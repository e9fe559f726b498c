import { lazy, Suspense } from 'react';
import { useQuery } from 'urql';
import { QualityByDayDocument } from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing } from '../../shared/components.tsx';

const DayChart = lazy(async () => ({ default: (await import('./DayChart.tsx')).DayChart }));

/** The days of a month on which something came. */
export function DayPanel({ period }: { period: string }) {
  const [{ data, error }, refetch] = useQuery({ query: QualityByDayDocument, variables: { period } });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const days = data.qualityReport.rows.filter(({ received }) => received > 0);
  if (days.length === 0) return <Nothing>本月没有收到数据。</Nothing>;
  return (
    <Suspense fallback={<Loading />}>
      <DayChart days={days} />
    </Suspense>
  );
}
