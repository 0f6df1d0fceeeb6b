/** Numbers, quantities and moments as people of the reader's language write them. */
import { signal } from "@preact/signals";
import { mark, number, tr, trPlural } from "./catalogue";

export { number };

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const NO_BREAK = "\u00a0";
const MONTHS = [mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun"),
  mark("Jul"), mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec")];
const WEEKDAYS = [mark("Sun"), mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat")];

/** The owner's choices, beside the phone's own language and time zone. */
export const preferences = signal({ inches: false, clock24h: true });

export const percent = (value: number, digits = 0): string => `${number(value, digits)}${NO_BREAK}%`;

export function length(cm: number): string {
  return preferences.value.inches ? `${number(cm / 2.54, 1)}${NO_BREAK}in` : `${number(cm, 1)}${NO_BREAK}cm`;
}

export function area(cm2: number): string {
  if (preferences.value.inches) return `${number(cm2 / 2.54 ** 2, 1)}${NO_BREAK}sq${NO_BREAK}in`;
  return `${number(cm2, cm2 >= 100 ? 0 : 1)}${NO_BREAK}cm²`;
}

export function clock(hour: number, minute: number): string {
  const minutes = String(minute).padStart(2, "0");
  if (preferences.value.clock24h) return `${String(hour).padStart(2, "0")}:${minutes}`;
  return `${((hour + 11) % 12) + 1}:${minutes}${NO_BREAK}${hour < 12 ? "am" : "pm"}`;
}

export const time = (at: Date): string => clock(at.getHours(), at.getMinutes());
export const day = (at: Date): string => tr("{month} {day}", { month: tr(MONTHS[at.getMonth()] ?? ""), day: at.getDate() });
export const weekday = (at: Date): string => tr(WEEKDAYS[at.getDay()] ?? "");
export const dateTime = (at: Date): string => `${day(at)}, ${time(at)}`;

/** The time today, "yesterday 14:05", else weekday or day. */
export function moment(at: Date, now: Date = new Date()): string {
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / (DAY * 1000));
  if (days === 0) return time(at);
  if (days === 1) return tr("yesterday {time}", { time: time(at) });
  if (days === -1) return tr("tomorrow {time}", { time: time(at) });
  return days > 0 && days < 7 ? `${weekday(at)} ${time(at)}` : dateTime(at);
}

export function ago(at: Date, now: Date = new Date()): string {
  const seconds = (now.getTime() - at.getTime()) / 1000;
  if (seconds < MINUTE) return tr("just now");
  if (seconds < HOUR) return tr("{n} min ago", { n: Math.floor(seconds / MINUTE) });
  if (seconds < DAY) return tr("{n} h ago", { n: Math.floor(seconds / HOUR) });
  return trPlural("{n} day ago", "{n} days ago", Math.floor(seconds / DAY));
}

export function span(seconds: number): string {
  const minutes = Math.max(0, Math.round(seconds / MINUTE));
  if (minutes < 60) return tr("{n} min", { n: minutes });
  const h = Math.floor(minutes / 60);
  const m = minutes % 60;
  if (seconds < 2 * DAY) return m ? tr("{h} h {m} min", { h, m }) : tr("{h} h", { h });
  return trPlural("{n} day", "{n} days", Math.floor(seconds / DAY));
}

export function size(bytes: number): string {
  const mb = bytes / 1e6;
  return mb < 1000 ? `${number(mb)}${NO_BREAK}MB` : `${number(mb / 1000, 1)}${NO_BREAK}GB`;
}

function temperature(celsius: number): string {
  return preferences.value.inches ? `${number((celsius * 9) / 5 + 32)}${NO_BREAK}°F` : `${number(celsius)}${NO_BREAK}°C`;
}

const stamped = (write: (at: Date) => string) => (value: string) =>
  Number.isNaN(Date.parse(value)) ? value : write(new Date(value));

/** How a template's field is written, by the format after its colon. */
export const FIELD_FORMATS: Record<string, ((value: never) => string) | undefined> = {
  number0: (value: number) => number(value),
  number1: (value: number) => number(value, 1),
  number2: (value: number) => number(value, 2),
  percent0: (value: number) => percent(value),
  percent1: (value: number) => percent(value, 1),
  signed_percent1: (value: number) => (Number(value.toFixed(1)) > 0 ? "+" : "") + percent(value, 1),
  length, area, temperature, size, duration: span,
  translated: (value: string) => tr(value),
  time: stamped((at) => moment(at)), ago: stamped((at) => ago(at)), date_time: stamped(dateTime),
  clock: (value: string) => {
    const [hour, minute] = value.split(":").map(Number);
    return /^\d\d:\d\d$/.test(value) ? clock(hour ?? 0, minute ?? 0) : value;
  },
};
