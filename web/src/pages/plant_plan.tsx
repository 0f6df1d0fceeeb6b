import { useState } from "preact/hooks";
import { mark, tr } from "../i18n/messages";
import { metricName, metricOf, pipelines } from "../metrics";
import { OutcomeLine, type Outcome } from "../parts/action";
import { decoded, type MonitorPlan, type Plant } from "../protocol/rows";
import { call, mayCare, useQuery } from "../store";

const PRESETS: Record<string, [name: string, purpose: string]> = {
  flower_health: [mark("General health"), mark("Leaves, colour, flowers and spots. Right for most plants.")],
  growth_tracking: [mark("Growth"), mark("All of that, and how fast it grows, leaf by leaf.")],
  quick_pulse: [mark("Quick check"), mark("Only whether it is thirsty. The fastest.")],
};
const FREQUENCIES: Record<string, string> = { every_capture: mark("Each photo"), daily: mark("Daily"), weekly: mark("Weekly"), off: mark("Off") };
const LIMITS: Record<string, string> = { lower: mark("{name} below"), upper: mark("{name} above"), drop_percent: mark("{name} less than usual by") };
/** Everything else is made of its outlines, so it always runs. */
const ALWAYS = "P3b";

type Rule = Record<string, unknown> & { metric: string };

/** What is measured of a plant, how often, and from which values on an alert is raised. */
export function PlanTab({ plant }: { plant: Plant }) {
  const plans = useQuery<MonitorPlan>(`SELECT * FROM monitor_plan WHERE plant_id = ${plant.id}`);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const plan = plans.rows[0];
  if (!plan) return <p class="soft">{tr("Connecting …")}</p>;
  const before = { preset: plan.preset, pipelines: decoded(plan.pipelines, {}), rules: decoded(plan.rules, []) };
  const change = async (args: Record<string, unknown>): Promise<void> => {
    try {
      await call("set_monitor_plan", { plant_id: plant.id, ...args });
      setOutcome({ text: tr("Saved"), failed: false, undo: () => call("set_monitor_plan", { plant_id: plant.id, ...before, preset: "custom" }) });
    } catch (error) {
      setOutcome({ text: (error as Error).message, failed: true });
    }
  };
  return (
    <div class="card padded">
      <div class="presets" role="group" aria-label={tr("What to watch")}>
        {Object.entries(PRESETS).map(([preset, [name, purpose]]) => (
          <button key={preset} type="button" class="preset" aria-pressed={preset === plan.preset} disabled={!mayCare()} onClick={() => void change({ preset })}>
            <b>{tr(name)}</b><small>{tr(purpose)}</small></button>
        ))}
        {plan.preset === "custom" ? <p class="soft">{tr("Your own plan. Choose one above to go back to its defaults.")}</p> : null}
      </div>
      <OutcomeLine outcome={outcome} onUndone={setOutcome} />
      <Frequencies plan={plan} change={change} />
      <Rules plan={plan} change={change} />
    </div>
  );
}

interface PartOptions { plan: MonitorPlan; change: (args: Record<string, unknown>) => Promise<void> }

function Frequencies({ plan, change }: PartOptions) {
  const chosen = decoded<Record<string, string>>(plan.pipelines, {});
  const rules = decoded<Rule[]>(plan.rules, []);
  const choose = (pipeline: string, frequency: string): void => {
    const next = { ...chosen, [pipeline]: frequency };
    if (frequency === "off") delete next[pipeline];
    void change({ preset: "custom", pipelines: next, rules });
  };
  return (
    <section aria-label={tr("How often")}>
      <h2>{tr("How often")}</h2>
      {pipelines().filter(({ key }) => key !== ALWAYS).map(({ key, name }) => (
        <label key={key} class="row"><span>{tr(name)}</span>
          <select name={key} value={chosen[key] ?? "off"} disabled={!mayCare()} onChange={(event) => choose(key, event.currentTarget.value)}>
            {Object.entries(FREQUENCIES).map(([value, words]) => <option key={value} value={value}>{tr(words)}</option>)}
          </select>
        </label>
      ))}
    </section>
  );
}

function Rules({ plan, change }: PartOptions) {
  const rules = decoded<Rule[]>(plan.rules, []);
  const pipelines = decoded<Record<string, string>>(plan.pipelines, {});
  const found = rules.flatMap((rule, place) => Object.keys(LIMITS).filter((bound) => typeof rule[bound] === "number" && metricOf(rule.metric))
    .map((bound) => ({ rule, place, bound, value: rule[bound] as number })));
  const move = (place: number, bound: string, value: number): void => {
    if (Number.isNaN(value)) return;
    void change({ preset: "custom", pipelines, rules: rules.map((rule, at) => (at === place ? { ...rule, [bound]: value } : rule)) });
  };
  if (!found.length) return null;
  return (
    <section aria-label={tr("Tell me when")}>
      <h2>{tr("Tell me when")}</h2>
      {found.map(({ rule, place, bound, value }) => {
        const metric = metricOf(rule.metric)!;
        const scale = bound === "drop_percent" ? 1 : metric.scale;
        const unit = bound === "drop_percent" ? "%" : ({ deg: "°", cm2: "cm²", "%/d": "%" }[metric.unit] ?? metric.unit);
        return (
          <label key={`${rule.metric} ${bound}`} class="row"><span>{tr(LIMITS[bound] ?? bound, { name: metricName(rule.metric) })}</span>
            <span class="with-unit">
              <input key={value} name={`${rule.metric}-${bound}`} type="number" step="any" disabled={!mayCare()} defaultValue={String(Math.round(value * scale * 100) / 100)}
                onChange={(event) => move(place, bound, event.currentTarget.valueAsNumber / scale)} /> {unit}</span>
          </label>
        );
      })}
    </section>
  );
}
