import { useState } from "preact/hooks";
import { ago, day } from "../i18n/formats";
import { tr, trPlural } from "../i18n/messages";
import { metricOf, placeInSpan, readings, stretches, withheld, type Reading } from "../metrics";
import { Action, Form, text } from "../parts/action";
import { Photo } from "../parts/photo";
import { Heading, Tabs } from "../parts/shell";
import { CareButtons } from "../plants/care_buttons";
import { plantBox } from "../plants/crop";
import { newestByPlant, openAlerts, plantState } from "../plants/state";
import type { Capture, Plant, Result } from "../protocol/rows";
import { go, href } from "../router";
import { call, isOwner, mayCare, notifications, now, plants, results, useQuery } from "../store";
import { PlantFields } from "./add_plant";
import { CareTab } from "./plant_care";
import { ChartsTab } from "./plant_charts";
import { FilmTab } from "./plant_film";
import { PlanTab } from "./plant_plan";
import { photoOf, StateLine } from "./plants";

/** One plant, whole. */
export function PlantPage({ id, tab }: { id: number; tab: string }) {
  const plant = plants.rows.find((row) => row.id === id);
  if (!plant) return <><Heading back="#/">{tr("Plants")}</Heading><p class="empty">{plants.loaded ? tr("Not watched any more") : tr("Connecting …")}</p></>;
  const tabs: [string, string, string][] = [
    ["", tr("Now"), href("plant", id)], ["charts", tr("Charts"), href("plant", id, "charts")], ["care", tr("Care"), href("plant", id, "care")],
    ["film", tr("Timelapse"), href("plant", id, "film")], ["plan", tr("What to watch"), href("plant", id, "plan")],
  ];
  if (mayCare()) tabs.push(["edit", tr("Edit"), href("plant", id, "edit")]);
  const pages: Record<string, () => preact.ComponentChild> = {
    charts: () => <ChartsTab plant={plant} />, care: () => <CareTab plant={plant} />, film: () => <FilmTab plant={plant} />,
    plan: () => <PlanTab plant={plant} />,
  };
  if (mayCare()) pages.edit = () => <EditTab plant={plant} />;
  return (
    <>
      <Heading back="#/">{plant.name}</Heading>
      <Tabs label={plant.name} here={tab} tabs={tabs} />
      {(pages[tab] ?? (() => <NowTab plant={plant} />))()}
    </>
  );
}

function NowTab({ plant }: { plant: Plant }) {
  const newest = useQuery<Result>(`SELECT * FROM analysis_result WHERE plant_id = ${plant.id} ORDER BY id DESC LIMIT 1`);
  const result = newestByPlant(results.rows).get(plant.id) ?? newest.rows[0];
  const state = plantState(result, openAlerts(notifications.rows, plant.id), now.value);
  const capture = photoOf(plant, result);
  const below = [plant.species, plant.location, plant.planted_on ? age(plant.planted_on) : ""].filter(Boolean).join(" · ");
  return (
    <div class="two">
      <div>
        {capture ? <PhotoWithOutlines capture={capture} plant={plant} result={result} /> : <div class="frame wide"><span class="none">{tr("No photo yet")}</span></div>}
      </div>
      <div>
        <StateLine state={state} />
        {below ? <p class="soft">{below}</p> : null}
        {mayCare() ? <CareButtons plant={plant} kinds={["water", "feed"]} /> : null}
        <ul class="facts">{readings(result).map((found) => <Fact key={found.key} found={found} value={Number(result?.[found.key])} plant={plant.id} />)}</ul>
        {[...withheld(result)].map(([reason, names]) => (
          <p key={reason} class="untold"><b>{names.join(", ")}</b> {tr("Not measured: {reason}", { reason })}</p>
        ))}
        {plant.note ? <p>{plant.note}</p> : null}
      </div>
    </div>
  );
}

function age(plantedOn: string): string {
  const planted = new Date(`${plantedOn}T12:00:00`);
  const days = Math.max(0, Math.floor((now.value.getTime() - planted.getTime()) / 86_400_000));
  return `${trPlural("{n} day old", "{n} days old", days)} (${day(planted)})`;
}

function PhotoWithOutlines({ capture, plant, result }: { capture: Capture; plant: Plant; result: Result | undefined }) {
  const [outlined, setOutlined] = useState(false);
  const [whole, setWhole] = useState(false);
  const box = result?.capture_id === capture.id ? plantBox(result, capture) : null;
  const path = outlined && capture.overlay ? capture.overlay : capture.file ?? capture.thumb;
  const at = new Date(capture.finished_at ?? capture.wanted_at);
  return (
    <figure>
      <Photo thumb={outlined ? path : capture.thumb ?? path} file={path} width={capture.width} height={capture.height} aspect={whole ? undefined : 4 / 3}
        crop={whole ? null : box} alt={`${plant.name}, ${ago(at, now.value)}`} />
      <figcaption class="buttons">
        <small>{ago(at, now.value)}</small>
        {capture.overlay ? <Toggle on={outlined} set={setOutlined} words={tr("Outlines")} /> : null}
        {box ? <Toggle on={whole} set={setWhole} words={tr("Whole photo")} /> : null}
      </figcaption>
    </figure>
  );
}

export function Toggle({ on, set, words }: { on: boolean; set: (on: boolean) => void; words: string }) {
  return <button type="button" class="quiet toggle" aria-pressed={on} onClick={() => set(!on)}>{words}</button>;
}

/** A value with its meaning and its place in the metric's range; it leads to its curve. */
function Fact({ found, value, plant }: { found: Reading; value: number; plant: number }) {
  const metric = metricOf(found.key);
  const place = metric ? placeInSpan(metric, value) : null;
  let left = 0;
  return (
    <li class={found.level ?? ""}>
      <a href={href("plant", plant, "charts")} onClick={() => sessionStorage.setItem("metric", found.key)}>
        <span class="name">{found.name}</span><span class="value">{found.text}</span>
        {found.note ? <span class="meaning">{found.note}</span> : null}
        {metric && place !== null ? (
          <span class="range" aria-hidden="true">
            {stretches(metric).map(({ end, level }) => {
              const part = <i key={end} class={level} style={{ left: `${left * 100}%`, width: `${(end - left) * 100}%` }} />;
              left = end;
              return part;
            })}
            <b style={{ left: `${place * 100}%` }} />
          </span>
        ) : null}
      </a>
    </li>
  );
}

function EditTab({ plant }: { plant: Plant }) {
  const send = (values: FormData): Promise<unknown> => call("update_plant", {
    plant_id: plant.id, name: text(values, "name"), species: text(values, "species") || null, location: text(values, "location") || null,
    planted_on: text(values, "planted_on") || null, note: text(values, "note") || null,
  });
  const restore = (): Promise<unknown> => call("update_plant", { plant_id: plant.id, archived: false });
  return (
    <div class="card padded">
      <Form button={tr("Save")} send={send} done={tr("Saved")}>
        <PlantFields plant={plant} />
        <label><span>{tr("Note")}</span><textarea name="note" rows={3} maxLength={4000} defaultValue={plant.note ?? ""} /></label>
      </Form>
      <p><a class="button quiet" href={href("camera", "regions")}>{tr("Where the plants are")}</a></p>
      <h2>{tr("Stop watching this plant")}</h2>
      <p class="soft">{tr("Its photographs and numbers are kept.")}</p>
      <Action run={async () => { await call("archive_plant", { plant_id: plant.id }); go(); }} undo={restore}
        confirm={tr("Stop watching {plant}?", { plant: plant.name })}>{tr("Stop watching")}</Action>
      {isOwner() ? (
        <Action class="danger" run={async () => { await call("delete_plant", { plant_id: plant.id }); go(); }}
          confirm={tr("Delete {plant} with its numbers, alerts and care log? This can't be undone.", { plant: plant.name })}>{tr("Delete")}</Action>
      ) : null}
    </div>
  );
}

