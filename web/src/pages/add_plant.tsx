import { tr } from "../i18n/messages";
import { Field, Form, text } from "../parts/action";
import { Heading } from "../parts/shell";
import { go } from "../router";
import { call, mayCare } from "../store";

/** Add a plant. */
export function AddPlantPage() {
  if (!mayCare()) return <Heading back="#/">{tr("Add a plant")}</Heading>;
  const send = async (values: FormData): Promise<void> => {
    const id = await call("create_plant", {
      name: text(values, "name"), species: text(values, "species") || null, location: text(values, "location") || null,
      planted_on: text(values, "planted_on") || null,
    });
    go("plant", Number(id));
  };
  return (
    <>
      <Heading back="#/">{tr("Add a plant")}</Heading>
      <div class="card padded">
        <Form button={tr("Add")} send={send}>
          <PlantFields />
        </Form>
      </div>
    </>
  );
}

interface Known { name: string; species: string | null; location: string | null; planted_on: string | null }

/** What is known of a plant, to be typed. */
export function PlantFields({ plant }: { plant?: Known }) {
  return (
    <>
      <Field label={tr("Name")}><input name="name" maxLength={80} required defaultValue={plant?.name} /></Field>
      <Field label={tr("Species, if you know it")}><input name="species" maxLength={200} defaultValue={plant?.species ?? ""} /></Field>
      <Field label={tr("Place")}><input name="location" maxLength={200} defaultValue={plant?.location ?? ""} /></Field>
      <Field label={tr("Planted on")}><input name="planted_on" type="date" defaultValue={plant?.planted_on ?? ""} /></Field>
    </>
  );
}
