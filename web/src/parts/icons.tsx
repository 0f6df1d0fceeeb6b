/** Outline icons on a 24-unit square; every state has its own shape, so that colour is never alone. */
const PATHS = {
  plants: "M12 21v-9M12 12C12 7 8 5 4 5c0 5 3 7 8 7zm0-2c0-4 3-6 8-6 0 5-3 7-8 7",
  alerts: "M10 5a2 2 0 1 1 4 0 7 7 0 0 1 4 6v3a4 4 0 0 0 2 3H4a4 4 0 0 0 2-3v-3a7 7 0 0 1 4-6M9 17v1a3 3 0 0 0 6 0v-1",
  light: "M9 16a5 5 0 1 1 6 0 3.5 3.5 0 0 0-1 3 2 2 0 0 1-4 0 3.5 3.5 0 0 0-1-3M9.7 17h4.6M12 3V2M4 12H3m18 0h-1",
  camera: "M5 7h1a2 2 0 0 0 2-2 1 1 0 0 1 1-1h6a1 1 0 0 1 1 1 2 2 0 0 0 2 2h1a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2M9 13a3 3 0 1 0 6 0 3 3 0 0 0-6 0",
  settings: "M4 6h8m4 0h4M14 4v4M4 12h2m4 0h10M8 10v4M4 18h11m4 0h1M17 16v4",
  ok: "M3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0M9 12l2 2 4-4",
  watch: "M12 9v4m0 3v.01M10.4 3.9 2.3 17.1A1.9 1.9 0 0 0 3.9 20h16.2a1.9 1.9 0 0 0 1.6-2.9L13.6 3.9a1.9 1.9 0 0 0-3.2 0",
  act: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v4m0 3v.01",
  none: "M8.6 3.7a9 9 0 0 1 6.8 0M20.3 8.6a9 9 0 0 1 0 6.8M15.4 20.3a9 9 0 0 1-6.8 0M3.7 15.4a9 9 0 0 1 0-6.8",
  info: "M3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0M12 9v.01M11 12h1v4h1",
  next: "M9 6l6 6-6 6",
  back: "M15 6l-6 6 6 6",
  undo: "M9 14l-4-4 4-4M5 10h11a4 4 0 1 1 0 8h-1",
  play: "M7 4v16l13-8z",
  pause: "M7 5h3v14H7zM14 5h3v14h-3z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d={PATHS[name]} /></svg>
  );
}
