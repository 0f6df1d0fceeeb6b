/** A part of a photograph, as shares of its width and height; y from the top. */
import { decoded, type Capture, type Result } from "../protocol/rows";

export interface Crop { x: number; y: number; w: number; h: number }

/** Space around a plant, as a share of its box. */
const MARGIN = 0.12;

/** The box of a plant in its photograph; null where it is unknown. */
export function plantBox(result: Pick<Result, "bbox"> | undefined, capture: Pick<Capture, "width" | "height"> | undefined): Crop | null {
  const box = decoded<number[] | null>(result?.bbox, null);
  if (!box || box.length !== 4 || !capture?.width || !capture.height) return null;
  const [x, y, w, h] = box as [number, number, number, number];
  return { x: x / capture.width, y: y / capture.height, w: w / capture.width, h: h / capture.height };
}

/** The smallest part with the proportions of its place (`aspect`, width by height) that holds a box, within the frame. */
export function fitCrop(box: Crop, frameAspect: number, aspect: number): Crop {
  let w = box.w * (1 + 2 * MARGIN);
  let h = box.h * (1 + 2 * MARGIN);
  if (w * frameAspect < aspect * h) w = (aspect * h) / frameAspect;
  else h = (w * frameAspect) / aspect;
  const shrink = Math.max(w, h, 1);
  if (shrink > 1) {
    // The whole frame is too small for these proportions: as much of it as fits.
    w = Math.min(1, aspect / frameAspect);
    h = Math.min(1, frameAspect / aspect);
  }
  const clamp = (middle: number, side: number): number => Math.min(1 - side, Math.max(0, middle - side / 2));
  return { x: clamp(box.x + box.w / 2, w), y: clamp(box.y + box.h / 2, h), w, h };
}

/** The part that holds all these boxes. */
export function commonBox(boxes: Crop[]): Crop | null {
  if (!boxes.length) return null;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.w));
  const bottom = Math.max(...boxes.map((box) => box.y + box.h));
  return { x, y, w: right - x, h: bottom - y };
}
