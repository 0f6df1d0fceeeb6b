import { useState } from "preact/hooks";
import { ago, moment } from "../i18n/formats";
import { mark, rowText, tr } from "../i18n/messages";
import { reading } from "../metrics";
import { Action } from "../parts/action";
import { Icon } from "../parts/icons";
import { Photo } from "../parts/photo";
import { Heading } from "../parts/shell";
import { CareButtons } from "../plants/care_buttons";
import { CARE_KINDS } from "../plants/care_kinds";
import { plantBox } from "../plants/crop";
import { Troubles } from "../plants/troubles";
import type { Notification, Result } from "../protocol/rows";
import { href } from "../router";
import { call, captures, health, mayCare, notifications, now, plants, results } from "../store";

/** The answers to each question, as `answer_notification` takes them. */
const ANSWERS: Record<string, Record<string, string>> = {
  hanging: { moved: mark("It was moved"), cut: mark("It was cut"), normal: mark("That's normal for it"), dying: mark("It is dying") },
  smaller: { cut: mark("It was cut"), replaced: mark("It was replaced"), dying: mark("It is losing its leaves") },
};
const SNOOZES: [hours: number, words: string][] = [[1, mark("For an hour")], [8, mark("For 8 hours")], [24, mark("Until tomorrow")], [168, mark("For a week")]];
const OLD_AT_FIRST = 20;
const URGENCY: Record<string, number> = { alert: 0, health: 1 };

const isOpen = (row: Notification): boolean => !row.read_at || Boolean(row.question && !row.answer && !row.resolved_at);
const isWrong = (row: Notification): boolean => row.category === "alert" || row.category === "health";

/** What the owner should know: the device's own troubles, what is open (worst first), and what was read. */
export function AlertsPage() {
  const [shown, setShown] = useState(OLD_AT_FIRST);
  const rows = [...notifications.rows].sort((a, b) => b.id - a.id);
  const open = rows.filter(isOpen).sort((a, b) => rank(a) - rank(b));
  const old = rows.filter((row) => !isOpen(row));
  const troubled = health.rows.some((row) => row.state === "bad" || row.state === "warn");
  return (
    <>
      <Heading>{tr("Alerts")}</Heading>
      <Troubles />
      {open.map((row) => <AlertCard key={row.id} row={row} />)}
      {notifications.loaded && !open.length && !troubled ? <p class="empty"><Icon name="ok" size={40} /><br />{tr("Nothing needs you")}</p> : null}
      {mayCare() && open.length > 1 ? <Action run={() => call("mark_all_notifications_read")}>{tr("Mark all as seen")}</Action> : null}
      {old.length ? (
        <section aria-label={tr("Earlier")}>
          <h2>{tr("Earlier")}</h2>
          {old.slice(0, shown).map((row) => <AlertCard key={row.id} row={row} />)}
          <p class="buttons">
            {old.length > shown ? <button type="button" class="quiet" onClick={() => setShown(shown + OLD_AT_FIRST)}>{tr("Show more")}</button> : null}
            {mayCare() ? <Action run={() => call("clear_read_notifications")}>{tr("Clear read")}</Action> : null}
          </p>
        </section>
      ) : null}
    </>
  );
}

const rank = (row: Notification): number => (row.resolved_at ? 3 : URGENCY[row.category] ?? 2);

function levelOf(row: Notification): "ok" | "info" | "watch" | "act" {
  if (!isWrong(row)) return "info";
  return row.resolved_at ? "ok" : row.category === "alert" ? "act" : "watch";
}

function AlertCard({ row }: { row: Notification }) {
  const plant = plants.rows.find((one) => one.id === row.plant_id);
  const level = levelOf(row);
  const care = careGiven(row);
  return (
    <article class={`card note ${level}`} id={`alert-${row.id}`}>
      <Icon name={level} />
      <div>
        <b>{rowText(row, "title")}</b>
        <p>{rowText(row, "message")} {presentValue(row)}</p>
        {row.advice && !row.resolved_at ? <p>{care || rowText(row, "advice")}</p> : null}
        <small>{since(row)}</small>
        <AlertPhoto row={row} />
        {mayCare() ? <Answers row={row} /> : null}
        {mayCare() && plant && isWrong(row) && !row.resolved_at && !row.question ? <CareButtons plant={plant} kinds={[careFor(row)]} /> : null}
        <div class="buttons">
          {plant ? <a class="button quiet" href={href("plant", plant.id)}>{plant.name}</a> : null}
          {mayCare() && !row.read_at ? <Action run={() => call("mark_notification_read", { notification_id: row.id })}>{tr("Seen")}</Action> : null}
          {mayCare() && isWrong(row) && !row.resolved_at ? <Snooze row={row} /> : null}
        </div>
      </div>
    </article>
  );
}

/** What helps most against an alert of this metric. */
const careFor = (row: Notification): string => (row.metric === "chlorophyll_index" ? "feed" : "water");

function since(row: Notification): string {
  const at = moment(new Date(row.created_at), now.value);
  if (row.snoozed_until_at && Date.parse(row.snoozed_until_at) > now.value.getTime()) {
    return tr("Snoozed until {when}", { when: moment(new Date(row.snoozed_until_at), now.value) });
  }
  if (!isWrong(row)) return at;
  return row.resolved_at ? tr("Resolved {when}", { when: moment(new Date(row.resolved_at), now.value) }) : tr("since {when}", { when: at });
}

/** The newest value of an open alert, where it differs from the first. */
function presentValue(row: Notification): string {
  if (row.value_now === null || row.resolved_at || !row.metric) return "";
  const metric = row.metric;
  const [latest, first] = [row.value_now, row.value].map((value) => reading({ [metric]: value } as Partial<Result>, metric)?.text);
  return !latest || latest === first ? "" : tr("Now {value}.", { value: latest });
}

/** What was done since an alert was raised. */
function careGiven(row: Notification): string {
  const done = CARE_KINDS[row.care_kind ?? ""];
  if (!done || !row.care_at || row.resolved_at) return "";
  const words = { done: tr(done), ago: ago(new Date(row.care_at), now.value) };
  const due = health.rows.find((part) => part.part === "captures")?.due_at;
  if (!due || Date.parse(due) <= now.value.getTime()) return tr("{done} {ago}.", words);
  return tr("{done} {ago}, next photo {when}.", { ...words, when: moment(new Date(due), now.value) });
}

function Answers({ row }: { row: Notification }) {
  const answers = ANSWERS[row.question ?? ""];
  if (!answers || row.answer || row.resolved_at) return null;
  return (
    <div class="buttons answers">
      {Object.entries(answers).map(([answer, label]) => (
        <Action key={answer} run={() => call("answer_notification", { notification_id: row.id, answer })} done={tr("Noted")}>{tr(label)}</Action>
      ))}
    </div>
  );
}

function Snooze({ row }: { row: Notification }) {
  const [open, setOpen] = useState(false);
  if (!open) return <button type="button" class="quiet" onClick={() => setOpen(true)}>{tr("Remind me later")}</button>;
  return (
    <>
      {SNOOZES.map(([hours, words]) => (
        <Action key={hours} run={async () => { await call("snooze_notification", { notification_id: row.id, hours }); setOpen(false); }}>{tr(words)}</Action>
      ))}
      <button type="button" class="link" onClick={() => setOpen(false)}>{tr("Cancel")}</button>
    </>
  );
}

function AlertPhoto({ row }: { row: Notification }) {
  const capture = captures.rows.find((one) => one.id === row.capture_id && one.thumb);
  if (!capture || !isOpen(row)) return null;
  const result = results.rows.find((one) => one.plant_id === row.plant_id && one.capture_id === row.capture_id);
  return (
    <div class="alert-photo">
      <Photo thumb={capture.thumb} file={capture.file} width={capture.width} height={capture.height} aspect={1.6} crop={plantBox(result, capture)} alt="" />
    </div>
  );
}
