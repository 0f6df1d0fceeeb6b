import { ago, moment } from "../i18n/formats";
import { tr, trPlural } from "../i18n/messages";
import { readings, withheld } from "../metrics";
import { Action } from "../parts/action";
import { Icon } from "../parts/icons";
import { Photo } from "../parts/photo";
import { Heading } from "../parts/shell";
import { plantBox } from "../plants/crop";
import { newestByPlant, openAlerts, plantState, worstFirst, type PlantState } from "../plants/state";
import type { Capture, Plant, Result } from "../protocol/rows";
import { href } from "../router";
import { call, captures, health, isOwner, mayCare, notifications, now, plants, results, setting, settings, useQuery } from "../store";
import { CareButtons } from "../plants/care_buttons";
import { Troubles } from "../plants/troubles";
import { SetUp } from "./set_up";

/** Metrics on a card; those that want to be looked at come on top. */
const SHOWN_ON_CARD = 6;

/** Every plant, those that need somebody first. */
export function PlantsPage() {
  const newest = newestByPlant(results.rows);
  const all = plants.rows.map((plant) => ({
    plant, state: plantState(newest.get(plant.id), openAlerts(notifications.rows, plant.id), now.value),
  }));
  const needing = all.filter(({ state }) => state.level === "act").length;
  const unset = settings.loaded && isOwner() && !setting("setup_done", false);
  return (
    <>
      <Heading aside={mayCare() ? <a class="button quiet" href={href("add")}>{tr("Add a plant")}</a> : null}>{tr("Plants")}</Heading>
      {unset ? <SetUp /> : null}
      {all.length ? <p class="soft summary">{[needing ? trPlural("{n} plant needs you", "{n} plants need you", needing) : tr("Nothing needs you"), nextPhoto()]
        .filter(Boolean).join(" · ")}</p> : null}
      <Troubles />
      <section id="plants" class="cards" aria-label={tr("Plants")}>
        {worstFirst(all).map(({ plant, state }) => <Card key={plant.id} plant={plant} state={state} result={newest.get(plant.id)} />)}
        {plants.loaded && !all.length ? <p class="empty">{tr("No plants yet. Add one here, or on the device’s screen.")}</p> : null}
      </section>
      {mayCare() ? <Archived /> : null}
    </>
  );
}

/** Plants that are no longer watched, to be watched again. */
function Archived() {
  const archived = useQuery<Plant>("SELECT * FROM plant WHERE archived_at IS NOT NULL ORDER BY id DESC LIMIT 50");
  if (!archived.rows.length) return null;
  return (
    <details>
      <summary>{tr("No longer watched")}</summary>
      <ul class="log card padded">
        {archived.rows.map((plant) => (
          <li key={plant.id}>
            <div><b>{plant.name}</b> <small>{plant.species}</small></div>
            <Action run={() => call("update_plant", { plant_id: plant.id, archived: false })}>{tr("Watch again")}</Action>
          </li>
        ))}
      </ul>
    </details>
  );
}

function nextPhoto(): string {
  if (captures.rows.some((row) => row.state === "wanted" || row.state === "taking")) return tr("Taking a photo …");
  const due = health.rows.find((row) => row.part === "captures")?.due_at;
  return due && Date.parse(due) > now.value.getTime() ? tr("Next photo {when}", { when: moment(new Date(due), now.value) }) : "";
}

/** The photograph a plant is shown by. */
export function photoOf(plant: Plant, result: Result | undefined): Capture | undefined {
  const find = (id: number | null | undefined): Capture | undefined =>
    captures.rows.find((row) => row.id === id && row.state === "done" && (row.thumb || row.file));
  return find(result?.capture_id) ?? find(plant.photo_capture_id);
}

function Card({ plant, state, result }: { plant: Plant; state: PlantState; result: Result | undefined }) {
  const capture = photoOf(plant, result);
  const below = [plant.species, plant.location].filter(Boolean).join(" · ");
  return (
    <article class={`card plant ${state.level}`}>
      <a class="cover" href={href("plant", plant.id)} tabIndex={-1} aria-hidden="true">
        {capture ? (
          <Photo thumb={capture.thumb} file={capture.file} width={capture.width} height={capture.height} aspect={1.6}
            crop={result?.capture_id === capture.id ? plantBox(result, capture) : null} alt="" />
        ) : <span class="none">{tr("No photo yet")}</span>}
      </a>
      <div class="words">
        <h2><a href={href("plant", plant.id)}>{plant.name}</a></h2>
        {below ? <small>{below}</small> : null}
        <StateLine state={state} />
        <dl>
          {mostTelling(result, state).map(({ key, name, text, note, level }) => (
            <div key={key} class={level ?? ""}><dt>{name}</dt><dd>{text}</dd>{note ? <dd class="word">{note}</dd> : null}</div>
          ))}
        </dl>
        {[...withheld(result)].map(([reason, names]) => (
          <p key={reason} class="untold"><b>{names.join(", ")}</b> {tr("Not measured: {reason}", { reason })}</p>
        ))}
        <small>{result ? tr("Measured {ago}", { ago: ago(new Date(result.at), now.value) }) : tr("Not measured yet")}</small>
        {mayCare() ? <CareButtons plant={plant} kinds={["water", "feed"]} /> : null}
      </div>
    </article>
  );
}

/** A plant's state as shape, word and number. */
export function StateLine({ state }: { state: PlantState }) {
  return (
    <p class={`state ${state.level}`}>
      <Icon name={state.level} /> <b>{state.words}</b>
      {state.number ? <span class="soft">{state.label} {state.number}</span> : null}
    </p>
  );
}

function mostTelling(result: Result | undefined, state: PlantState) {
  const all = readings(result).filter(({ key }) => key !== state.metric && key !== "health_score");
  return all.filter(({ level }, place) => place < SHOWN_ON_CARD || level === "watch" || level === "act");
}

