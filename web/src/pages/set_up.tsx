import { tr } from "../i18n/messages";
import { Field, Form, text } from "../parts/action";
import { ZoneOptions } from "../parts/zones";
import { call, light } from "../store";

/** The questions of the first set-up, on the phone of a device that has no screen. */
export function SetUp() {
  const known = light.rows[0];
  if (!known) return null;
  const send = async (values: FormData): Promise<void> => {
    await call("set_setting", { name: "time_zone", value: text(values, "zone") });
    await call("set_light_schedule", { enabled: true, start: text(values, "start"), hours: Number(values.get("hours")) });
    if (text(values, "device")) await call("set_setting", { name: "device_name", value: text(values, "device") });
    if (text(values, "plant")) await call("create_plant", { name: text(values, "plant") });
    await call("set_setting", { name: "setup_done", value: true });
    await call("request_capture", { reason: "wizard" });
  };
  return (
    <section id="setup" class="card padded" aria-label={tr("Set up")}>
      <h2>{tr("Set up")}</h2>
      <p>{tr("Everything can be changed later, and nothing of it leaves the device.")}</p>
      <Form button={tr("Begin")} send={send}>
        <Field label={tr("Name of the device")}><input name="device" maxLength={60} defaultValue={tr("My plants")} /></Field>
        <Field label={tr("Where are you?")}><select name="zone"><ZoneOptions /></select></Field>
        <Field label={tr("The light goes on at")}><input name="start" type="time" defaultValue={known.start} required /></Field>
        <Field label={tr("Hours of light per day")}>
          <input name="hours" type="number" min={0} max={known.max_hours_per_day} step="any" defaultValue={String(known.hours)} required />
        </Field>
        <Field label={tr("Your first plant")}><input name="plant" maxLength={60} placeholder={tr("Basil, for example")} /></Field>
      </Form>
    </section>
  );
}
