import { rowText, tr } from "../i18n/messages";
import { Action } from "../parts/action";
import { call, isOwner, mayCare, software, version } from "../store";

const UNDER_WAY = ["checking", "installing", "restarting", "proving"];

/** The version that runs, and updates. */
export function SoftwarePage() {
  const row = software.rows[0];
  const quiet = !UNDER_WAY.includes(row?.state ?? "idle");
  return (
    <div class="card padded stack">
      <h2>{tr("Version {n}", { n: row?.version ?? version.value })}</h2>
      {row ? <p role="status">{rowText(row, "message")}</p> : null}
      {row?.state === "installing" ? <progress max={100} value={row.progress ?? 0} aria-label={tr("Progress")} /> : null}
      {row?.notes && row.state === "available" ? <pre class="notes">{row.notes}</pre> : null}
      {mayCare() && quiet ? <Action run={() => call("check_for_update")}>{tr("Check for updates")}</Action> : null}
      {mayCare() && row?.state === "available" ? (
        <Action class="" run={() => call("install_update")}
          confirm={tr("The light follows its schedule. The device restarts, and goes back if the new version fails.")}>{tr("Install")}</Action>
      ) : null}
      {isOwner() && quiet && row?.slot ? <Action run={() => call("roll_back_update")} confirm={tr("Go back to the previous version?")}>{tr("Previous version")}</Action> : null}
    </div>
  );
}
