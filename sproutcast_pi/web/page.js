// The phone page: pair once, then see every plant as it is.
import { Connection } from "./connection.js";
import { make } from "./make.js";
import { moreForms, setupForm } from "./setup.js";
import { haveMetrics, metricName, readings, reading, setMetrics, shownKeys } from "./metrics.js";
import { ago, load, mark, moment, named, percent, render, rowMessages, rowText, say, setPreferences, translate } from "./messages.js";

const QUERIES = {
  plants: "SELECT * FROM plant WHERE archived_at IS NULL ORDER BY position, name LIMIT 60",
  results: "SELECT * FROM analysis_result ORDER BY at DESC LIMIT 200",
  captures: "SELECT * FROM capture WHERE state = 'done' AND thumb IS NOT NULL ORDER BY id DESC LIMIT 60",
  notes: "SELECT * FROM notification WHERE read_at IS NULL OR resolved_at IS NULL AND question IS NOT NULL AND answer IS NULL ORDER BY created_at DESC LIMIT 20",
  light: "SELECT * FROM light",
  settings: "SELECT * FROM setting WHERE name = 'setup_done' OR name = 'units' OR name = 'hour_format'",
  troubles: "SELECT * FROM health WHERE state IN ('warn', 'bad')",
};
const $ = (id) => document.getElementById(id);

function showLight() {
  const [light] = connection.list("light");
  if (!light) return;
  const level = Math.round(light.now_level * 100);
  const next = light.next_change_at ? say("changes at {time}", { time: moment(new Date(light.next_change_at)) }) : "";
  const byHand = light.now_reason === "override" || light.override_until_at !== null;
  const [label, reducer, args] = byHand ? [mark("Back to the schedule"), "clear_light_override", {}]
    : level > 0 ? [mark("Off for an hour"), "override_light", { level: 0, minutes: 60 }]
      : [mark("On for an hour"), "override_light", { level: 1, minutes: 60 }];
  $("light").className = "card";
  $("light").replaceChildren(
    make("span", { class: level > 0 ? "lamp on" : "lamp" }),
    make("div", {}, make("b", {}, level > 0 ? say("Light {level}", { level: percent(level) }) : say("Light off")),
      make("small", {}, [named(`light_reason.${light.now_reason}`, light.now_reason), next].filter(Boolean).join(" · "))),
    mayCare() ? make("button", { class: "quiet", onclick: (event) => act(event, reducer, args) }, say(label)) : "");
}

function showNotes() {
  const notes = connection.list("notes").sort((a, b) => b.created_at.localeCompare(a.created_at)).map((note) =>
    make("article", { class: `card note ${note.category}` },
      make("div", {}, make("b", {}, rowText(note, "title")), make("p", {}, rowText(note, "message")),
        presentValue(note), note.advice ? make("p", {}, careGiven(note) || rowText(note, "advice")) : null,
        mayCare() && !note.answer ? answers(note) : null, make("small", {}, ago(new Date(note.created_at)))),
      mayCare() ? make("button", { class: "quiet", onclick: (event) =>
        act(event, "mark_notification_read", { notification_id: note.id }) }, say("Seen")) : null));
  const troubles = connection.list("troubles").map((part) =>
    make("article", { class: `card note ${part.state}` },
      make("div", {}, make("b", {}, named(`part.${part.part}`, part.part)), make("p", {}, rowText(part, "message")), part.advice ? make("p", {}, rowText(part, "advice")) : null)));
  $("notes").replaceChildren(...troubles, ...notes);
}

/** The newest value of an alert that is open. */
function presentValue(note) {
  if (note.value_now === null || note.resolved_at) return null;
  const [now, first] = [note.value_now, note.value].map((value) => reading({ [note.metric]: value }, note.metric)?.text);
  return !now || now === first ? null : make("p", {}, say("Now {value}.", { value: now }));
}

/** What was done about an alert since it was written. */
function careGiven(note) {
  const done = { water: mark("Watered"), feed: mark("Fed"), prune: mark("Pruned") }[note.care_kind];
  return done && !note.resolved_at ? say("{done} {ago}.", { done: say(done), ago: ago(new Date(note.care_at)) }) : "";
}

const ANSWERS = {
  hanging: { moved: mark("It was moved"), cut: mark("It was cut"), normal: mark("That's normal for it"), dying: mark("It is dying") },
  smaller: { cut: mark("It was cut"), replaced: mark("It was replaced"), dying: mark("It is losing its leaves") },
};

const answers = (note) => note.question in ANSWERS ? make("div", { class: "answers" },
  ...Object.entries(ANSWERS[note.question]).map(([answer, label]) => make("button", { class: "quiet", onclick: (event) =>
    act(event, "answer_notification", { notification_id: note.id, answer }, mark("Noted")) }, say(label)))) : null;

function showPlants() {
  const newest = new Map();
  for (const result of connection.list("results")) {
    const held = newest.get(result.plant_id);
    if (!held || held.at < result.at) newest.set(result.plant_id, result);
  }
  const captures = new Map(connection.list("captures").map((capture) => [capture.id, capture]));
  const plants = connection.list("plants")
    .sort((a, b) => a.position - b.position || a.name.localeCompare(b.name))
    .map((plant) => card(plant, newest.get(plant.id), captures));
  $("plants").replaceChildren(...(plants.length ? plants : [make("p", { class: "empty" }, say("No plants yet. Add one here, or on the device’s screen."))]));
}

const UNSURE = { absent: mark("Can't be seen"), uncertain: mark("Uncertain") };

function card(plant, result, captures) {
  const capture = captures.get(result?.capture_id) ?? captures.get(plant.photo_capture_id);
  const health = reading(result, "health_score");
  return make("article", { class: "card plant" },
    make("div", { class: "photo" },
      capture ? make("img", { src: `/v1/pictures/${capture.thumb.split("/").map(encodeURIComponent).join("/")}`,
        alt: `${plant.name}, ${ago(new Date(capture.finished_at ?? capture.wanted_at))}`, loading: "lazy" })
        : make("span", { class: "none" }, say("No photo yet")),
      result?.presence in UNSURE ? make("span", { class: "score unsure" }, say(UNSURE[result.presence]))
        : health ? make("span", { class: `score ${health.level}`, title: `${say("Health, 0 to 100")}: ${health.word}` }, health.text) : null),
    make("div", { class: "words" },
      make("h3", {}, plant.name),
      make("small", {}, [plant.species, plant.location].filter(Boolean).join(" · ")),
      make("dl", {}, ...facts(result)),
      make("div", { class: "foot" },
        make("small", {}, result ? say("Measured {ago}", { ago: ago(new Date(result.at)) }) : say("Not measured yet")),
        mayCare() ? make("div", { class: "care" }, careButton(plant, "water", mark("Watered")), careButton(plant, "feed", mark("Fed"))) : null)));
}

/** The numbers, and below them what was asked for and isn't told, with the reason. */
function facts(result) {
  if (!result) return [];
  const texts = JSON.parse(result.left_out || "{}"), coded = rowMessages(result).left_out ?? {};
  const reasons = Object.fromEntries(Object.entries(texts).map(([metric, text]) => [metric, render(coded[metric]) ?? text]));
  const untold = new Map();
  for (const key of shownKeys().filter((name) => reasons[name] && typeof result[name] !== "number")) {
    untold.set(reasons[key], [...(untold.get(reasons[key]) ?? []), metricName(key)]);
  }
  return [
    ...mostTelling(result).map(({ name, text, note, level }) => make("div", { class: level ?? "" },
      make("dt", {}, name), make("dd", {}, text), note ? make("dd", { class: "word" }, note) : null)),
    ...[...untold].map(([reason, names]) => make("div", { class: "untold" }, make("dt", {}, names.join(", ")),
      make("dd", {}, say("Not measured: {reason}", { reason })))),
  ];
}

/** The first few metrics, and each that wants to be looked at; the health score is on the photograph. */
function mostTelling(result) {
  return readings(result).filter(({ key }) => key !== "health_score")
    .filter(({ level }, place) => place < 6 || level === "watch" || level === "act");
}

const careButton = (plant, kind, label) => make("button", { class: "quiet", onclick: (event) =>
  act(event, "log_care", { plant_id: plant.id, kind }, mark("Noted")) }, say(label));

const mayCare = () => connection.role !== "viewer";

async function act(event, reducer, args, done) {
  const button = event.currentTarget;
  button.disabled = true;
  try {
    await connection.call(reducer, args);
    if (done) button.textContent = say(done);
  } catch (error) {
    button.textContent = say("Failed");
    button.title = error.message;
    button.disabled = false;
  }
}

/** The owner's units and clock; everything written with them is written again. */
function applySettings() {
  const chosen = Object.fromEntries(connection.list("settings").map((setting) => [setting.name, JSON.parse(setting.value)]));
  setPreferences({ units: chosen.units, hourFormat: chosen.hour_format });
  showLight();
  showPlants();
}

/** The questions, as long as a fresh device waits for them; drawn once, so that nothing typed is lost. */
function showSetup() {
  if (!["light", "plants", "settings"].every((name) => name in connection.since)) return;
  const fresh = connection.role === "owner" && !connection.list("plants").length
    && !connection.list("settings").some((setting) => setting.name === "setup_done" && setting.value === "true");
  const place = $("setup");
  if (fresh && !place.firstChild) place.replaceChildren(setupForm(connection, connection.list("light")[0], showSetup));
  if (!fresh && !place.querySelector("button:disabled")) place.replaceChildren();
  if (mayCare() && !$("more").firstChild) $("more").replaceChildren(...moreForms(connection, act));
  $("plants").hidden = $("more").hidden = Boolean(place.firstChild);
}

const SHOW = {
  light: [showLight, showSetup], notes: [showNotes], troubles: [showNotes], settings: [applySettings, showSetup],
  plants: [showPlants, showSetup], results: [showPlants], captures: [showPlants],
};
const due = new Set();

const connection = new Connection(QUERIES, (name) => {
  // Several queries change in one message; draw once.
  if (!due.size) requestAnimationFrame(() => { for (const show of [...due]) show(); due.clear(); });
  for (const show of SHOW[name]) due.add(show);
}, async (live) => {
  $("link").className = live ? "live" : "";
  $("link").textContent = live ? say("Live") : say("Reconnecting …");
  if (!live && (await status()) === 401) askToPair();
});

async function status() {
  try {
    const answer = await fetch("/v1/schema");
    if (answer.ok && !haveMetrics()) setMetrics((await answer.json()).metrics);
    return answer.status;
  } catch {
    return 0;
  }
}

async function askToPair() {
  clearTimeout(connection.timer);
  $("link").textContent = "";
  const needed = await codeNeeded();
  $("first").hidden = needed;
  $("ask").hidden = $("code").hidden = $("code").labels[0].hidden = !needed;
  $("code").required = needed;
  $("garden").hidden = true;
  $("pairing").hidden = false;
  $(needed ? "code" : "name").focus();
}

async function codeNeeded() {
  try {
    return (await (await fetch("/v1/pair")).json()).code_needed !== false;
  } catch {
    return true;
  }
}

async function enter() {
  if (!haveMetrics()) await status();
  $("pairing").hidden = true;
  $("garden").hidden = false;
  connection.open();
}

$("pair").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ code: $("code").value.replace(/\D/g, ""), name: $("name").value });
  $("refused").textContent = "";
  try {
    const answer = await fetch("/v1/pair", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (answer.ok) return enter();
    const refusal = await answer.json();
    $("refused").textContent = render(refusal.reason) ?? refusal.message;
    // Another phone may have been first.
    if ($("code").hidden) askToPair();
  } catch {
    $("refused").textContent = say("The device can’t be reached; is this phone in the same network?");
  }
});

await load();
translate();
(await status()) === 401 ? await askToPair() : await enter();
setInterval(showPlants, 60_000);
