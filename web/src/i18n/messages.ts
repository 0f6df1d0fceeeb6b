/** Messages of the device, a code with values, in the reader's language. */
import type { Message } from "../protocol/connection";
import { decoded } from "../protocol/rows";
import { catalogue, number, pluralForm } from "./catalogue";
import { FIELD_FORMATS } from "./formats";

export { chooseLanguage, chosenLanguage, load, mark, tr, trPlural } from "./catalogue";

/** A message in the reader's language; null where this page does not know its code. */
export function render(message: Message | null | undefined): string | null {
  const template = message && catalogue.value.templates[message.code];
  if (!message || !template) return null;
  const [text, count] = template;
  const values = message.values ?? {};
  const form = Array.isArray(text) ? text[pluralForm(Number(values[count]))] : text;
  return (form ?? "").replace(/\{(\w+)(?::(\w+))?\}/g, (_, name: string, format?: string) => write(values[name], format));
}

/** A row's text column: its message in the reader's language, else the text as it is stored. */
export function rowText(row: { data?: unknown }, column: string): string {
  const message = rowMessages(row)[column] as Message | undefined;
  const text = (row as Record<string, unknown>)[column];
  return (message?.code ? render(message) : null) ?? (typeof text === "string" ? text : "");
}

/** The messages of a row by column. */
export const rowMessages = (row: { data?: unknown }): Record<string, unknown> =>
  decoded<Record<string, unknown>>(row.data as string | null, {});

/** A name declared as a template, such as of a part or a light reason; `otherwise` where there is none. */
export const named = (code: string, otherwise: string): string => render({ code }) ?? otherwise;

function write(value: unknown, format?: string): string {
  if (Array.isArray(value)) return value.map((part) => write(part)).join(format === "sentences" ? " " : ", ");
  if (value !== null && typeof value === "object") return render(value as Message) ?? "";
  const written = format ? FIELD_FORMATS[format] : undefined;
  if (written) return written(value as never);
  return typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 2) : String(value);
}
