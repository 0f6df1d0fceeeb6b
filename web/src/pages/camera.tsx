import { Aim, Gauge } from "../camera/aim";
import { focusWords, hint, lightWords } from "../camera/quality";
import { ago } from "../i18n/formats";
import { rowText, tr } from "../i18n/messages";
import { Action } from "../parts/action";
import { Photo } from "../parts/photo";
import { Heading, Tabs } from "../parts/shell";
import type { Capture } from "../protocol/rows";
import { href } from "../router";
import { call, captures, mayCare, now } from "../store";
import { OutlinesTab } from "./camera_outlines";
import { RegionsTab } from "./camera_regions";

export const newestPhoto = (): Capture | undefined =>
  captures.rows.filter((row) => row.state === "done" && row.file).sort((a, b) => b.id - a.id)[0];

/** The camera: its newest photograph, aiming it, where the plants are, and whether their outlines are right. */
export function CameraPage({ tab }: { tab: string }) {
  const tabs: [string, string, string][] = [
    ["", tr("Newest photo"), href("camera")], ["aim", tr("Aim the camera"), href("camera", "aim")],
    ["regions", tr("Where the plants are"), href("camera", "regions")], ["outlines", tr("Outlines"), href("camera", "outlines")],
  ];
  const pages: Record<string, () => preact.ComponentChild> = { aim: () => <Aim />, regions: () => <RegionsTab />, outlines: () => <OutlinesTab /> };
  return (
    <>
      <Heading>{tr("Camera")}</Heading>
      {mayCare() ? <Tabs label={tr("Camera")} here={tab} tabs={tabs} /> : null}
      {(mayCare() ? pages[tab] : undefined)?.() ?? <Newest />}
    </>
  );
}

function Newest() {
  const photo = newestPhoto();
  const last = [...captures.rows].sort((a, b) => b.id - a.id)[0];
  const busy = last?.state === "wanted" || last?.state === "taking";
  const focus = focusWords(photo?.sharpness ?? null);
  const lighting = lightWords(photo?.exposure ?? null);
  return (
    <div class="card padded">
      {photo ? <Photo thumb={photo.thumb} file={photo.file} width={photo.width} height={photo.height} alt={tr("Newest photo")} /> : <p class="empty">{tr("No photo yet")}</p>}
      {photo ? (
        <>
          <p><small>{ago(new Date(photo.finished_at ?? photo.wanted_at), now.value)}</small></p>
          <Gauge label={tr("Focus")} value={photo.sharpness ?? 0} judged={focus} />
          <Gauge label={tr("Light")} value={photo.exposure ?? 0} judged={lighting} />
          <p>{hint(focus, lighting, photo.exposure)}</p>
        </>
      ) : null}
      {last?.state === "failed" ? <p class="refused" role="alert">{rowText(last, "error") || tr("The photo failed.")}</p> : null}
      {busy ? <p role="status">{tr("Taking a photo …")}</p> : null}
      {mayCare() && !busy ? <Action run={() => call("request_capture", { reason: "button" })}>{tr("Take a photo")}</Action> : null}
    </div>
  );
}
