/** The drawing itself. ECharts comes with this file alone, which is loaded when a page first draws; SVG, and nothing inline that the content security policy would refuse. */

import { useComputedColorScheme } from '@mantine/core';
import { BarChart, FunnelChart, HeatmapChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { init, use, type ECharts, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import css from './chart.module.css';
import type { ChartHandle, ChartSpec } from './chart.tsx';

use([BarChart, FunnelChart, HeatmapChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

/** Told apart without red and green: hue and lightness differ (after Okabe and Ito). */
const LIGHT = ['#0f7570', '#d98500', '#146db5', '#8a5aa8', '#c63529', '#5a6670', '#7a8b00', '#2a80c6'];
const DARK = ['#33a299', '#f5a01f', '#72acdf', '#c39bdb', '#ff8a80', '#98a5b0', '#b9c94a', '#a3c9ec'];
const HEAT_LIGHT = ['#ffd08a', '#f6f7f8', '#4dada5'];
const HEAT_DARK = ['#855000', '#2a3138', '#0f7570'];
const LABEL_PX = 12;
const ROW_PX = 34;

/** Colours as the page has them, so that light and dark follow it. */
type Ink = { readonly text: string; readonly quiet: string; readonly line: string; readonly card: string; readonly font: string; readonly dark: boolean };

function inkOf(element: HTMLElement, dark: boolean): Ink {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return { text: style.color, quiet: read('--quiet'), line: read('--line'), card: read('--card'), font: style.fontFamily, dark };
}

export function ChartCanvas({ spec, label, pick, handleRef }: {
  spec: ChartSpec; label: string; pick?: ((series: number, index: number) => void) | undefined; handleRef: React.RefObject<ChartHandle | null>;
}) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const picked = useRef(pick);
  useEffect(() => { picked.current = pick; }, [pick]);
  const dark = useComputedColorScheme('light') === 'dark';
  useEffect(() => {
    const place = element.current;
    if (place === null) return undefined;
    const drawn = init(place, null, { renderer: 'svg' });
    chart.current = drawn;
    handleRef.current = { svg: () => drawn.renderToSVGString() };
    drawn.on('click', (event) => picked.current?.(event.seriesIndex ?? 0, event.dataIndex));
    const observer = new ResizeObserver(() => drawn.resize());
    observer.observe(place);
    return () => {
      observer.disconnect();
      drawn.dispose();
      handleRef.current = null;
    };
  }, [handleRef]);
  useEffect(() => {
    if (chart.current === null || element.current === null) return;
    chart.current.resize();
    chart.current.setOption(optionOf(spec, inkOf(element.current, dark), pick !== undefined), { notMerge: true });
  }, [spec, dark, pick]);
  return <div ref={element} role="img" aria-label={label} className={css['canvas']} style={{ height: heightOf(spec) }} />;
}

function heightOf(spec: ChartSpec): number {
  switch (spec.kind) {
    case 'heat': return 56 + spec.rows.length * ROW_PX;
    case 'bars': return spec.horizontal === true ? 72 + spec.categories.length * ROW_PX : 260;
    case 'funnel': return 24 + spec.steps.length * 40;
    case 'lines': return 260;
  }
}

function optionOf(spec: ChartSpec, ink: Ink, clickable: boolean): EChartsCoreOption {
  const cursor = clickable ? 'pointer' : 'default';
  const common = {
    color: ink.dark ? DARK : LIGHT,
    textStyle: { fontFamily: ink.font, fontSize: LABEL_PX, color: ink.text },
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches, animationDuration: 250,
    tooltip: {
      // As SVG text; an HTML box would need inline styles.
      renderMode: 'richText', confine: true, backgroundColor: ink.card, borderColor: ink.line, borderWidth: 1, textStyle: { color: ink.text, fontSize: LABEL_PX, fontFamily: ink.font },
    },
  };
  switch (spec.kind) {
    case 'heat': return { ...common, ...heatOption(spec, ink, cursor) };
    case 'funnel': return { ...common, ...funnelOption(spec, ink, cursor) };
    case 'bars': case 'lines': return { ...common, ...axisOption(spec, ink, cursor) };
  }
}

type Of<Kind extends ChartSpec['kind']> = Extract<ChartSpec, { kind: Kind }>;
type TooltipPoint = { readonly seriesIndex?: number; readonly dataIndex: number; readonly name: string };

function axisOption(spec: Of<'bars'> | Of<'lines'>, ink: Ink, cursor: string): EChartsCoreOption {
  const lines = spec.kind === 'lines';
  const across = spec.kind === 'bars' && spec.horizontal === true;
  const stacked = spec.kind === 'bars' && spec.stacked === true;
  const category = { type: 'category', data: spec.categories, boundaryGap: !lines, inverse: across, axisLine: { lineStyle: { color: ink.line } }, axisTick: { show: false }, axisLabel: { color: ink.quiet, hideOverlap: true, margin: 12 } };
  const value = {
    type: 'value', min: spec.min ?? 0, ...(spec.max === undefined ? {} : { max: spec.max }), splitNumber: 4, ...(spec.max === 1 ? { interval: 0.25 } : {}), splitLine: { lineStyle: { color: ink.line } },
    axisLabel: { color: ink.quiet, hideOverlap: true, formatter: (at: number) => spec.axis(at) },
  };
  const manySeries = spec.series.length > 1 || spec.band !== undefined;
  const tip = (points: TooltipPoint | readonly TooltipPoint[]): string => {
    const all = Array.isArray(points) ? (points as readonly TooltipPoint[]) : [points as TooltipPoint];
    const shown = all.filter(({ seriesIndex = 0 }) => seriesIndex < spec.series.length).map(({ seriesIndex = 0, dataIndex }) => `${manySeries ? `${spec.series[seriesIndex]?.name ?? ''}: ` : ''}${spec.show(seriesIndex, dataIndex)}`);
    return [spec.categories[all[0]?.dataIndex ?? 0] ?? '', ...shown].join('\n');
  };
  return {
    grid: { left: 4, right: 16, top: manySeries ? 36 : 12, bottom: 4, containLabel: true },
    ...(manySeries ? { legend: { top: 0, left: 0, type: 'scroll', icon: 'roundRect', itemWidth: 12, itemHeight: 8, textStyle: { color: ink.text, fontSize: LABEL_PX }, pageTextStyle: { color: ink.quiet } } } : {}),
    xAxis: across ? value : category, yAxis: across ? category : value,
    tooltip: { trigger: lines ? 'axis' : 'item', formatter: tip, renderMode: 'richText', confine: true, backgroundColor: ink.card, borderColor: ink.line, borderWidth: 1, textStyle: { color: ink.text, fontSize: LABEL_PX } },
    series: [...spec.series.map(({ name, values }, index) => ({
      name, type: lines ? 'line' : 'bar', data: values, cursor, connectNulls: false, symbolSize: 7, triggerLineEvent: true, barMaxWidth: 22,
      ...(stacked ? { stack: 'all' } : {}),
      ...(index === 0 && spec.mark !== undefined ? { markLine: { silent: true, symbol: 'none', lineStyle: { color: ink.quiet, type: 'dashed' }, label: { formatter: spec.mark.name, color: ink.quiet, position: 'insideEndTop' }, data: [across ? { xAxis: spec.mark.value } : { yAxis: spec.mark.value }] } } : {}),
    })), ...(lines && spec.band !== undefined ? bandSeries(spec.band, ink) : [])],
  };
}

/** Two lines that are not drawn, one on the other, with the room between them shaded. */
function bandSeries({ name, low, high }: NonNullable<Of<'lines'>['band']>, ink: Ink): readonly object[] {
  const unseen = { name, type: 'line', stack: 'band', silent: true, symbol: 'none', lineStyle: { opacity: 0 }, itemStyle: { color: (ink.dark ? DARK : LIGHT)[0], opacity: 0.3 } };
  return [{ ...unseen, data: low }, { ...unseen, data: high.map((value, index) => value - (low[index] ?? 0)), areaStyle: { color: (ink.dark ? DARK : LIGHT)[0], opacity: 0.18 } }];
}

function heatOption(spec: Of<'heat'>, ink: Ink, cursor: string): EChartsCoreOption {
  const shares = spec.cells.map(({ share }) => share);
  const [low, high] = [Math.min(...shares, 1), Math.max(...shares, 0)];
  return {
    grid: { left: 4, right: 4, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: 'category', data: spec.columns, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: ink.quiet, interval: 0, hideOverlap: true }, position: 'top' },
    yAxis: { type: 'category', data: spec.rows, inverse: true, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: ink.quiet } },
    visualMap: { show: false, min: low, max: high > low ? high : low + 1, inRange: { color: ink.dark ? HEAT_DARK : HEAT_LIGHT } },
    tooltip: { formatter: ({ dataIndex }: TooltipPoint) => spec.cells[dataIndex]?.tip ?? '', renderMode: 'richText', confine: true, backgroundColor: ink.card, borderColor: ink.line, borderWidth: 1, textStyle: { color: ink.text, fontSize: LABEL_PX } },
    series: [{
      type: 'heatmap', cursor, data: spec.cells.map(({ column, row, share }) => [column, row, share]), itemStyle: { borderColor: ink.card, borderWidth: 2, borderRadius: 4 },
      label: { show: true, color: ink.dark ? '#fff' : '#12161a', fontSize: LABEL_PX, formatter: ({ dataIndex }: TooltipPoint) => spec.cells[dataIndex]?.text ?? '' },
    }],
  };
}

function funnelOption(spec: Of<'funnel'>, ink: Ink, cursor: string): EChartsCoreOption {
  return {
    tooltip: { formatter: ({ dataIndex }: TooltipPoint) => spec.steps[dataIndex]?.tip ?? '', renderMode: 'richText', confine: true, backgroundColor: ink.card, borderColor: ink.line, borderWidth: 1, textStyle: { color: ink.text, fontSize: LABEL_PX } },
    series: [{
      type: 'funnel', cursor, sort: 'none', left: '4%', width: '46%', top: 4, bottom: 4, gap: 3, minSize: '1%', max: Math.max(1, ...spec.steps.map(({ value }) => value)),
      data: spec.steps.map(({ name, value }) => ({ name, value })),
      label: { position: 'right', color: ink.text, fontSize: LABEL_PX, formatter: ({ dataIndex }: TooltipPoint) => spec.steps[dataIndex]?.text ?? '' },
      labelLine: { length: 12, lineStyle: { color: ink.line } }, itemStyle: { borderWidth: 0, color: (ink.dark ? DARK : LIGHT)[0] },
    }],
  };
}
