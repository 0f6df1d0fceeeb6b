import { useState } from "preact/hooks";
import { moment, number } from "../i18n/formats";
import { tr } from "../i18n/messages";
import { Action, Field, Form, text } from "../parts/action";
import { CARE_KINDS } from "../plants/care_kinds";
import type { Care, Plant } from "../protocol/rows";
import { call, mayCare, now, useQuery } from "../store";

const LONGEST = 500;

/** The care log of a plant: every kind, with amount, product, words and time; each entry can be removed. */
export function CareTab({ plant }: { plant: Plant }) {
  const care = useQuery<Care>(`SELECT * FROM care_event WHERE plant_id = ${plant.id} ORDER BY id DESC LIMIT ${LONGEST}`);
  const entries = [...care.rows].sort((a, b) => b.at.localeCompare(a.at) || b.id - a.id);
  return (
    <>
      {mayCare() ? <LogCare plant={plant} /> : null}
      <section aria-label={tr("Care")}>
        <ul class="log">
          {entries.map((entry) => <Entry key={entry.id} entry={entry} plant={plant} />)}
        </ul>
        {care.loaded && !entries.length ? <p class="empty">{tr("Nothing noted yet.")}</p> : null}
      </section>
    </>
  );
}

function LogCare({ plant }: { plant: Plant }) {
  const [kind, setKind] = useState("water");
  const send = (values: FormData): Promise<unknown> => {
    const at = text(values, "at");
    return call("log_care", {
      plant_id: plant.id, kind, at: at ? new Date(at).toISOString() : null,
      volume_ml: text(values, "volume") ? Number(text(values, "volume")) : null,
      product: text(values, "product") || null, text: text(values, "text") || null,
    });
  };
  return (
    <div class="card padded">
      <div class="chips" role="group" aria-label={tr("What was done?")}>
        {Object.entries(CARE_KINDS).map(([key, words]) => (
          <button key={key} type="button" class="chip" aria-pressed={key === kind} onClick={() => setKind(key)}>{tr(words)}</button>
        ))}
      </div>
      <Form button={tr("Log it")} send={send} done={tr("Logged")} reset>
        {kind === "water" || kind === "feed" ? (
          <Field label={tr("Amount in ml (may stay empty)")}><input name="volume" type="number" min={1} max={100000} step="any" inputMode="decimal" /></Field>
        ) : null}
        {kind === "feed" ? <Field label={tr("Name of the plant food (may stay empty)")}><input name="product" maxLength={200} /></Field> : null}
        <Field label={kind === "note" ? tr("What did you see or do?") : tr("Note (may stay empty)")}>
          <textarea name="text" rows={2} maxLength={4000} required={kind === "note"} />
        </Field>
        <Field label={tr("When (empty: now)")}><input name="at" type="datetime-local" /></Field>
      </Form>
    </div>
  );
}

function Entry({ entry, plant }: { entry: Care; plant: Plant }) {
  const details = [entry.volume_ml ? tr("{n} ml", { n: number(entry.volume_ml) }) : "", entry.product ?? ""].filter(Boolean).join(", ");
  return (
    <li data-kind={entry.kind}>
      <div><b>{tr(CARE_KINDS[entry.kind] ?? entry.kind)}</b> {details}{entry.text ? <p>{entry.text}</p> : null}
        <small>{moment(new Date(entry.at), now.value)}</small></div>
      {mayCare() ? (
        <Action run={() => call("delete_care", { care_id: entry.id })} confirm={tr("Remove this entry of {plant}?", { plant: plant.name })}>{tr("Remove")}</Action>
      ) : null}
    </li>
  );
}
