import { named, rowText, tr } from "../i18n/messages";
import { moment } from "../i18n/formats";
import { Icon } from "../parts/icons";
import { health, now } from "../store";

/** What is wrong with the device itself; it goes when the part works again. */
export function Troubles() {
  const parts = health.rows.filter((row) => row.state === "bad" || row.state === "warn").sort((a, b) => a.state.localeCompare(b.state));
  return (
    <>
      {parts.map((part) => (
        <article key={part.part} class={`card note ${part.state}`}>
          <Icon name={part.state === "bad" ? "act" : "watch"} />
          <div>
            <b>{named(`part.${part.part}`, part.part)}</b>
            <p>{rowText(part, "message")}</p>
            {part.advice ? <p>{rowText(part, "advice")}</p> : null}
            <small>{tr("since {when}", { when: moment(new Date(part.since_at), now.value) })}</small>
          </div>
        </article>
      ))}
    </>
  );
}
