import { tr, trPlural } from "../i18n/messages";
import { Icon } from "../parts/icons";
import { Heading } from "../parts/shell";
import { href } from "../router";
import { health, isOwner, mayCare, software, version } from "../store";
import { DevicePage } from "./settings_device";
import { DownloadsPage } from "./settings_downloads";
import { LogPage } from "./settings_log";
import { PhonesPage } from "./settings_phones";
import { PreferencesPage } from "./settings_preferences";
import { SoftwarePage } from "./settings_software";

interface Section { path: string; name: string; value: string; page: () => preact.ComponentChild; shown: boolean }

function sections(): Section[] {
  const troubles = health.rows.filter((row) => row.state === "bad" || row.state === "warn").length;
  const known = software.rows[0];
  const update = known?.state === "available" ? tr("{version} is ready", { version: known.available_version }) : known?.version ?? version.value;
  return [
    { path: "preferences", name: tr("Language, units, photos"), value: "", page: () => <PreferencesPage />, shown: true },
    { path: "phones", name: tr("Phones"), value: "", page: () => <PhonesPage />, shown: true },
    { path: "device", name: tr("Device health"), value: troubles ? trPlural("{n} thing to look at", "{n} things to look at", troubles) : tr("All is well"), page: () => <DevicePage />, shown: true },
    { path: "software", name: tr("Software"), value: update, page: () => <SoftwarePage />, shown: mayCare() },
    { path: "downloads", name: tr("Backup and export"), value: "", page: () => <DownloadsPage />, shown: isOwner() },
    { path: "log", name: tr("Log"), value: "", page: () => <LogPage />, shown: isOwner() },
  ];
}

/** Everything about the device that is not about one plant. */
export function SettingsPage({ section }: { section: string }) {
  const shown = sections().filter((one) => one.shown);
  const open = shown.find((one) => one.path === section);
  if (open) return <><Heading back={href("settings")}>{open.name}</Heading>{open.page()}</>;
  return (
    <>
      <Heading>{tr("Settings")}</Heading>
      <ul class="menu card">
        {shown.map((one) => <li key={one.path}><a href={href("settings", one.path)}><b>{one.name}</b><span>{one.value}</span><Icon name="next" size={18} /></a></li>)}
      </ul>
    </>
  );
}
