import { init, type ECharts, type EChartsCoreOption } from 'echarts/core';
import { useEffect, useRef, type RefObject } from 'react';

/** Draws a chart into the element that the answer is put on, and follows its size. */
export function useChart(option: () => EChartsCoreOption, drawn: unknown): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);

  useEffect(() => {
    if (!box.current) return undefined;
    const made = init(box.current, undefined, { renderer: 'svg' });
    chart.current = made;
    const watcher = new ResizeObserver(() => made.resize());
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(option(), true);
    chart.current?.resize();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- an option is made anew at every render: what it shows decides
  }, [drawn]);

  return box;
}
