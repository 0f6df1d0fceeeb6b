/** How a plant is, in one word, one shape and one number. */
import { tr, mark } from "../i18n/messages";
import { alertWord, metricOf, reading, valueText } from "../metrics";
import type { Level, Notification, Plant, Result } from "../protocol/rows";

/** A plant that was not photographed for a day and a half counts as unknown. */
const STALE_AFTER_MS = 36 * 3_600_000;
const UNSURE: Record<string, string> = { absent: mark("Can't be seen"), uncertain: mark("Uncertain") };
const URGENCY: Record<string, number> = { act: 0, watch: 1 };

export interface PlantState {
  level: Level | "none";
  words: string;
  number: string;
  /** What the number is. */
  label: string;
  metric: string;
}

/** The state of a plant from its newest result and what is wrong now (newest first). */
export function plantState(result: Result | undefined, alerts: Notification[], now: Date): PlantState {
  if (!result) return state("none", tr("No photo yet"));
  for (const alert of alerts) {
    if (alert.metric === "presence") return state("act", tr("Can't be seen"), "area_percent");
    if (metricOf(alert.metric)) return stateFromAlert(alert, result);
  }
  return unknownState(result, alerts, now) ?? stateFromScore(result);
}

/** What is wrong with a plant now, newest first. */
export function openAlerts(notifications: Notification[], plantId: number): Notification[] {
  return notifications
    .filter((row) => row.plant_id === plantId && !row.resolved_at && (row.category === "health" || row.category === "alert"))
    .sort((a, b) => b.id - a.id);
}

/** The newest result by plant. */
export function newestByPlant(results: Result[]): Map<number, Result> {
  const newest = new Map<number, Result>();
  for (const result of results) {
    const held = newest.get(result.plant_id);
    if (!held || held.at < result.at || (held.at === result.at && held.id < result.id)) newest.set(result.plant_id, result);
  }
  return newest;
}

/** Those that need somebody first, the others in the owner's order. */
export function worstFirst(cards: { plant: Plant; state: PlantState }[]): { plant: Plant; state: PlantState }[] {
  const rank = (level: string): number => URGENCY[level] ?? 2;
  return [...cards].sort((a, b) => rank(a.state.level) - rank(b.state.level) || a.plant.position - b.plant.position
    || a.plant.name.localeCompare(b.plant.name));
}

function state(level: PlantState["level"], words: string, metric = "health_score", number = "", label = ""): PlantState {
  return { level, words, number, label, metric };
}

function unknownState(result: Result, alerts: Notification[], now: Date): PlantState | null {
  if (now.getTime() - Date.parse(result.at) > STALE_AFTER_MS) return state("none", tr("Not seen lately"));
  if (alerts.some((alert) => alert.metric === "measurable")) return state("watch", tr("Can't be measured"));
  const unsure = UNSURE[result.presence ?? ""];
  return unsure ? state("none", tr(unsure)) : null;
}

function stateFromAlert(alert: Notification, result: Result): PlantState {
  const key = alert.metric as string;
  const metric = metricOf(key)!;
  const sure = typeof result[key] === "number" && !((result.presence ?? "") in UNSURE);
  const present = alert.value_now ?? alert.value;
  const found = sure ? reading(result, key) : present === null ? null : reading({ [key]: present } as Partial<Result>, key);
  const number = found?.text ?? (present === null ? "" : valueText(key, present));
  return state(found?.level === "watch" ? "watch" : "act", alertWord(metric, alert.value, alert.threshold), key, number, tr(metric.name));
}

function stateFromScore(result: Result): PlantState {
  const judged: Record<string, string> = { act: tr("Not doing well"), watch: tr("Worth a look"), ok: tr("Doing well") };
  for (const key of ["health_score", "turgor_index", "area_cm2", "area_percent"]) {
    const found = reading(result, key);
    if (!found) continue;
    const level = found.level && judged[found.level] ? found.level : "none";
    return state(level, judged[level] ?? tr("Not judged yet"), key, found.text, found.name);
  }
  return state("none", tr("Not judged yet"));
}
