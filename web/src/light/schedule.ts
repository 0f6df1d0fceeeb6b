/** The daily light curve: minutes count from midnight by the wall clock, and a curve may cross midnight. */
import type { Light } from "../protocol/rows";

export const DAY_MIN = 1440;
const SNAP_MIN = 15;
const RAMP_SNAP_MIN = 5;
const LEVEL_SNAP = 0.05;
const SHORTEST_MIN = 30;
const LONGEST_RAMP_MIN = 240;

export interface Schedule { start: number; length: number; sunrise: number; sunset: number; level: number }
export type Handle = "start" | "sunrise" | "level" | "sunset" | "end";

export function scheduleOf(light: Light): Schedule {
  const [hour, minute] = light.start.split(":").map(Number);
  return {
    start: (hour ?? 0) * 60 + (minute ?? 0), length: Math.min(DAY_MIN, Math.round(light.hours * 60)),
    sunrise: Math.round(light.sunrise_min), sunset: Math.round(light.sunset_min), level: light.level,
  };
}

/** The reducer's arguments that turn one schedule into the other. */
export function changes(before: Schedule, after: Schedule): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  if (after.start !== before.start) args.start = `${pad(Math.floor(after.start / 60))}:${pad(after.start % 60)}`;
  if (after.length !== before.length) args.hours = after.length / 60;
  if (after.sunrise !== before.sunrise) args.sunrise_min = after.sunrise;
  if (after.sunset !== before.sunset) args.sunset_min = after.sunset;
  if (after.level !== before.level) args.level = Math.round(after.level * 100) / 100;
  return args;
}

const pad = (value: number): string => String(value).padStart(2, "0");
const mod = (value: number): number => ((value % DAY_MIN) + DAY_MIN) % DAY_MIN;
const ramps = (plan: Schedule): [number, number] => (plan.length < DAY_MIN ? [plan.sunrise, plan.sunset] : [0, 0]);

/** Where the curve can be dragged: minute of the day and level. */
export function handles(plan: Schedule): Record<Handle, [number, number]> {
  const [up, down] = ramps(plan);
  const end = plan.start + plan.length;
  return {
    start: [mod(plan.start), 0], sunrise: [mod(plan.start + up), plan.level], level: [mod((plan.start + up + end - down) / 2), plan.level],
    sunset: [mod(end - down), plan.level], end: [mod(end), 0],
  };
}

/** Corners of the curve from 0 to 1440, with the level there. */
export function polyline(plan: Schedule): [number, number][] {
  const [up, down] = ramps(plan);
  const end = plan.start + plan.length;
  const minutes = new Set([0, DAY_MIN]);
  for (const corner of [plan.start, plan.start + up, end - down, end]) {
    for (const near of [mod(corner), mod(corner) - 0.01, mod(corner) + 0.01]) if (near >= 0 && near <= DAY_MIN) minutes.add(near);
  }
  return [...minutes].sort((a, b) => a - b).map((minute) => [minute, levelAt(plan, Math.min(minute, DAY_MIN - 0.001))]);
}

function levelAt(plan: Schedule, minute: number): number {
  const since = mod(minute - plan.start);
  if (since >= plan.length) return 0;
  const [up, down] = ramps(plan);
  const rising = up > 0 ? since / up : 1;
  const falling = down > 0 ? (plan.length - since) / down : 1;
  return plan.level * Math.max(0, Math.min(1, rising, falling));
}

/** Hours at full power that give the same light: a ramp gives half of it. */
export function fullHours(plan: Schedule): number {
  const [up, down] = ramps(plan);
  return (plan.level * (plan.length - (up + down) / 2)) / 60;
}

/** The schedule after a handle was moved; `longest` bounds its length in minutes. */
export function drag(plan: Schedule, handle: Handle, minute: number, level: number, longest: number): Schedule {
  const shortest = Math.max(SHORTEST_MIN, plan.sunrise + plan.sunset);
  const fits = (length: number): boolean => length >= shortest && length <= longest;
  const since = mod(minute - plan.start);
  const ramp = (minutes: number, other: number): number =>
    Math.max(0, Math.min(LONGEST_RAMP_MIN, plan.length - other, Math.round(minutes / RAMP_SNAP_MIN) * RAMP_SNAP_MIN));
  switch (handle) {
    case "level":
      return { ...plan, level: Math.min(1, Math.max(LEVEL_SNAP, Math.round(level / LEVEL_SNAP) * LEVEL_SNAP)) };
    case "start": {
      const start = mod(Math.round(minute / SNAP_MIN) * SNAP_MIN);
      const length = mod(plan.start + plan.length - start) || DAY_MIN;
      return fits(length) ? { ...plan, start, length } : plan;
    }
    case "end": {
      const length = Math.round(since / SNAP_MIN) * SNAP_MIN;
      return fits(length) ? { ...plan, length } : plan;
    }
    case "sunrise":
      return { ...plan, sunrise: ramp(since < plan.length ? since : 0, plan.sunset) };
    case "sunset":
      return { ...plan, sunset: ramp(Math.max(0, plan.length - since), plan.sunrise) };
  }
}
