/** Rows of the device's tables as the protocol sends them: text, numbers or null; lists and objects are JSON text. */

export type Value = string | number | null;
export type Row = Record<string, Value>;

interface Coded { code: string | null; data: string | null }

export type Level = "ok" | "info" | "watch" | "act";

export interface Plant {
  id: number; name: string; species: string | null; location: string | null; planted_on: string | null; note: string | null;
  position: number; region: string | null; pot_region: string | null; pot_diameter_cm: number | null;
  photo_capture_id: number | null; archived_at: string | null; created_at: string;
}

export interface Capture extends Coded {
  id: number; state: string; wanted_at: string; finished_at: string | null; file: string | null; thumb: string | null;
  overlay: string | null; width: number | null; height: number | null; sharpness: number | null; exposure: number | null;
  outline: string | null; error: string | null; removed_at: string | null;
}

/** A row of `analysis_result`; each metric is a column by its key. */
export interface Result extends Coded {
  id: number; plant_id: number; capture_id: number; at: string; bbox: string | null; presence: string | null;
  left_out: string; baseline: string; [metric: string]: Value;
}

export interface Notification extends Coded {
  id: number; plant_id: number | null; capture_id: number | null; category: string; title: string; message: string;
  advice: string | null; metric: string | null; value: number | null; threshold: number | null; value_now: number | null;
  created_at: string; read_at: string | null; resolved_at: string | null; snoozed_until_at: string | null;
  care_kind: string | null; care_at: string | null; question: string | null; answer: string | null;
}

export interface Light {
  id: number; enabled: number; start: string; hours: number; sunrise_min: number; sunset_min: number; level: number;
  max_hours_per_day: number; ppfd_full: number | null; override_until_at: string | null; now_level: number;
  now_reason: string; next_change_at: string | null; on_seconds_today: number; dli_today: number | null;
}

export interface LightDay { id: number; day_on: string; on_seconds: number; dli_mol: number | null }
export interface Care {
  id: number; plant_id: number; kind: string; at: string; volume_ml: number | null; product: string | null; text: string | null;
}
export interface Health extends Coded {
  part: string; state: string; message: string; advice: string | null; value: number | null; since_at: string; due_at: string | null;
}
export interface Setting { name: string; value: string }
export interface Software extends Coded {
  id: number; version: string; slot: string | null; state: string; available_version: string | null; notes: string | null;
  progress: number | null; message: string;
}
export interface Client { id: number; name: string; role: Role; created_at: string; seen_at: string | null; revoked_at: string | null }
export interface Profile extends Coded {
  id: number; lamp_state: string; state: string; confidence: number; message: string | null; lessons: string;
}
export interface MonitorPlan { id: number; plant_id: number; preset: string; pipelines: string; rules: string }
export interface Timelapse {
  id: number; plant_id: number; name: string; interval_s: number; frames: number; started_at: string; ended_at: string | null;
}

export type Role = "viewer" | "carer" | "owner";

/** A JSON column; `otherwise` where it holds nothing readable. */
export function decoded<T>(text: Value | undefined, otherwise: T): T {
  if (typeof text !== "string") return otherwise;
  try {
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}
