import { moment } from "../i18n/formats";
import { named, rowText, tr } from "../i18n/messages";
import { Action } from "../parts/action";
import { Icon } from "../parts/icons";
import { call, health, isOwner, now } from "../store";

const ORDER: Record<string, number> = { bad: 0, warn: 1, ok: 2 };
const LEVELS: Record<string, "act" | "watch" | "ok"> = { bad: "act", warn: "watch", ok: "ok" };

/** How each part of the device is, the worst first; restart, shut down, reset. */
export function DevicePage() {
  const parts = [...health.rows].sort((a, b) => (ORDER[a.state] ?? 3) - (ORDER[b.state] ?? 3));
  const safe = parts.some((part) => part.part === "safe_mode" && part.state !== "ok");
  return (
    <>
      <ul class="log card padded">
        {parts.map((part) => (
          <li key={part.part} class={LEVELS[part.state] ?? "none"}>
            <Icon name={LEVELS[part.state] ?? "none"} />
            <div>
              <b>{named(`part.${part.part}`, part.part)}</b>
              <p>{rowText(part, "message")} {part.advice ? rowText(part, "advice") : ""}</p>
              {part.state === "ok" ? null : <small>{tr("since {when}", { when: moment(new Date(part.since_at), now.value) })}</small>}
            </div>
          </li>
        ))}
      </ul>
      {isOwner() ? <Power safe={safe} /> : null}
    </>
  );
}

function Power({ safe }: { safe: boolean }) {
  return (
    <section class="card padded" aria-label={tr("Device")}>
      <div class="stack">
        {safe ? <Action run={() => call("leave_safe_mode")}>{tr("Try everything again")}</Action> : null}
        <Action run={() => call("restart_device")} done={tr("The device restarts.")} confirm={tr("The light follows its schedule again in about a minute.")}>{tr("Restart")}</Action>
        <Action run={() => call("shut_down_device")} done={tr("The device shuts down.")}
          confirm={tr("The light goes out and the plants are not watched until the power is switched off and on again.")}>{tr("Shut down")}</Action>
        <Action class="danger" run={() => call("factory_reset", { keep_pictures: true })} done={tr("The device restarts.")}
          confirm={tr("Settings, network and paired phones are erased. Plants, photographs and numbers stay.")}>{tr("Factory reset, keep the plants")}</Action>
        <Action class="danger" run={() => call("factory_reset", { keep_pictures: false })} done={tr("The device restarts.")}
          confirm={tr("Everything on this device is erased: plants, photographs, numbers, settings. This can't be undone.")}>{tr("Factory reset, erase everything")}</Action>
      </div>
    </section>
  );
}
