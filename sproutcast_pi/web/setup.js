// Sets a fresh device up, and adds plants, for those who have no screen before them.
import { make } from "./make.js";
import { mark, say } from "./messages.js";

const field = (label, input) => make("label", {}, say(label), input);

function zones() {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = new Set([own, ...(Intl.supportedValuesOf?.("timeZone") ?? [])]);
  return make("select", { name: "zone" }, ...[...known].map((zone) => make("option", { value: zone, selected: zone === own }, zone)));
}

/** A form that calls reducers; what is refused is told below its button, and what was typed stays. */
function form(button, fields, send, done = () => {}) {
  const refused = make("p", { class: "refused", role: "alert" });
  const begin = make("button", {}, say(button));
  return make("form", { onsubmit: async (event) => {
    event.preventDefault();
    const made = event.currentTarget;
    begin.disabled = true;
    refused.textContent = "";
    try {
      await send(new FormData(made));
      made.reset();
    } catch (error) {
      refused.textContent = error.message;
    }
    begin.disabled = false;
    done();
  } }, ...fields, begin, refused);
}

/** The questions of the first set-up. `light` is the light's row, whose schedule is offered; `done` looks anew. */
export function setupForm(connection, light, done) {
  return make("div", { class: "card padded" }, make("h2", {}, say("Set up")),
    make("p", {}, say("Everything can be changed later, and nothing of it leaves the device.")),
    form("Begin", [
      field("Name of the device", make("input", { name: "device", maxlength: 60, value: say("My plants") })),
      field("Where are you?", zones()),
      field("The light goes on at", make("input", { name: "start", type: "time", value: light.start, required: true })),
      field("Hours of light per day", make("input", { name: "hours", type: "number", min: 0, max: light.max_hours_per_day, step: "any", value: light.hours, required: true })),
      field("Your first plant", make("input", { name: "plant", maxlength: 60, placeholder: say("Basil, for example") })),
    ], async (told) => {
      await connection.call("set_setting", { name: "time_zone", value: told.get("zone") });
      await connection.call("set_light_schedule", { enabled: true, start: told.get("start"), hours: Number(told.get("hours")) });
      if (told.get("device").trim()) await connection.call("set_setting", { name: "device_name", value: told.get("device").trim() });
      if (told.get("plant").trim()) await connection.call("create_plant", { name: told.get("plant").trim() });
      await connection.call("set_setting", { name: "setup_done", value: true });
      await connection.call("request_capture", { reason: "wizard" });
    }, done));
}

/** What can be done at any time: another plant, a picture now. */
export function moreForms(connection, act) {
  return [
    make("button", { class: "quiet", onclick: (event) => act(event, "request_capture", { reason: "button" }, mark("Taking a photo …")) }, say("Take a photo")),
    make("details", {}, make("summary", {}, say("Add a plant")), form("Add", [
      field("Name", make("input", { name: "name", maxlength: 60, required: true })),
      field("Species, if you know it", make("input", { name: "species", maxlength: 120 })),
    ], (told) => connection.call("create_plant", { name: told.get("name").trim(), species: told.get("species").trim() || null }))),
  ];
}
