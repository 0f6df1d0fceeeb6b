import { useState } from "preact/hooks";
import { tr } from "../i18n/messages";
import { fitCrop, type Crop } from "../plants/crop";

/** A crop smaller than this share of the frame shows too few pixels of a thumbnail. */
const THUMB_ENOUGH = 0.6;

export const pictureUrl = (path: string): string => `/v1/pictures/${path.split("/").map(encodeURIComponent).join("/")}`;

interface PhotoOptions {
  thumb: string | null;
  /** The whole photograph, fetched after the thumbnail where a small part of it is shown. */
  file?: string | null;
  alt: string;
  crop?: Crop | null;
  width: number | null;
  height: number | null;
  /** Width by height of the place it is shown in; none: the photograph's own. */
  aspect?: number;
}

/** A photograph, or the part of it that shows one plant. */
export function Photo({ thumb, file, alt, crop, width, height, aspect }: PhotoOptions) {
  const frame = (width ?? 4) / (height ?? 3);
  const place = aspect ?? frame;
  const part = fitCrop(crop ?? { x: 0, y: 0, w: 1, h: 1 }, frame, place);
  const small = part.w < THUMB_ENOUGH && Boolean(file);
  return (
    <div class="frame" style={{ aspectRatio: String(place) }}>
      <Layer key={`thumb-${thumb ?? file}`} path={thumb ?? file ?? ""} part={part} alt={alt} />
      {small && file && file !== thumb ? <Layer key={`whole-${file}`} path={file} part={part} alt="" over /> : null}
    </div>
  );
}

/** `over`: it lies over another one, which stays where this one is gone. */
function Layer({ path, part, alt, over }: { path: string; part: Crop; alt: string; over?: boolean }) {
  const [state, setState] = useState<"loading" | "shown" | "gone">("loading");
  if (state === "gone") return over ? null : <span class="none">{tr("This photo is no longer on the device.")}</span>;
  const style = {
    width: `${100 / part.w}%`, height: `${100 / part.h}%`, left: `${(-100 * part.x) / part.w}%`, top: `${(-100 * part.y) / part.h}%`,
  };
  return (
    <img src={pictureUrl(path)} alt={alt} loading="lazy" decoding="async" style={style} class={state}
      onLoad={() => setState("shown")} onError={() => setState("gone")} />
  );
}
