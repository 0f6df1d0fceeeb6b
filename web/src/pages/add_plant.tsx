import { say } from "../i18n/messages";
import { Field, Form, text } from "../parts/action";
import { Heading } from "../parts/shell";
import { go } from "../router";
import { call, mayCare } from "../store";

/** Add a plant. */
export function AddPlantPage() {
  if (!mayCare()) return <Heading back="#/">{say("Add a plant")}</Heading>;
  const send = async (values: FormData): Promise<void> => {
    const id = await call("create_plant", {
      name: text(values, "name"), species: text(values, "species") || null, location: text(values, "location") || null,
      planted_on: text(values, "planted_on") || null,
    });
    go("plant", Number(id));
  };
  return (
    <>
      <Heading back="#/">{say("Add a plant")}</Heading>
      <div class="card padded">
        <Form button={say("Add")} send={send}>
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
      <Field label={say("Name")}><input name="name" maxLength={80} required defaultValue={plant?.name} /></Field>
      <Field label={say("Species, if you know it")}><input name="species" maxLength={200} defaultValue={plant?.species ?? ""} /></Field>
      <Field label={say("Place")}><input name="location" maxLength={200} defaultValue={plant?.location ?? ""} /></Field>
      <Field label={say("Planted on")}><input name="planted_on" type="date" defaultValue={plant?.planted_on ?? ""} /></Field>
    </>
  );
}
