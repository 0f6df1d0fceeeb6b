/** The page's one connection, its live queries, and calls whose refusals are sentences in the reader's language. */
import { effect, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { preferences } from "./i18n/formats";
import { render, tr } from "./i18n/messages";
import { setMetrics, type Metric, type Pipeline } from "./metrics";
import { Connection, Refusal } from "./protocol/connection";
import type { LiveQuery } from "./protocol/live_query";
import {
  decoded, type Capture, type Health, type Light, type Notification, type Plant, type Result, type Setting, type Software,
} from "./protocol/rows";

/** `starting` until it is known whether this phone is paired. */
export const access = signal<"starting" | "pairing" | "paired">("starting");

const connection = new Connection(() => void checkAccess());

export const live = connection.live;
export const role = connection.role;
export const version = connection.version;
export const mayCare = (): boolean => role.value !== "viewer";
export const isOwner = (): boolean => role.value === "owner";

export const plants = connection.watch<Plant>("SELECT * FROM plant WHERE archived_at IS NULL ORDER BY position, name LIMIT 200");
export const captures = connection.watch<Capture>("SELECT * FROM capture ORDER BY id DESC LIMIT 60");
export const light = connection.watch<Light>("SELECT * FROM light");
export const settings = connection.watch<Setting>("SELECT * FROM setting");
export const notifications = connection.watch<Notification>("SELECT * FROM notification ORDER BY id DESC LIMIT 100");
export const health = connection.watch<Health>("SELECT * FROM health");
export const software = connection.watch<Software>("SELECT * FROM software");
export const results = connection.watch<Result>("SELECT * FROM analysis_result ORDER BY id DESC LIMIT 200");

/** The moment shown as now; once a minute what was written with it is written again. */
export const now = signal(new Date());
setInterval(() => (now.value = new Date()), 60_000);

effect(() => {
  preferences.value = { inches: setting<string>("units", "") === "imperial", clock24h: setting<string | number>("hour_format", "") !== "12" };
});

/** A setting's value; `otherwise` where it is not set. */
export function setting<T>(name: string, otherwise: T): T {
  return decoded<T>(settings.rows.find((row) => row.name === name)?.value, otherwise);
}

/** The live query of this SQL, for as long as the component is shown. */
export function useQuery<T>(sql: string): LiveQuery<T> {
  const query = useMemo(() => connection.watch<T>(sql), [sql]);
  useEffect(() => () => connection.release(query as LiveQuery<never>), [query]);
  return query;
}

/** Call a reducer; rejects with an Error whose message is a sentence for the reader. */
export async function call(reducer: string, args: Record<string, unknown> = {}): Promise<unknown> {
  try {
    return await connection.call(reducer, args);
  } catch (error) {
    throw new Error(sentence(error));
  }
}

function sentence(error: unknown): string {
  if (error instanceof Refusal) return render(error.reason) ?? error.message;
  if (error instanceof Error && error.message === "lost") return tr("The connection was lost; please check whether it worked.");
  return tr("The device can’t be reached right now.");
}

/** Ask over HTTP; rejects with an Error whose message is a sentence for the reader. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Error(tr("The device can’t be reached; is this phone in the same network?"));
  }
  if (answer.ok) return answer;
  const refusal = (await answer.json().catch(() => ({}))) as { reason?: { code: string }; message?: string };
  throw new Error(render(refusal.reason) ?? refusal.message ?? String(answer.status));
}

/** Ask whether this phone is paired, take over the metrics, and open the connection the first time it is. */
export async function enter(): Promise<void> {
  const status = await checkAccess();
  if (status !== 401 && access.value !== "paired") {
    access.value = "paired";
    connection.open();
  }
}

/** 401 when this phone is not paired (any more); 0 when nobody answers. */
async function checkAccess(): Promise<number> {
  try {
    const answer = await fetch("/v1/schema");
    if (answer.status === 401) access.value = "pairing";
    if (answer.ok) {
      const schema = (await answer.json()) as { metrics: Metric[]; pipelines: Pipeline[] };
      setMetrics(schema.metrics, schema.pipelines);
    }
    return answer.status;
  } catch {
    return 0;
  }
}

/** Choose a setting; null goes back to its default. */
export async function clearOrSet(name: string, value: unknown): Promise<void> {
  if (value !== null) await call("set_setting", { name, value });
  else if (settings.rows.some((row) => row.name === name)) await call("clear_setting", { name });
}
