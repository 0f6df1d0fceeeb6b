/** What is to be said about a photograph or the live view: focus, light, and the one thing to do next. */
import { percent } from "../i18n/formats";
import { tr } from "../i18n/messages";

/** Sharpness above which leaves' edges are clear, and below which nothing can be measured. */
const SHARP = 0.5;
const SOFT = 0.25;
const DARK = 0.2;
const BRIGHT = 0.75;
/** Overexposed share from which leaves lose their colour somewhere. */
const MOST_OVEREXPOSED = 0.05;
/** A view this near to the sharpest one is as sharp as hands can set it. */
const NEAR_BEST = 0.85;

export type Judged = { words: string; level: "ok" | "watch" | "act" | "none" };

export function focusWords(sharpness: number | null, best = 0): Judged {
  if (sharpness === null) return { words: tr("Not known"), level: "none" };
  if (sharpness < SOFT) return { words: tr("Blurred"), level: "act" };
  if (sharpness < SHARP) return { words: tr("A little soft"), level: "watch" };
  return sharpness < best * NEAR_BEST ? { words: tr("It was sharper"), level: "watch" } : { words: tr("Sharp"), level: "ok" };
}

export function lightWords(exposure: number | null, overexposed = 0): Judged {
  if (exposure === null) return { words: tr("Not known"), level: "none" };
  if (overexposed > MOST_OVEREXPOSED) return { words: tr("{percent} overexposed", { percent: percent(overexposed * 100) }), level: "watch" };
  if (exposure < DARK) return { words: tr("Too dark"), level: "watch" };
  return exposure > BRIGHT ? { words: tr("Too bright"), level: "watch" } : { words: tr("Just right"), level: "ok" };
}

export function hint(focus: Judged, light: Judged, exposure: number | null): string {
  if (focus.level === "act" || focus.level === "watch") return tr("Turn the lens slowly, or move the camera, until the bar is longest.");
  if (light.level !== "watch") return tr("The camera is well aimed.");
  return exposure !== null && exposure < DARK ? tr("Give the plants more light.") : tr("Turn the camera away from the lamp or a window.");
}
