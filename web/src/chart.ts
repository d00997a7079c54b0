// The one file that knows the chart library. Colours are CSS custom properties,
// so that charts follow the theme and the printer without being drawn again.
import { CustomChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent } from "echarts/components";
import { init, use } from "echarts/core";
import type { EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Axis, Bar, Columns, Control, ControlPoint, Plot, Tracking, Waterfall } from "./plot";

use([CustomChart, LineChart, GridComponent, MarkLineComponent, SVGRenderer]);

const ink = "var(--ink)";
const muted = "var(--muted)";
const rule = "var(--rule)";
const fills = { total: "var(--total)", up: "var(--up)", down: "var(--down)", flat: "var(--muted)" };
const roomPerBar = 58; // px; with less a waterfall lies on its side
const printWidth = 420; // px; a column of paper shows it at about this size
const rowHeight = 34; // px of one bar of a waterfall on its side

/** Draws a plot into a box, and again whenever the box changes its width. */
export function draw(box: HTMLElement, plot: Plot): void {
  const chart = init(box, null, { renderer: "svg", height: 1, width: 1 });
  let drawn = 0;
  const drawAt = (width: number) => {
    if (width === 0 || width === drawn) return;
    drawn = width;
    const { option, height } = layOut(plot, width);
    box.style.height = `${height}px`;
    chart.resize({ width, height });
    chart.setOption(option, { notMerge: true });
    // A viewBox lets a sheet of paper scale what was drawn.
    box.querySelector("svg")?.setAttribute("viewBox", `0 0 ${width} ${height}`);
  };
  const bars = plot.waterfall?.bars;
  chart.on("click", (event) => {
    const href = bars?.[event.dataIndex]?.href;
    if (href) location.assign(href);
  });
  const fit = () => drawAt(Math.floor(box.clientWidth));
  new ResizeObserver(fit).observe(box);
  window.addEventListener("beforeprint", () => drawAt(printWidth));
  window.addEventListener("afterprint", fit);
  fit();
}

function layOut(plot: Plot, width: number): { option: EChartsCoreOption; height: number } {
  if (plot.tracking) return { option: tracking(plot.tracking, width), height: Math.min(280, 150 + width / 4) };
  if (plot.control) return { option: control(plot.control, width), height: Math.min(280, 150 + width / 4) };
  if (plot.columns) return { option: columns(plot.columns, width), height: Math.min(240, 160 + width / 8) };
  if (!plot.waterfall) throw new Error("a chart without a plot");
  const { bars } = plot.waterfall;
  if (width < roomPerBar * bars.length) {
    return { option: lyingWaterfall(plot.waterfall), height: rowHeight * bars.length + 12 };
  }
  return { option: standingWaterfall(plot.waterfall, width), height: bars.length > 5 ? 250 : bars.length > 4 ? 230 : 180 };
}

// The library measures words before it places them, so it is told the very font of the page.
const fontFamily = getComputedStyle(document.body).fontFamily;

const text = (size = 12) => ({ color: ink, fontFamily, fontSize: size });

const common = { animation: false, textStyle: { fontFamily } };

function standingWaterfall(w: Waterfall, width: number): EChartsCoreOption {
  return {
    ...common,
    grid: { left: 0, right: 0, top: 24, bottom: 40 },
    xAxis: {
      type: "category",
      data: w.bars.map((b) => b.label),
      axisLine: { lineStyle: { color: rule } },
      axisTick: { show: false },
      axisLabel: { ...text(11), color: muted, interval: 0, width: width / w.bars.length - 2, overflow: "break", lineHeight: 14 },
    },
    yAxis: { type: "value", show: false, min: w.axis.min, max: w.axis.max },
    series: [waterfallSeries(w, false)],
  };
}

function lyingWaterfall(w: Waterfall): EChartsCoreOption {
  const [label, value] = [88, 74]; // px for words on the left and for figures on the right
  return {
    ...common,
    grid: { left: label, right: value, top: 4, bottom: 4 },
    yAxis: {
      type: "category",
      inverse: true,
      data: w.bars.map((b) => b.label.split("\n")[0]),
      axisLine: { lineStyle: { color: rule } },
      axisTick: { show: false },
      axisLabel: { ...text(), color: muted, interval: 0, width: label - 8, overflow: "break", lineHeight: 14 },
    },
    xAxis: { type: "value", show: false, min: w.axis.min, max: w.axis.max },
    series: [waterfallSeries(w, true)],
  };
}

interface RenderAPI {
  coord(value: [number, number]): [number, number];
  size(value: [number, number]): [number, number];
}

// waterfallSeries draws bars between their two levels, a dotted line to the
// next one, and two strokes through bars that stand on a cut axis.
function waterfallSeries(w: Waterfall, lying: boolean) {
  const at = (api: RenderAPI, i: number, level: number): [number, number] => api.coord(lying ? [level, i] : [i, level]);
  const across = lying ? 1 : 0;
  const along = lying ? 0 : 1;
  const renderItem = (params: { dataIndex: number; coordSys: { x: number; width: number } }, api: RenderAPI) => {
    const i = params.dataIndex;
    const bar = w.bars[i];
    if (!bar) return null;
    const standsAt = bar.kind === "total" ? Math.max(w.axis.min, Math.min(0, w.axis.max)) : bar.from;
    const a = at(api, i, standsAt);
    const b = at(api, i, bar.to);
    const slot = api.size(lying ? [0, 1] : [1, 0])[across] ?? 0;
    const thick = Math.min(slot * 0.72, lying ? 18 : 64);
    const length = Math.max(Math.abs(b[along] - a[along]), 1);
    const start = Math.min(a[along], b[along]);
    const side = a[across] - thick / 2;
    const shape = lying ? { x: start, y: side, width: length, height: thick } : { x: side, y: start, width: thick, height: length };
    const children: object[] = [{ type: "rect", shape, style: { fill: fills[bar.kind] }, cursor: bar.href ? "pointer" : "default" }];
    if (w.axis.cut && bar.kind === "total") children.push(...cutMarks(shape, lying));
    children.push(label(bar, shape, params.coordSys, lying));
    if (i + 1 < w.bars.length) children.push(connector(b, at(api, i + 1, bar.to), thick, lying));
    return { type: "group", children };
  };
  return { type: "custom", renderItem, data: w.bars.map((_, i) => [i, i]), encode: { x: 0, y: 1 }, clip: false };
}

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

function cutMarks(r: Rect, lying: boolean): object[] {
  const style = { stroke: "var(--paper)", lineWidth: 2 };
  return [8, 13].map((d) => ({
    type: "line",
    silent: true,
    style,
    shape: lying
      ? { x1: r.x + d + 4, y1: r.y - 1, x2: r.x + d, y2: r.y + r.height + 1 }
      : { x1: r.x - 1, y1: r.y + r.height - d, x2: r.x + r.width + 1, y2: r.y + r.height - d - 4 },
  }));
}

function label(bar: Bar, r: Rect, plot: { x: number; width: number }, lying: boolean): object {
  const place = lying
    ? { x: plot.x + plot.width + 8, y: r.y + r.height / 2, align: "left", verticalAlign: "middle" }
    : { x: r.x + r.width / 2, y: r.y - 5, align: "center", verticalAlign: "bottom" };
  return { type: "text", silent: true, style: { text: bar.text, fill: ink, fontSize: 12, fontWeight: 600, fontFamily, ...place } };
}

function connector(from: [number, number], to: [number, number], thick: number, lying: boolean): object {
  const shape = lying
    ? { x1: from[0], y1: from[1] + thick / 2, x2: to[0], y2: to[1] - thick / 2 }
    : { x1: from[0] + thick / 2, y1: from[1], x2: to[0] - thick / 2, y2: to[1] };
  return { type: "line", silent: true, shape, style: { stroke: muted, lineWidth: 1, lineDash: [2, 3] } };
}

// classes is the axis of what stands side by side, with room for so many labels.
function classes(labels: string[], room: number) {
  const every = Math.max(1, Math.ceil(labels.length / Math.max(2, room)));
  return {
    type: "category",
    data: labels,
    axisLine: { lineStyle: { color: rule } },
    axisTick: { show: false },
    axisLabel: { ...text(11), color: muted, interval: (i: number) => i % every === 0, hideOverlap: true },
  };
}

// levels is the axis of heights, with the numbers that the server wrote.
function levels(axis: Axis, ticks: string[]) {
  const step = (axis.max - axis.min) / (ticks.length - 1);
  return {
    type: "value",
    min: axis.min,
    max: axis.max,
    interval: step,
    splitLine: { lineStyle: { color: rule } },
    axisLabel: { ...text(11), color: muted, formatter: (v: number) => ticks[Math.round((v - axis.min) / step)] ?? "" },
  };
}

function columns(c: Columns, width: number): EChartsCoreOption {
  const widest = Math.max(...c.items.map((i) => i.label.length)) * 6 + 12; // px
  return {
    ...common,
    grid: { left: 0, right: 8, top: 14, bottom: 4, containLabel: true },
    xAxis: { ...classes(c.items.map((i) => i.label), Math.floor((width - 50) / widest)), axisLine: { onZero: false, lineStyle: { color: rule } } },
    yAxis: levels(c.axis, c.ticks),
    series: [columnSeries(c)],
  };
}

// columnSeries draws what happened as columns on zero, what was expected as marks
// across them, and a star at what is further off than chance explains.
function columnSeries(c: Columns) {
  const renderItem = (params: { dataIndex: number }, api: RenderAPI) => {
    const i = params.dataIndex;
    const item = c.items[i];
    if (!item) return null;
    const [middle, top] = api.coord([i, item.actual]);
    const base = api.coord([i, 0])[1];
    const slot = api.size([1, 0])[0];
    const thick = Math.min(slot * 0.56, 44);
    const shape = { x: middle - thick / 2, y: Math.min(top, base), width: thick, height: Math.max(Math.abs(top - base), 1) };
    const children: object[] = [{ type: "rect", silent: true, shape, style: { fill: item.strange ? fills.down : fills.total } }];
    if (item.expected !== undefined) children.push(...mark(middle, api.coord([i, item.expected])[1], Math.min(slot * 0.92, 64)));
    if (item.strange) children.push({ type: "text", silent: true, style: { text: "✱", fill: ink, fontSize: 11, fontFamily, x: middle, y: shape.y - 2, align: "center", verticalAlign: "bottom" } });
    return { type: "group", children };
  };
  return { type: "custom", renderItem, data: c.items.map((_, i) => [i, 0]), encode: { x: 0, y: 1 }, clip: false };
}

// mark is the line at what was expected, on paper so that it shows on a column.
function mark(middle: number, y: number, length: number): object[] {
  const shape = { x1: middle - length / 2, y1: y, x2: middle + length / 2, y2: y };
  return [
    { type: "line", silent: true, shape, style: { stroke: "var(--paper)", lineWidth: 4.5 } },
    { type: "line", silent: true, shape, style: { stroke: "var(--accent)", lineWidth: 2.5, lineDash: [5, 3] } },
  ];
}

function tracking(t: Tracking, width: number): EChartsCoreOption {
  const line = (name: string, data: number[], style: object) => ({
    name,
    type: "line",
    data,
    symbol: "none",
    silent: true,
    lineStyle: style,
  });
  const band = { stack: "band", stackStrategy: "all" };
  return {
    ...common,
    grid: { left: 0, right: 8, top: 26, bottom: 4, containLabel: true },
    xAxis: { ...classes(t.points.map((p) => p.label), Math.floor(width / 100)), boundaryGap: false },
    yAxis: levels(t.axis, t.ticks),
    series: [
      { ...line("low", t.points.map((p) => p.low), { opacity: 0 }), ...band },
      { ...line("band", t.points.map((p) => p.high - p.low), { opacity: 0 }), ...band, areaStyle: { color: "var(--band)", opacity: 1 } },
      line("expected", t.points.map((p) => p.expected), { color: "var(--accent)", width: 2, type: "dashed" }),
      { ...line("actual", t.points.map((p) => p.actual), { color: ink, width: 1.75 }), markLine: split(t) },
    ],
  };
}

// control draws what was measured, the centre, and the band that chance explains. A signal is
// a diamond, a period that is not whole a ring; where events are marked stands a line with
// their numbers.
function control(c: Control, width: number): EChartsCoreOption {
  const line = (name: string, data: (number | null)[], style: object) => ({ name, type: "line", data, symbol: "none", silent: true, step: "middle", lineStyle: style });
  const band = { stack: "band", stackStrategy: "all" };
  const known = (p: ControlPoint) => p.low !== null && p.high !== null;
  return {
    ...common,
    grid: { left: 0, right: 12, top: 14, bottom: 4, containLabel: true },
    xAxis: { ...classes(c.points.map((p) => p.label), Math.floor(width / 100)), axisLine: { onZero: false, lineStyle: { color: rule } } },
    yAxis: levels(c.axis, c.ticks),
    series: [
      { ...line("low", c.points.map((p) => p.low), { opacity: 0 }), ...band },
      { ...line("band", c.points.map((p) => (known(p) ? (p.high ?? 0) - (p.low ?? 0) : null)), { opacity: 0 }), ...band, areaStyle: { color: "var(--band)", opacity: 1 } },
      line("centre", c.points.map((p) => (known(p) ? c.centre : null)), { color: "var(--accent)", width: 2, type: "dashed" }),
      { name: "value", type: "line", silent: true, lineStyle: { color: ink, width: 1.75 }, showAllSymbol: true, data: c.points.map(measuredPoint), markLine: events(c) },
    ],
  };
}

function events(c: Control) {
  const marked = c.points.map((p, i) => ({ event: p.event, i })).filter((p) => p.event);
  return {
    symbol: "none",
    silent: true,
    lineStyle: { color: muted, type: "dotted", width: 1.5 },
    data: marked.map((p) => ({ xAxis: p.i, label: { ...text(11), color: ink, formatter: p.event, position: "end", distance: 2 } })),
  };
}

function measuredPoint(p: ControlPoint): object {
  if (p.signal) return { value: p.value, symbol: "diamond", symbolSize: 12, itemStyle: { color: fills.down } };
  if (p.partial) return { value: p.value, symbol: "circle", symbolSize: 8, itemStyle: { color: "var(--paper)", borderColor: ink, borderWidth: 1.5 } };
  return { value: p.value, symbol: "circle", symbolSize: 4, itemStyle: { color: ink } };
}

function split(t: Tracking) {
  const said = (words: string, align: "left" | "right") => ({
    xAxis: t.split,
    label: { ...text(11), color: muted, formatter: words, position: "end", align, padding: [0, 6], distance: 6 },
  });
  return {
    symbol: "none",
    silent: true,
    lineStyle: { color: muted, type: "dashed", width: 1 },
    data: t.split > 0 && t.split < t.points.length ? [said(t.seen, "right"), said(t.unseen, "left")] : [],
  };
}
