import { useEffect, useState } from "preact/hooks";
import { tr } from "../i18n/messages";
import { request } from "../store";

/** The newest lines of the device's log, newest first. */
export function LogPage() {
  const [lines, setLines] = useState<string[] | null>(null);
  const [fault, setFault] = useState("");
  const read = async (): Promise<void> => {
    setFault("");
    try {
      setLines(((await (await request("/v1/log")).json()) as { lines: string[] }).lines.reverse());
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  useEffect(() => void read(), []);
  return (
    <div class="card padded">
      <button type="button" class="quiet" onClick={() => void read()}>{tr("Read again")}</button>
      {fault ? <p class="refused" role="alert">{fault}</p> : null}
      {lines?.length === 0 ? <p class="empty">{tr("Nothing was logged yet.")}</p> : null}
      {lines?.length ? <pre class="log-lines" tabIndex={0} aria-label={tr("Log")}>{lines.join("\n")}</pre> : null}
    </div>
  );
}
