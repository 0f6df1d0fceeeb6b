/** Where a plant grows in the picture: a polygon to drag; points are shares of the frame, y from the top. */
export type Point = [number, number];
export type Region = Point[];

const START_SIDE = 0.22;
const PLACES = [0.5, 0.25, 0.75];
const MIN_CORNERS = 3;

const clamp = (share: number): number => Math.min(1, Math.max(0, share));
const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;

export function rectangle([ax, ay]: Point, [bx, by]: Point): Region {
  const [left, right] = [Math.min(ax, bx), Math.max(ax, bx)].map(clamp) as Point;
  const [top, bottom] = [Math.min(ay, by), Math.max(ay, by)].map(clamp) as Point;
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

/** A region to start from, beside those there are as far as there is room. */
export function proposal(taken: Region[], side = START_SIDE): Region {
  const around = (x: number, y: number): Region => rectangle([x - side, y - side], [x + side, y + side]);
  for (const x of PLACES) for (const y of PLACES) if (!taken.some((region) => contains(region, [x, y]))) return around(x, y);
  return around(0.5, 0.5);
}

/** Whether a point is inside (even-odd rule). */
export function contains(region: Region, [x, y]: Point): boolean {
  let inside = false;
  region.forEach(([x1, y1], place) => {
    const [x2, y2] = region[(place + 1) % region.length]!;
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

export const withCorner = (region: Region, corner: number, [x, y]: Point): Region =>
  region.map((point, place) => (place === corner ? [rounded(clamp(x)), rounded(clamp(y))] : point));

/** The region moved as a whole, kept inside the frame. */
export function moved(region: Region, [dx, dy]: Point): Region {
  const xs = region.map(([x]) => x);
  const ys = region.map(([, y]) => y);
  const by: Point = [Math.min(Math.max(dx, -Math.min(...xs)), 1 - Math.max(...xs)), Math.min(Math.max(dy, -Math.min(...ys)), 1 - Math.max(...ys))];
  return region.map(([x, y]) => [rounded(clamp(x + by[0])), rounded(clamp(y + by[1]))]);
}

/** A stored polygon; null where there is none. */
export function regionOf(text: string | null): Region | null {
  try {
    const points = JSON.parse(text ?? "null") as unknown;
    return Array.isArray(points) && points.length >= MIN_CORNERS ? (points as Region) : null;
  } catch {
    return null;
  }
}
