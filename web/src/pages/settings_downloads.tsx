import { tr } from "../i18n/messages";
import { Download } from "../parts/download";

/** Files to keep elsewhere: numbers for a spreadsheet, and a backup of everything. */
export function DownloadsPage() {
  return (
    <div class="card padded stack">
      <h2>{tr("Numbers for a spreadsheet")}</h2>
      <p class="soft">{tr("Every table as CSV, with measurements, care log and alerts.")}</p>
      <Download kind="numbers">{tr("Prepare the numbers")}</Download>
      <h2>{tr("Backup")}</h2>
      <p class="soft">{tr("Plants, photos, numbers and settings in one file. The command sproutcast restore brings it back on the device.")}</p>
      <Download kind="backup">{tr("Prepare a backup")}</Download>
      <p class="soft">{tr("Photos and the film of one plant are on its timelapse page.")}</p>
    </div>
  );
}
