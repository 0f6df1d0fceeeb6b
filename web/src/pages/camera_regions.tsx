import { useState } from "preact/hooks";
import { proposal, regionOf, type Region } from "../camera/region";
import { RegionEditor } from "../camera/region_editor";
import { preferences, length } from "../i18n/formats";
import { tr } from "../i18n/messages";
import { Action, Field, Form, OutcomeLine, text, type Outcome } from "../parts/action";
import { pictureUrl } from "../parts/photo";
import type { Plant } from "../protocol/rows";
import { call, plants } from "../store";
import { newestPhoto } from "./camera";

const CM_PER_INCH = 2.54;
const POT_SIDE = 0.12;
type Column = "region" | "pot_region";

/** Where each plant is in the picture, and how wide its pot is, which gives numbers in centimetres. */
export function RegionsTab() {
  const photo = newestPhoto();
  const [chosen, choose] = useState(0);
  const [column, setColumn] = useState<Column>("region");
  const plant = plants.rows.find((row) => row.id === chosen) ?? plants.rows[0];
  if (!photo) return <p class="empty">{tr("Take a photo first.")}</p>;
  if (!plant) return <p class="empty">{tr("No plants yet")}</p>;
  return (
    <div class="card padded">
      <div class="chips" role="group" aria-label={tr("Plants")}>
        {plants.rows.map((row) => <button key={row.id} type="button" class="chip" aria-pressed={row.id === plant.id} onClick={() => choose(row.id)}>{row.name}</button>)}
      </div>
      <div class="chips" role="group" aria-label={tr("What to draw")}>
        <button type="button" class="chip" aria-pressed={column === "region"} onClick={() => setColumn("region")}>{tr("The plant")}</button>
        <button type="button" class="chip" aria-pressed={column === "pot_region"} onClick={() => setColumn("pot_region")}>{tr("Its pot")}</button>
      </div>
      <Editor key={`${plant.id} ${column}`} plant={plant} column={column} image={pictureUrl(photo.file!)} width={photo.width ?? 4} height={photo.height ?? 3} />
      {column === "pot_region" ? <PotWidth plant={plant} /> : null}
    </div>
  );
}

interface EditorOptions { plant: Plant; column: Column; image: string; width: number; height: number }

function Editor({ plant, column, image, width, height }: EditorOptions) {
  const stored = regionOf(plant[column]);
  const [draft, setDraft] = useState<Region | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const others = plants.rows.filter((row) => row.id !== plant.id)
    .map((row) => ({ name: row.name, region: regionOf(row[column]) }))
    .filter((row): row is { name: string; region: Region } => row.region !== null);
  const region = draft ?? stored;
  const save = async (next: Region | null): Promise<void> => {
    const put = (value: Region | null): Promise<unknown> => call("update_plant", { plant_id: plant.id, [column]: value });
    try {
      await put(next);
      setOutcome({ text: tr("Saved"), failed: false, undo: () => put(stored) });
    } catch (error) {
      setOutcome({ text: (error as Error).message, failed: true });
    }
    setDraft(null);
  };
  const begin = proposal(others.map((row) => row.region), column === "region" ? undefined : POT_SIDE);
  return (
    <>
      {region ? (
        <RegionEditor image={image} width={width} height={height} region={region} others={others} label={plant.name} onChange={setDraft} onDone={(next) => void save(next)} />
      ) : <RegionEditorPreview image={image} width={width} height={height} />}
      <p class="soft">{region ? (column === "region" ? tr("Drag the frame or its corners.") : tr("Draw a frame exactly as wide as the rim of the pot."))
        : column === "region" ? tr("It is found automatically. Draw a frame to help.") : tr("No pot is drawn.")}</p>
      <OutcomeLine outcome={outcome} onUndone={setOutcome} />
      <div class="buttons">
        {region ? <Action run={() => save(null)}>{column === "region" ? tr("Find automatically") : tr("No pot here")}</Action>
          : <Action run={() => save(begin)}>{tr("Draw a frame")}</Action>}
      </div>
    </>
  );
}

function RegionEditorPreview({ image, width, height }: { image: string; width: number; height: number }) {
  return <svg class="regions" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={tr("Newest photo")}><image href={image} width={width} height={height} /></svg>;
}

function PotWidth({ plant }: { plant: Plant }) {
  const inches = preferences.value.inches;
  const unit = inches ? CM_PER_INCH : 1;
  const known = plant.pot_diameter_cm;
  const send = (values: FormData): Promise<unknown> =>
    call("update_plant", { plant_id: plant.id, pot_diameter_cm: text(values, "width") ? Number(text(values, "width")) * unit : null });
  return (
    <Form key={String(known)} button={tr("Save")} send={send} done={known ? tr("Width {width}", { width: length(known) }) : undefined}>
      <Field label={tr("Width of the pot")} hint={inches ? tr("in inches") : tr("in centimetres")}>
        <input name="width" type="number" step="any" min={1 / unit} max={200 / unit} defaultValue={known ? String(Math.round((known / unit) * 10) / 10) : ""} />
      </Field>
    </Form>
  );
}
