import type { QualityByFeedQuery } from '../../graphql/__generated__/documents.ts';
import { Figures } from '../../shared/components.tsx';
import { formatCount } from '../../shared/format.ts';
import { percentText } from './periods.ts';

type Total = QualityByFeedQuery['qualityReport']['total'];

/** The figures of a period, and the faults by dimension of quality. */
export function Summary({ total, reporting }: { total: Total; reporting?: number | null }) {
  const { rates } = total;
  return (
    <>
      <Figures
        items={[
          { label: '归集量（行）', value: formatCount(total.received) },
          { label: '入库量（行）', value: formatCount(total.stored) },
          { label: '合规率', value: percentText(rates.compliance) },
          { label: '及时率', value: percentText(rates.timely) },
          { label: '迟报率', value: percentText(rates.late) },
          { label: '漏报（期）', value: formatCount(total.gaps), alert: total.gaps > 0 },
          ...(reporting === undefined ? [] : [{ label: '上报率', value: percentText(reporting) }]),
        ]}
      />
      <h3 className="quiet">质量七维度：存在问题的行数（全面性为漏报期数）</h3>
      <Figures
        items={total.dimensions.map(({ name, faults }) => ({ label: name, value: formatCount(faults) }))}
      />
    </>
  );
}
