import { useState } from "preact/hooks";
import { size } from "../i18n/formats";
import { chosenLanguage, tr } from "../i18n/messages";
import { request } from "../store";

interface Prepared { path: string; bytes: number }

/** A button that has the device prepare a file, and then a link to it. */
export function Download({ kind, plant, children }: { kind: string; plant?: number; children: string }) {
  const [busy, setBusy] = useState(false);
  const [file, setFile] = useState<Prepared | null>(null);
  const [fault, setFault] = useState("");
  const prepare = async (): Promise<void> => {
    setBusy(true);
    setFile(null);
    setFault("");
    const language = chosenLanguage.value || navigator.language;
    const body = JSON.stringify({ kind, ...(plant === undefined ? {} : { plant }), language });
    try {
      const answer = await request("/v1/downloads", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      setFile((await answer.json()) as Prepared);
    } catch (error) {
      setFault((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <span class="action">
      <button type="button" class="quiet" disabled={busy} onClick={() => void prepare()}>{children}</button>
      <span role="status">{busy ? tr("Preparing the file; this can take minutes.") : null}
        {file ? <a class="button" href={file.path} download>{tr("Save the file ({size})", { size: size(file.bytes) })}</a> : null}</span>
      {fault ? <span class="refused" role="alert">{fault}</span> : null}
    </span>
  );
}
