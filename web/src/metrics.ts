/** Metrics as the device describes them (`metrics` of `/v1/schema`): how each is named, written and judged. */
import { signal } from "@preact/signals";
import { load, render, rowMessages, tr } from "./i18n/messages";
import type { Message } from "./protocol/connection";
import { decoded, type Level, type Result } from "./protocol/rows";

export { load };

interface Band { top: number | null; inclusive: boolean; word: string; level: Level }
export interface Metric {
  key: string; name: string; pipeline: string; unit: string; scale: number; template: string; advanced: boolean;
  replaced_by: string | null; shown_as_word: boolean; span: [number, number] | null; bands: Band[]; relative_bands: Band[];
  low: number; high: number; step: number; lower_word: string; upper_word: string;
}

/** What people read of a metric. */
export interface Reading {
  key: string; name: string; level: Level | null; word: string; text: string;
  /** The word, where `text` is the number. */
  note: string;
}

export interface Pipeline { key: string; name: string }

const metrics = signal<Metric[]>([]);
const known = signal<Pipeline[]>([]);

/** Take over what the device says of its metrics and of what measures them. */
export function setMetrics(described: Metric[], measuredBy: Pipeline[] = []): void {
  metrics.value = described;
  known.value = measuredBy;
}

/** What can be measured, each with its name in English. */
export const pipelines = (): Pipeline[] => known.value;

export const haveMetrics = (): boolean => metrics.value.length > 0;
export const metricOf = (key: string | null): Metric | undefined => metrics.value.find((metric) => metric.key === key);
/** The name of a metric in the reader's language; its column where the device does not describe it. */
export const metricName = (key: string): string => tr(metricOf(key)?.name ?? key);
export const capitalised = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** A stored value as people read it. */
export function valueText(key: string, value: number): string {
  const metric = metricOf(key);
  return metric ? (render({ code: metric.template, values: { value: value * metric.scale } }) ?? "") : String(value);
}

/** What people read of a metric of a result; null where it was not measured. */
export function reading(result: Partial<Result> | null | undefined, key: string): Reading | null {
  const metric = metricOf(key);
  const value = result?.[key];
  if (!metric || typeof value !== "number") return null;
  const band = bandOf(metric, value, decoded<Record<string, number>>(result?.baseline, {})[key]);
  const word = band ? tr(band.word) : "";
  const asWord = metric.shown_as_word && word;
  const text = asWord ? capitalised(word) : valueText(key, value);
  return { key, name: tr(metric.name), level: band?.level ?? null, word, text, note: asWord ? "" : capitalised(word) };
}

/** Every metric a result has to show, in order; one that another replaces is left out. */
export function readings(result: Result | null | undefined): Reading[] {
  const has = metrics.value.filter((metric) => !metric.advanced && typeof result?.[metric.key] === "number");
  const keys = new Set(has.map((metric) => metric.key));
  return has.filter((metric) => !keys.has(metric.replaced_by ?? ""))
    .map((metric) => reading(result, metric.key)).filter((found) => found !== null);
}

/** Metrics that were asked for and are withheld, by the reason. */
export function withheld(result: Result | null | undefined): Map<string, string[]> {
  const texts = decoded<Record<string, string>>(result?.left_out, {});
  const coded = (result ? (rowMessages(result).left_out ?? {}) : {}) as Record<string, Message>;
  const found = new Map<string, string[]>();
  for (const { key, advanced } of metrics.value) {
    if (advanced || !texts[key] || typeof result?.[key] === "number") continue;
    const reason = render(coded[key]) ?? texts[key];
    found.set(reason, [...(found.get(reason) ?? []), metricName(key)]);
  }
  return found;
}

/** What it means for the plant that an alert's metric is beyond its limit. */
export function alertWord(metric: Metric, value: number | null, threshold: number | null): string {
  const upper = value !== null && threshold !== null && value > threshold;
  return tr(upper ? metric.upper_word : metric.lower_word);
}

/** Where a value lies on the metric's gauge, 0 (left end) to 1; null without one. */
export function placeInSpan(metric: Metric, value: number): number | null {
  if (!metric.span) return null;
  const [low, high] = metric.span;
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** The bands of the metric's gauge: right end, 0 to 1, and level. */
export function stretches(metric: Metric): { end: number; level: Level }[] {
  return metric.span ? metric.bands.map((band) => ({ end: placeInSpan(metric, band.top ?? Infinity) ?? 1, level: band.level })) : [];
}

/** A value on an edge belongs to the better side (`inclusive`); without a baseline nothing is judged against one. */
function bandOf(metric: Metric, value: number, baseline: number | undefined): Band | null {
  const relative = metric.relative_bands.length > 0;
  if (relative && !(baseline !== undefined && baseline > 0)) return null;
  const unit = relative ? (baseline as number) : 1;
  return (relative ? metric.relative_bands : metric.bands).find(({ top, inclusive }) =>
    top === null || value < top * unit || (inclusive && value === top * unit)) ?? null;
}

/** Keys of the metrics that plants are shown with, in order. */
export const shownKeys = (): string[] => metrics.value.filter((metric) => !metric.advanced).map((metric) => metric.key);
