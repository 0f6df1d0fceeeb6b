import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { tr } from "../i18n/messages";
import { href, route } from "../router";
import { live, notifications, setting } from "../store";
import { Icon, type IconName } from "./icons";

const unread = (): number => notifications.rows.filter((row) => !row.read_at).length;

/** Header, navigation (below on a phone, beside on a desk) and the banner of a lost connection around a page. */
export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <div class="shell">
      <header>
        <img src="/icon.svg" alt="" width="28" height="28" />
        <strong class="device">{setting("device_name", "") || "Sproutcast"}</strong>
        <p id="link" role="status" class={live.value ? "live" : ""}>{live.value ? tr("Live") : tr("Reconnecting …")}</p>
      </header>
      {live.value ? null : (
        <p class="banner" role="alert"><Icon name="watch" size={18} /> {tr("No connection to the device. What you see is the last known state.")}</p>
      )}
      <Navigation />
      <main>{children}</main>
    </div>
  );
}

function Navigation() {
  const here = route.value[0] ?? "";
  const count = unread();
  const link = (page: string, icon: IconName, words: string, pages: string[], badge = 0) => (
    <a href={page ? href(page) : "#/"} aria-current={pages.includes(here) ? "page" : undefined}>
      <span class="nav-icon"><Icon name={icon} />{badge ? <span class="badge">{badge}</span> : null}</span>
      <span>{words}</span>
    </a>
  );
  return (
    <nav aria-label={tr("Pages")}>
      {link("", "plants", tr("Plants"), ["", "plant", "add"])}
      {link("alerts", "alerts", tr("Alerts"), ["alerts"], count)}
      {link("light", "light", tr("Light"), ["light"])}
      {link("camera", "camera", tr("Camera"), ["camera"])}
      {link("settings", "settings", tr("Settings"), ["settings"])}
    </nav>
  );
}

/** A page's heading, with a way back where there is one. */
export function Heading({ children, back, aside }: { children: ComponentChildren; back?: string; aside?: ComponentChildren }) {
  return (
    <div class="heading">
      {back ? <a class="back" href={back} aria-label={tr("Back")}><Icon name="back" /></a> : null}
      <h1 tabIndex={-1}>{children}</h1>
      {aside}
    </div>
  );
}

/** Links between the parts of one page. */
export function Tabs({ label, here, tabs }: { label: string; here: string; tabs: [path: string, words: string, link: string][] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" }), [here]);
  return (
    <div ref={box} class="tabs" role="navigation" aria-label={label}>
      {tabs.map(([path, words, link]) => <a key={path} href={link} aria-current={path === here ? "page" : undefined}>{words}</a>)}
    </div>
  );
}
