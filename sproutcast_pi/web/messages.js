// Texts and messages in the phone's language, from the catalogue that the device serves; English without one.

/** Numbers and moments are written as this says. */
export const LOCALE = navigator.language;
const MINUTE = 60, HOUR = 3600, DAY = 86_400;
const NO_BREAK = "\u00a0";
const MONTHS = [mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun"),
  mark("Jul"), mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec")];
const WEEKDAYS = [mark("Sun"), mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat")];

let catalogue = { language: "en", plural: "", templates: {}, texts: {} };
/** The owner's choices, beside the phone's own language and time zone. */
const preferences = { inches: false, clock24h: true };

/** Marks a text for extraction; `say` translates it where it is shown. */
export function mark(text) { return text; }

/** Fetch the catalogue; without one the page stays English. */
export async function load() {
  try {
    catalogue = await (await fetch(`/v1/catalogue/${encodeURIComponent(LOCALE)}`)).json();
  } catch {
    // Shown in English until the device answers.
  }
}

export function setPreferences({ units, hourFormat }) {
  preferences.inches = units === "imperial";
  preferences.clock24h = hourFormat !== "12";
}

/** A text in the phone's language, each `{name}` replaced by the value of that name. */
export function say(text, values = {}) {
  const found = catalogue.texts[text] ?? text;
  return (Array.isArray(found) ? found[0] : found).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A text that counts something; `{n}` is the number. */
export function sayPlural(one, many, n) {
  const found = catalogue.texts[one] ?? [one, many];
  return found[pluralForm(n)].replace("{n}", number(n));
}

/** A message (`code` and `values`) in the phone's language; null where this page does not know its code. */
export function render(message) {
  const template = catalogue.templates[message?.code];
  if (!template) return null;
  const [text, count] = template;
  return fill(Array.isArray(text) ? text[pluralForm(message.values[count])] : text, message.values ?? {});
}

/** A row's text column: its message in the phone's language, else the text as it is stored. */
export function rowText(row, column) {
  return rowMessages(row)[column]?.code ? render(rowMessages(row)[column]) ?? row[column] : row[column];
}

/** The messages of a row by column. */
export function rowMessages(row) {
  try {
    return JSON.parse(row.data || "{}");
  } catch {
    return {};
  }
}

/** A name declared as a template, such as of a part or a light reason; `otherwise` where there is none. */
export const named = (code, otherwise) => render({ code, values: {} }) ?? otherwise;

/** Put what the page itself contains into the phone's language: texts, values and labels. */
export function translate() {
  document.documentElement.lang = catalogue.language;
  for (const element of document.querySelectorAll("[data-say]")) {
    if (element instanceof HTMLInputElement) element.value = say(element.value);
    else if (element.hasAttribute("aria-label")) element.setAttribute("aria-label", say(element.getAttribute("aria-label")));
    else element.textContent = say(element.textContent);
  }
}

export function number(value, digits = 0) {
  const written = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  // What is written as nought has no sign.
  const shown = (Number(Number(value).toFixed(digits)) || 0) === 0 ? 0 : Number(value);
  return shown.toLocaleString(LOCALE, written).replace("-", "\u2212");
}

export const percent = (value, digits = 0) => `${number(value, digits)}${NO_BREAK}%`;

export function length(cm) {
  return preferences.inches ? `${number(cm / 2.54, 1)}${NO_BREAK}in` : `${number(cm, 1)}${NO_BREAK}cm`;
}

export function area(cm2) {
  if (preferences.inches) return `${number(cm2 / 2.54 ** 2, 1)}${NO_BREAK}sq${NO_BREAK}in`;
  return `${number(cm2, cm2 >= 100 ? 0 : 1)}${NO_BREAK}cm²`;
}

export function clock(hour, minute) {
  const minutes = String(minute).padStart(2, "0");
  if (preferences.clock24h) return `${String(hour).padStart(2, "0")}:${minutes}`;
  return `${(hour + 11) % 12 + 1}:${minutes}${NO_BREAK}${hour < 12 ? "am" : "pm"}`;
}

export const time = (at) => clock(at.getHours(), at.getMinutes());

const day = (at) => say("{month} {day}", { month: say(MONTHS[at.getMonth()]), day: at.getDate() });

/** The time today, "yesterday 14:05", else weekday or day. */
export function moment(at, now = new Date()) {
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / (DAY * 1000));
  if (days === 0) return time(at);
  if (days === 1) return say("yesterday {time}", { time: time(at) });
  if (days === -1) return say("tomorrow {time}", { time: time(at) });
  return days > 0 && days < 7 ? `${say(WEEKDAYS[at.getDay()])} ${time(at)}` : day(at);
}

export function ago(at, now = new Date()) {
  const seconds = (now - at) / 1000;
  if (seconds < MINUTE) return say("just now");
  if (seconds < HOUR) return say("{n} min ago", { n: Math.floor(seconds / MINUTE) });
  if (seconds < DAY) return say("{n} h ago", { n: Math.floor(seconds / HOUR) });
  return sayPlural("{n} day ago", "{n} days ago", Math.floor(seconds / DAY));
}

function span(seconds) {
  const minutes = Math.max(0, Math.round(seconds / MINUTE));
  if (minutes < 60) return say("{n} min", { n: minutes });
  const h = Math.floor(minutes / 60), m = minutes % 60;
  if (seconds < 2 * DAY) return m ? say("{h} h {m} min", { h, m }) : say("{h} h", { h });
  return sayPlural("{n} day", "{n} days", Math.floor(seconds / DAY));
}

function size(bytes) {
  const mb = bytes / 1e6;
  return mb < 1000 ? `${number(mb)}${NO_BREAK}MB` : `${number(mb / 1000, 1)}${NO_BREAK}GB`;
}

function temperature(celsius) {
  return preferences.inches ? `${number(celsius * 9 / 5 + 32)}${NO_BREAK}°F` : `${number(celsius)}${NO_BREAK}°C`;
}

const dateTime = (at) => `${day(at)}, ${time(at)}`;
const stamped = (write) => (value) => Number.isNaN(Date.parse(value)) ? value : write(new Date(value));
const FIELD_FORMATS = {
  number0: number, number1: (value) => number(value, 1), number2: (value) => number(value, 2),
  percent0: percent, percent1: (value) => percent(value, 1),
  signed_percent1: (value) => (Number(value.toFixed(1)) > 0 ? "+" : "") + percent(value, 1),
  length, area, temperature, size, duration: span, translated: (value) => say(value),
  time: stamped(moment), ago: stamped(ago), date_time: stamped(dateTime),
  clock: (value) => /^\d\d:\d\d$/.test(value) ? clock(...value.split(":").map(Number)) : value,
};

function fill(text, values) {
  return text.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name, format) => write(values[name], format));
}

function write(value, format) {
  if (Array.isArray(value)) return value.map((part) => write(part)).join(format === "sentences" ? " " : ", ");
  if (value !== null && typeof value === "object") return render(value) ?? "";
  if (format in FIELD_FORMATS) return FIELD_FORMATS[format](value);
  return typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 2) : String(value);
}

const pluralForm = (n) => Number(catalogue.plural[n < 200 ? n : 100 + n % 100] ?? (n === 1 ? 0 : 1));
