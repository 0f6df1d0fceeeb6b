import { useState } from "preact/hooks";
import { tr } from "../i18n/messages";
import { OutcomeLine, type Outcome } from "../parts/action";
import type { Plant } from "../protocol/rows";
import { call } from "../store";
import { CARE_KINDS } from "./care_kinds";

/** One tap logs a kind of care; it can be undone in the same place. */
export function CareButtons({ plant, kinds }: { plant: Pick<Plant, "id" | "name">; kinds: string[] }) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const log = async (kind: string): Promise<void> => {
    setBusy(true);
    try {
      const id = await call("log_care", { plant_id: plant.id, kind });
      const done = tr("{done}, logged for {plant}", { done: tr(CARE_KINDS[kind] ?? kind), plant: plant.name });
      setOutcome({ text: done, failed: false, undo: () => call("delete_care", { care_id: id }) });
    } catch (error) {
      setOutcome({ text: (error as Error).message, failed: true });
    }
    setBusy(false);
  };
  return (
    <div class="care">
      {kinds.map((kind) => (
        <button key={kind} type="button" class="quiet" disabled={busy} onClick={() => void log(kind)}>{tr(CARE_KINDS[kind] ?? kind)}</button>
      ))}
      <OutcomeLine outcome={outcome} onUndone={setOutcome} />
    </div>
  );
}
