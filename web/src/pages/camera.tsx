import { Aim, Gauge } from "../camera/aim";
import { focusWords, hint, lightWords } from "../camera/quality";
import { ago } from "../i18n/formats";
import { rowText, say } from "../i18n/messages";
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
    ["", say("Newest photo"), href("camera")], ["aim", say("Aim the camera"), href("camera", "aim")],
    ["regions", say("Where the plants are"), href("camera", "regions")], ["outlines", say("Outlines"), href("camera", "outlines")],
  ];
  const pages: Record<string, () => preact.ComponentChild> = { aim: () => <Aim />, regions: () => <RegionsTab />, outlines: () => <OutlinesTab /> };
  return (
    <>
      <Heading>{say("Camera")}</Heading>
      {mayCare() ? <Tabs label={say("Camera")} here={tab} tabs={tabs} /> : null}
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
      {photo ? <Photo thumb={photo.thumb} file={photo.file} width={photo.width} height={photo.height} alt={say("Newest photo")} /> : <p class="empty">{say("No photo yet")}</p>}
      {photo ? (
        <>
          <p><small>{ago(new Date(photo.finished_at ?? photo.wanted_at), now.value)}</small></p>
          <Gauge label={say("Focus")} value={photo.sharpness ?? 0} judged={focus} />
          <Gauge label={say("Light")} value={photo.exposure ?? 0} judged={lighting} />
          <p>{hint(focus, lighting, photo.exposure)}</p>
        </>
      ) : null}
      {last?.state === "failed" ? <p class="refused" role="alert">{rowText(last, "error") || say("The photo failed.")}</p> : null}
      {busy ? <p role="status">{say("Taking a photo …")}</p> : null}
      {mayCare() && !busy ? <Action run={() => call("request_capture", { reason: "button" })}>{say("Take a photo")}</Action> : null}
    </div>
  );
}
