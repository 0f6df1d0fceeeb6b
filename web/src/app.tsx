import { useEffect, useRef } from "preact/hooks";
import type { ComponentChild } from "preact";
import { tr } from "./i18n/messages";
import { AlertsPage } from "./pages/alerts";
import { CameraPage } from "./pages/camera";
import { LightPage } from "./pages/light";
import { Pairing } from "./pages/pairing";
import { AddPlantPage } from "./pages/add_plant";
import { PlantPage } from "./pages/plant";
import { PlantsPage } from "./pages/plants";
import { SettingsPage } from "./pages/settings";
import { Shell } from "./parts/shell";
import { route } from "./router";
import { access } from "./store";

/** The whole page: pairing, or the shell with the page of the address. */
export function App() {
  if (access.value === "starting") return <main class="narrow"><p class="soft">{tr("Connecting …")}</p></main>;
  if (access.value === "pairing") return <Pairing />;
  return <Shell><CurrentPage /></Shell>;
}

function CurrentPage() {
  const path = route.value;
  const box = useRef<HTMLDivElement>(null);
  const first = useRef(true);
  const address = path.join("/");
  useEffect(() => {
    // A screen reader goes on at the new page's heading; on the first page it begins at the top.
    if (!first.current) box.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    first.current = false;
  }, [address]);
  return <div ref={box}>{pageOf(path)}</div>;
}

function pageOf([page, ...rest]: string[]): ComponentChild {
  switch (page) {
    case "plant": return <PlantPage key={rest[0]} id={Number(rest[0])} tab={rest[1] ?? ""} />;
    case "add": return <AddPlantPage />;
    case "alerts": return <AlertsPage />;
    case "light": return <LightPage />;
    case "camera": return <CameraPage tab={rest[0] ?? ""} />;
    case "settings": return <SettingsPage section={rest[0] ?? ""} />;
    default: return <PlantsPage />;
  }
}
