import { BarChart, type BarSeriesOption } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  TooltipComponent,
  type GridComponentOption,
  type LegendComponentOption,
  type TooltipComponentOption,
} from 'echarts/components';
import { use as register, type ComposeOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { PUSH_STATES } from '../../shared/format.ts';
import { useChart } from '../../shared/use-chart.ts';

register([BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

type Option = ComposeOption<
  BarSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption
>;

interface PlatformItems {
  readonly name: string;
  readonly items: Readonly<Record<string, number>>;
}

const BAR_HEIGHT = 34;
/** Two lines of it on a narrow screen. */
const LEGEND_HEIGHT = 52;
const AXIS_HEIGHT = 26;

function shareOf(items: Readonly<Record<string, number>>, state: string): number {
  const all = PUSH_STATES.reduce((sum, known) => sum + (items[known.state] ?? 0), 0);
  return all === 0 ? 0 : (items[state] ?? 0) / all;
}

const formatPercent = new Intl.NumberFormat('zh-CN', { style: 'percent', maximumFractionDigits: 2 });
const percent = (share: number) => formatPercent.format(share);

function optionOf(platforms: readonly PlatformItems[]): Option {
  const font = getComputedStyle(document.body).fontFamily;
  return {
    animation: false,
    textStyle: { fontFamily: font },
    grid: { left: 0, right: 24, top: LEGEND_HEIGHT, bottom: 0, containLabel: true },
    legend: { type: 'plain', top: 0, left: 0, itemWidth: 12, itemHeight: 12, icon: 'rect' },
    tooltip: { trigger: 'item', confine: true, valueFormatter: (share) => percent(Number(share)) },
    xAxis: {
      type: 'value',
      max: 1,
      interval: 0.25,
      axisLabel: { formatter: (share: number) => percent(share) },
    },
    yAxis: { type: 'category', inverse: true, data: platforms.map(({ name }) => name) },
    series: PUSH_STATES.map(({ state, text, color }) => ({
      type: 'bar',
      name: text,
      stack: 'items',
      barWidth: 16,
      itemStyle: { color },
      data: platforms.map(({ items }) => shareOf(items, state)),
    })),
  };
}

/**
 * What share of its items is in which state, one bar per platform: a platform with few items is as readable as one
 * with many. The table beside it has the figures.
 */
export function PlatformChart({ platforms }: { platforms: readonly PlatformItems[] }) {
  const box = useChart(() => optionOf(platforms), platforms);
  return (
    <div
      ref={box}
      role="img"
      aria-label="各平台待推送项按状态的占比，数字见下表"
      style={{ height: LEGEND_HEIGHT + AXIS_HEIGHT + BAR_HEIGHT * platforms.length, marginBottom: 12 }}
    />
  );
}
