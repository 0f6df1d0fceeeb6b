// Metrics as the device describes them (`metrics` of `/v1/schema`): how each is called, written and judged.
import { render, say } from "./messages.js";

let metrics = [];

/** Take over what the device says of its metrics. */
export function setMetrics(described) { metrics = described; }

export const haveMetrics = () => metrics.length > 0;

/** The name of a metric in the phone's language; its column where the device does not describe it. */
export const metricName = (key) => say(metrics.find((metric) => metric.key === key)?.name ?? key);

/** Keys of the metrics that plants are shown with, in order. */
export const shownKeys = () => metrics.filter((metric) => !metric.advanced).map((metric) => metric.key);

/** What people read of a metric of a result: `{ key, name, text, word, level }`; null where it was not measured. */
export function reading(result, key) {
  const metric = metrics.find((one) => one.key === key);
  const value = result?.[key];
  if (!metric || typeof value !== "number") return null;
  const band = bandOf(metric, value, JSON.parse(result.baseline || "{}")[key]);
  const number = render({ code: metric.template, values: { value: value * metric.scale } });
  const word = band ? say(band.word) : "";
  const asWord = metric.shown_as_word && word;
  return {
    key, name: say(metric.name), level: band?.level ?? null, word, text: asWord ? capitalised(word) : number,
    note: asWord ? "" : capitalised(word),
  };
}

/** Every metric a result has to show, in order; one that another says better is left out. */
export function readings(result) {
  const has = metrics.filter((metric) => !metric.advanced && typeof result?.[metric.key] === "number");
  const keys = new Set(has.map((metric) => metric.key));
  return has.filter((metric) => !keys.has(metric.replaced_by)).map((metric) => reading(result, metric.key));
}

/** A value on an edge belongs to the better side (`inclusive`); without a baseline nothing is judged against one. */
function bandOf(metric, value, baseline) {
  const relative = metric.relative_bands.length > 0;
  if (relative && !(baseline > 0)) return null;
  const unit = relative ? baseline : 1;
  return (relative ? metric.relative_bands : metric.bands).find(({ top, inclusive }) =>
    top === null || value < top * unit || (inclusive && value === top * unit)) ?? null;
}

const capitalised = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
