/** Draws curves with uPlot; loaded only where a curve is shown. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clock, day, moment, weekday } from "../i18n/formats";
import { tr } from "../i18n/messages";
import { metricName, metricOf, reading, valueText } from "../metrics";
import type { Result } from "../protocol/rows";

export interface ChartData { at: number[]; values: (number | null)[][] }
export interface ChartMark { at: number; kind: "care" | "alert"; words: string }

const HEIGHT = 280;
const DAY_S = 86_400;
/** A pause longer than this share of the span breaks the line: what nobody measured is not drawn. */
const GAP_SHARE = 0.12;
/** The axis covers at least this share of its highest value, so that noise does not look like a change. */
const LEAST_SHARE = 0.08;

/** Draw into `box`; returns what removes the chart again. */
export function drawChart(box: HTMLElement, keys: string[], data: ChartData, marks: ChartMark[], span: [number, number]): () => void {
  const colour = (name: string): string => getComputedStyle(box).getPropertyValue(name).trim();
  const build = (): uPlot => new uPlot(options(), withGaps(), box);
  const withGaps = (): uPlot.AlignedData => {
    const at: number[] = [];
    const values: (number | null)[][] = data.values.map(() => []);
    data.at.forEach((moment, place) => {
      const before = data.at[place - 1];
      if (before !== undefined && moment - before > (span[1] - span[0]) * GAP_SHARE) {
        at.push((moment + before) / 2);
        values.forEach((list) => list.push(null));
      }
      at.push(moment);
      values.forEach((list, series) => list.push(data.values[series]?.[place] ?? null));
    });
    return [at, ...values];
  };
  const options = (): uPlot.Options => {
    const ink = colour("--soft");
    const axis = { stroke: ink, grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    return {
      width: box.clientWidth, height: HEIGHT,
      cursor: { y: false, points: { size: 8 } },
      scales: { x: { time: true, range: () => span }, ...Object.fromEntries(keys.map((key) => [key, { range: rangeOf(key) }])) },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map((tick) => timeText(new Date(tick * 1000), span[1] - span[0])) },
        ...keys.map((key, place) => ({
          ...axis, scale: key, side: place === 0 ? 3 : 1, size: 64, grid: { ...axis.grid, show: place === 0 },
          stroke: keys.length > 1 ? colour(place === 0 ? "--leaf" : "--sky") : ink,
          values: (_: uPlot, ticks: number[]) => axisTexts(key, ticks),
        } as uPlot.Axis)),
      ],
      series: [
        { value: (_, at) => (at === null ? "" : moment(new Date(at * 1000))), label: tr("When") },
        ...keys.map((key, place): uPlot.Series => ({
          label: metricName(key), scale: key, stroke: colour(place === 0 ? "--leaf" : "--sky"), width: 2, spanGaps: false,
          points: { show: data.at.length < 40, size: 5 }, value: (_, value) => (value === null ? "–" : wordOrNumber(key, value)),
        })),
      ],
      hooks: { drawClear: [(plot) => drawMarks(plot, marks, colour("--sky"), colour("--bad"))] },
    };
  };
  let plot = build();
  const again = (): void => {
    plot.destroy();
    plot = build();
  };
  const resized = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT }));
  resized.observe(box);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", again);
  return () => {
    resized.disconnect();
    scheme.removeEventListener("change", again);
    plot.destroy();
  };
}

const wordOrNumber = (key: string, value: number): string => reading({ [key]: value } as Partial<Result>, key)?.text ?? valueText(key, value);

/** Numbers on the axis; of a metric shown as a word, each word where it begins. */
function axisTexts(key: string, ticks: number[]): string[] {
  const texts = ticks.map((tick) => wordOrNumber(key, tick));
  return metricOf(key)?.shown_as_word ? texts.map((text, place) => (text === texts[place - 1] ? "" : text)) : texts;
}

/** Enclose the values with some space, but no value that can't be, such as a health of 105. */
function rangeOf(key: string): uPlot.Scale.Range {
  const metric = metricOf(key);
  return (_, least, most) => {
    if (least === null || most === null) return [metric?.low ?? 0, 1];
    const room = Math.max((most - least) * 0.1, (Math.abs(most) * LEAST_SHARE) / 2, 1e-6);
    return [Math.max(metric?.low ?? -Infinity, least - room), Math.min(metric?.high ?? Infinity, most + room)];
  };
}

function timeText(at: Date, seconds: number): string {
  if (seconds <= 1.5 * DAY_S) return clock(at.getHours(), at.getMinutes());
  if (seconds <= 8 * DAY_S) return at.getHours() === 0 ? weekday(at) : clock(at.getHours(), 0);
  return day(at);
}

function drawMarks(plot: uPlot, marks: ChartMark[], care: string, alert: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = mark.kind === "care" ? care : alert;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    const r = 4 * devicePixelRatio;
    if (mark.kind === "care") ctx.arc(x, bbox.top + r, r, 0, 2 * Math.PI);
    else ctx.rect(x - r, bbox.top, 2 * r, 2 * r);
    ctx.fill();
  }
  ctx.restore();
}
