import { useState } from "preact/hooks";
import { span } from "../i18n/formats";
import { chooseLanguage, chosenLanguage, tr } from "../i18n/messages";
import { Field, Form, OutcomeLine, text, type Outcome } from "../parts/action";
import { ZoneOptions } from "../parts/zones";
import { call, clearOrSet, isOwner, mayCare, setting } from "../store";

/** Languages there is a catalogue for. */
const LANGUAGES: [string, string][] = [["en", "English"], ["de", "Deutsch"]];
const INTERVALS_MIN = [15, 30, 60, 120, 240];
const UNSET_INTERVAL = "";

/** Language of this phone; units, clock, time zone and photographs of the device. */
export function PreferencesPage() {
  return (
    <>
      <section class="card padded" aria-label={tr("This phone")}>
        <h2>{tr("This phone")}</h2>
        <Field label={tr("Language")}>
          <select name="language" value={chosenLanguage.value} onChange={(event) => void chooseLanguage(event.currentTarget.value)}>
            <option value="">{tr("As the browser")}</option>
            {LANGUAGES.map(([code, name]) => <option key={code} value={code}>{name}</option>)}
          </select>
        </Field>
      </section>
      {mayCare() ? <DevicePreferences /> : null}
    </>
  );
}

function DevicePreferences() {
  return (
    <section class="card padded" aria-label={tr("Device")}>
      <h2>{tr("Device")}</h2>
      {isOwner() ? (
        <Form key={setting("device_name", "")} button={tr("Save")} done={tr("Saved")} send={(values) => call("set_setting", { name: "device_name", value: text(values, "name") })}>
          <Field label={tr("Name of the device")}><input name="name" maxLength={60} required defaultValue={setting("device_name", "")} /></Field>
        </Form>
      ) : null}
      <Choice name="language" label={tr("Language of the screen")} options={LANGUAGES} otherwise="en" />
      <Choice name="units" label={tr("Units")} options={[["metric", "cm, °C"], ["imperial", "inch, °F"]]} otherwise="metric" />
      <Choice name="hour_format" label={tr("Clock")} options={[["24", "14:05"], ["12", "2:05 pm"]]} otherwise="24" />
      {isOwner() ? <Zone /> : null}
      <Choice name="capture_interval_min" label={tr("A photo every")} otherwise={UNSET_INTERVAL}
        options={[[UNSET_INTERVAL, tr("As configured")], ...INTERVALS_MIN.map((minutes): [number, string] => [minutes, span(minutes * 60)])]} />
      <Choice name="captures_only_when_lit" label={tr("When")} options={[[true, tr("Only while the light is on")], [false, tr("Day and night")]]} otherwise />
      <QuietHours />
    </section>
  );
}

type Chosen = string | number | boolean;

/** A setting with few values; what is chosen holds at once and can be undone. */
function Choice({ name, label, options, otherwise }: { name: string; label: string; options: [Chosen, string][]; otherwise: Chosen }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const now = setting<Chosen>(name, otherwise);
  const listed = options.some(([value]) => value === now) ? options : [...options, [now, String(now)] as [Chosen, string]];
  const change = async (value: Chosen): Promise<void> => {
    try {
      await clearOrSet(name, value === UNSET_INTERVAL ? null : value);
      setOutcome({ text: tr("Saved"), failed: false, undo: () => clearOrSet(name, now === UNSET_INTERVAL ? null : now) });
    } catch (error) {
      setOutcome({ text: (error as Error).message, failed: true });
    }
  };
  return (
    <div class="choice">
      <Field label={label}>
        <select name={name} value={listed.findIndex(([value]) => value === now)} onChange={(event) => void change(listed[Number(event.currentTarget.value)]![0])}>
          {listed.map(([value, words], place) => <option key={String(value)} value={place}>{words}</option>)}
        </select>
      </Field>
      <OutcomeLine outcome={outcome} onUndone={setOutcome} />
    </div>
  );
}

function Zone() {
  const known = setting("time_zone", setting("given_time_zone", ""));
  return (
    <Form key={known} button={tr("Save")} done={tr("Saved")} send={(values) => call("set_setting", { name: "time_zone", value: text(values, "zone") })}>
      <Field label={tr("Time zone")}><select name="zone"><ZoneOptions chosen={known} /></select></Field>
    </Form>
  );
}

function QuietHours() {
  const [from, until] = [setting<string | null>("quiet_from", null), setting<string | null>("quiet_until", null)];
  const send = async (values: FormData): Promise<void> => {
    const both = text(values, "from") && text(values, "until");
    await call("set_setting", { name: "quiet_from", value: both ? text(values, "from") : null });
    await call("set_setting", { name: "quiet_until", value: both ? text(values, "until") : null });
  };
  return (
    <details open={from !== null}>
      <summary>{tr("Quiet hours")}</summary>
      <p class="soft">{tr("No photograph is taken in these hours, so the lamp does not flash beside a sleeper.")}</p>
      <Form key={`${from} ${until}`} button={tr("Save")} done={tr("Saved")} send={send}>
        <Field label={tr("From")}><input name="from" type="time" defaultValue={from ?? ""} /></Field>
        <Field label={tr("Until")}><input name="until" type="time" defaultValue={until ?? ""} /></Field>
      </Form>
    </details>
  );
}

