import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use as register, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { QualityByDayQuery } from '../../graphql/__generated__/documents.ts';
import { useChart } from '../../shared/use-chart.ts';

register([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

type Day = QualityByDayQuery['qualityReport']['rows'][number];

function timelyOf({ onTime, late }: Day): number | null {
  return onTime + late === 0 ? null : Math.round((onTime * 10_000) / (onTime + late)) / 100;
}

function optionOf(days: readonly Day[]): EChartsCoreOption {
  const bar = (name: string, color: string, value: (day: Day) => number) => ({
    type: 'bar',
    name,
    stack: 'rows',
    barMaxWidth: 22,
    itemStyle: { color },
    data: days.map(value),
  });
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 0, right: 0, top: 40, bottom: 0, containLabel: true },
    legend: { type: 'plain', top: 0, left: 0, itemWidth: 12, itemHeight: 12 },
    tooltip: { trigger: 'axis', confine: true },
    xAxis: { type: 'category', data: days.map(({ key }) => String(Number(key.slice(8)))) },
    yAxis: [
      { type: 'value', minInterval: 1 },
      { type: 'value', min: 0, max: 100, splitLine: { show: false }, axisLabel: { formatter: '{value}%' } },
    ],
    series: [
      bar('入库', '#2f6fb7', ({ stored }) => stored),
      bar('未入库', '#d9622b', ({ received, stored }) => received - stored),
      {
        type: 'line',
        name: '及时率',
        yAxisIndex: 1,
        color: '#3f8f4f',
        connectNulls: true,
        data: days.map(timelyOf),
      },
    ],
  };
}

/** Rows received and punctuality, day by day. The table beside it has the figures. */
export function DayChart({ days }: { days: readonly Day[] }) {
  const box = useChart(() => optionOf(days), days);
  return (
    <div
      ref={box}
      role="img"
      aria-label="每日归集量与及时率，合计见下表"
      style={{ height: 240, marginBottom: 12 }}
    />
  );
}
