import { useState } from "preact/hooks";
import { clock, number, percent, span, moment } from "../i18n/formats";
import { tr } from "../i18n/messages";
import { LightCurve } from "../light/curve";
import { changes, DAY_MIN, fullHours, scheduleOf, type Schedule } from "../light/schedule";
import { Action, Field, Form, OutcomeLine, text, type Outcome } from "../parts/action";
import { Heading } from "../parts/shell";
import type { Light, LightDay } from "../protocol/rows";
import { call, light, mayCare, now, useQuery } from "../store";

const MICRO = 1e6;
/** Daily light that plants want, mol/m2: shade plants below 6, leaf crops to 17, fruit above (Faust & Logan 2018). */
const SHADE_MOL = 6;
const LEAFY_MOL = 17;
const BY_HAND_MIN = [30, 60, 240];
const DAYS = "SELECT * FROM light_day ORDER BY day_on DESC LIMIT 14";

/** The lamp: what it does now, by hand, its daily curve, and the light plants received. */
export function LightPage() {
  const row = light.rows[0];
  if (!row) return <><Heading>{tr("Light")}</Heading><p class="soft">{light.loaded ? tr("The light is not known yet") : tr("Connecting …")}</p></>;
  return (
    <>
      <Heading>{tr("Light")}</Heading>
      <Now row={row} />
      <Plan row={row} />
      <Dose row={row} />
    </>
  );
}

const byHand = (row: Light): boolean => row.now_reason === "override" || row.override_until_at !== null;

/** What the lamp does now, in words. */
export function lightWords(row: Light): string {
  const level = percent(row.now_level * 100);
  const on = row.now_level > 0;
  const words: Record<string, string> = {
    sunrise: tr("Sunrise, {percent}", { percent: level }),
    sunset: tr("Sunset, {percent}", { percent: level }),
    override: on ? tr("On by hand, {percent}", { percent: level }) : tr("Off by hand"),
    capture: tr("On for a photo"),
    budget: tr("Off: enough light today"),
    derate: tr("Dimmed to stay cool, {percent}", { percent: level }),
    untrusted_time: on ? tr("Light without a clock, {percent}", { percent: level }) : tr("Light off, no clock yet"),
    disabled: tr("Light switched off"),
    starting: tr("Light is starting"),
  };
  return words[row.now_reason] ?? (on ? tr("Light on, {percent}", { percent: level }) : tr("Light off"));
}

function Now({ row }: { row: Light }) {
  const [minutes, setMinutes] = useState(30);
  const next = row.now_reason === "override" ? row.override_until_at : row.next_change_at;
  const when = next && Date.parse(next) > now.value.getTime() ? moment(new Date(next), now.value) : "";
  const hand = (level: number) => () => call("override_light", { level, minutes });
  return (
    <section id="light" class="card padded" aria-label={tr("Now")}>
      <p class="lamp-line">
        <span class={row.now_level > 0 ? "lamp on" : "lamp"} />
        <span><b>{lightWords(row)}</b>{when ? <small>{tr("until {when}", { when })}</small> : null}</span>
      </p>
      {mayCare() ? (
        <div class="buttons">
          {byHand(row) ? <Action run={() => call("clear_light_override")}>{tr("Back to the schedule")}</Action> : (
            <>
              <label class="inline"><span>{tr("By hand for")}</span>
                <select name="minutes" value={minutes} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
                  {BY_HAND_MIN.map((value) => <option key={value} value={value}>{span(value * 60)}</option>)}
                </select>
              </label>
              {row.now_level < 1 ? <Action run={hand(1)}>{tr("On")}</Action> : null}
              {row.now_level > 0 ? <Action run={hand(0)}>{tr("Off")}</Action> : null}
            </>
          )}
        </div>
      ) : null}
    </section>
  );
}

function Plan({ row }: { row: Light }) {
  const stored = scheduleOf(row);
  const [draft, setDraft] = useState<Schedule | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const plan = draft ?? stored;
  const end = (plan.start + plan.length) % DAY_MIN;
  const at = (minute: number): string => clock(Math.floor(minute / 60), minute % 60);
  const save = async (args: Record<string, unknown>, back: Record<string, unknown>): Promise<void> => {
    try {
      await call("set_light_schedule", args);
      setOutcome({ text: tr("The light follows the new schedule"), failed: false, undo: () => call("set_light_schedule", back) });
    } catch (error) {
      setOutcome({ text: (error as Error).message, failed: true });
    }
    setDraft(null);
  };
  const drop = (after: Schedule): void => {
    const args = changes(stored, after);
    if (Object.keys(args).length) void save(args, changes(after, stored));
    else setDraft(null);
  };
  return (
    <section class="card padded" aria-label={tr("Schedule")}>
      <h2>{tr("Schedule")}</h2>
      <p id="schedule-words">{tr("{start} to {end}, {span}", { start: at(plan.start), end: at(end), span: span(plan.length * 60) })}
        {" · "}{percent(plan.level * 100)}{plannedDose(row, plan)}</p>
      <LightCurve plan={plan} longest={Math.min(DAY_MIN, row.max_hours_per_day * 60)} now={now.value.getHours() * 60 + now.value.getMinutes()}
        editable={mayCare() && row.enabled === 1} onDrag={setDraft} onDrop={drop} />
      {mayCare() ? <p class="soft">{tr("Drag the dots, or move them with the arrow keys.")}</p> : null}
      <OutcomeLine outcome={outcome} onUndone={setOutcome} />
      {mayCare() ? <Precisely row={row} /> : null}
      {mayCare() ? (
        <div class="buttons">
          {row.enabled === 1
            ? <Action run={() => call("set_light_schedule", { enabled: false })}>{tr("Switch the schedule off")}</Action>
            : <Action run={() => call("set_light_schedule", { enabled: true })}>{tr("Switch the schedule on")}</Action>}
        </div>
      ) : null}
    </section>
  );
}

/** The same schedule as fields, for exact values and for those who can't drag. */
function Precisely({ row }: { row: Light }) {
  const known = `${row.start} ${row.hours} ${row.sunrise_min} ${row.sunset_min} ${row.level}`;
  const send = (values: FormData): Promise<unknown> => call("set_light_schedule", {
    start: text(values, "start"), hours: Number(values.get("hours")), sunrise_min: Number(values.get("sunrise")),
    sunset_min: Number(values.get("sunset")), level: Number(values.get("level")) / 100,
  });
  return (
    <details>
      <summary>{tr("Exact values")}</summary>
      <Form key={known} button={tr("Save")} send={send}>
        <Field label={tr("The light goes on at")}><input name="start" type="time" required defaultValue={row.start} /></Field>
        <Field label={tr("Hours of light per day")}><input name="hours" type="number" min={0} max={24} step="any" required defaultValue={String(row.hours)} /></Field>
        <Field label={tr("Sunrise, minutes")}><input name="sunrise" type="number" min={0} max={240} step="any" required defaultValue={String(row.sunrise_min)} /></Field>
        <Field label={tr("Sunset, minutes")}><input name="sunset" type="number" min={0} max={240} step="any" required defaultValue={String(row.sunset_min)} /></Field>
        <Field label={tr("Brightness, %")}><input name="level" type="number" min={0} max={100} step="any" required defaultValue={String(Math.round(row.level * 1000) / 10)} /></Field>
      </Form>
    </details>
  );
}

function molPerDay(row: Light, plan: Schedule): number | null {
  return row.ppfd_full ? (row.ppfd_full * fullHours(plan) * 3600) / MICRO : null;
}

function plannedDose(row: Light, plan: Schedule): string {
  const dose = molPerDay(row, plan);
  if (dose === null) return "";
  const group = dose < SHADE_MOL ? tr("For shade plants") : dose < LEAFY_MOL ? tr("For herbs and salad") : tr("For fruiting plants");
  return ` · ${number(dose, 1)} mol · ${group}`;
}

function Dose({ row }: { row: Light }) {
  const days = useQuery<LightDay>(DAYS);
  const planned = molPerDay(row, scheduleOf(row));
  const longest = Math.max(1, ...days.rows.map((one) => one.on_seconds));
  return (
    <section class="card padded" aria-label={tr("Light received")}>
      <h2>{tr("Light received")}</h2>
      <dl>
        <div><dt>{tr("On today")}</dt><dd>{span(row.on_seconds_today)}</dd></div>
        {planned !== null ? (
          <div><dt>{tr("Today")}</dt><dd>{tr("{given} of {planned} mol", { given: number(row.dli_today ?? 0, 1), planned: number(planned, 1) })}</dd></div>
        ) : null}
      </dl>
      {days.rows.length ? (
        <ol class="bars" aria-label={tr("The last days")}>
          {[...days.rows].sort((a, b) => a.day_on.localeCompare(b.day_on)).map((one) => (
            <li key={one.day_on}><span class="bar" style={{ height: `${(100 * one.on_seconds) / longest}%` }} />
              <small>{one.day_on.slice(8)}</small><span class="hidden">{span(one.on_seconds)}</span></li>
          ))}
        </ol>
      ) : null}
      {mayCare() ? (
        <details>
          <summary>{tr("Brightness of your lamp")}</summary>
          <Form key={String(row.ppfd_full)} button={tr("Save")} done={tr("Saved")}
            send={(values) => call("set_light_schedule", { ppfd_full: text(values, "ppfd") ? Number(text(values, "ppfd")) : null })}>
            <Field label={tr("How bright is your lamp at the leaves?")} hint={tr("In µmol/m²/s, from the lamp's data sheet for your distance.")}>
              <input name="ppfd" type="number" min={1} max={5000} step="any" placeholder="260" defaultValue={row.ppfd_full ? String(row.ppfd_full) : ""} />
            </Field>
          </Form>
        </details>
      ) : null}
    </section>
  );
}
