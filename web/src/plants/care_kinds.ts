/** What somebody can do for a plant, in the word for what is done. */
import { mark } from "../i18n/messages";

export const CARE_KINDS: Record<string, string> = {
  water: mark("Watered"),
  feed: mark("Fed"),
  prune: mark("Pruned"),
  repot: mark("Repotted"),
  move: mark("Moved"),
  soil_change: mark("New soil"),
  light_change: mark("Light changed"),
  temperature_event: mark("Heat or frost"),
  note: mark("Note"),
};
