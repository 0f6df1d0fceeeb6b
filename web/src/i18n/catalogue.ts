/** The catalogue the device serves, and texts and numbers in the reader's language; English without one. */
import { signal } from "@preact/signals";

type Forms = string | string[];
interface Catalogue { language: string; plural: string; templates: Record<string, [Forms, string]>; texts: Record<string, Forms> }

const CHOSEN_KEY = "language";
const ENGLISH: Catalogue = { language: "en", plural: "", templates: {}, texts: {} };
export const catalogue = signal<Catalogue>(ENGLISH);

/** The language chosen on this phone; empty: the browser's. */
export const chosenLanguage = signal(stored());

function stored(): string {
  try {
    return localStorage.getItem(CHOSEN_KEY) ?? "";
  } catch {
    return "";
  }
}

/** Numbers and moments are written as this language says. */
export const locale = (): string => chosenLanguage.value || navigator.language;

/** Fetch the catalogue; without one the page stays as it is. */
export async function load(): Promise<void> {
  try {
    catalogue.value = (await (await fetch(`/v1/catalogue/${encodeURIComponent(locale())}`)).json()) as Catalogue;
  } catch {
    return;
  }
  globalThis.document?.documentElement.setAttribute("lang", catalogue.value.language);
}

/** Choose a language for this phone; empty goes back to the browser's. */
export async function chooseLanguage(language: string): Promise<void> {
  chosenLanguage.value = language;
  localStorage.setItem(CHOSEN_KEY, language);
  await load();
}

/** Marks a text for extraction; `tr` translates it where it is shown. */
export const mark = (text: string): string => text;

/** A text in the reader's language, each `{name}` replaced by the value of that name. */
export function tr(text: string, values: Record<string, unknown> = {}): string {
  const found = catalogue.value.texts[text] ?? text;
  return (Array.isArray(found) ? (found[0] ?? text) : found).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

/** A text that counts something; `{n}` is the number. */
export function trPlural(one: string, many: string, n: number): string {
  const found = catalogue.value.texts[one] ?? [one, many];
  const form = Array.isArray(found) ? found[pluralForm(n)] : found;
  return (form ?? many).replace("{n}", number(n));
}

export function number(value: number | string, digits = 0): string {
  const written = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  // What is written as nought has no sign.
  const shown = (Number(Number(value).toFixed(digits)) || 0) === 0 ? 0 : Number(value);
  return shown.toLocaleString(locale(), written).replace("-", "\u2212");
}

/** The plural form of a number, as its place among a text's forms. */
export function pluralForm(n: number): number {
  return Number(catalogue.value.plural[n < 200 ? n : 100 + (n % 100)] ?? (n === 1 ? 0 : 1));
}
