import { useEffect, useRef, useState } from "preact/hooks";
import { tr } from "../i18n/messages";
import { request } from "../store";
import { focusWords, hint, lightWords, type Judged } from "./quality";

/** After a failed frame: a photograph is being taken, or the camera starts. */
const RETRY_MS = 700;

interface Seen { sharpness: number; exposure: number; overexposed: number }

/** What the camera sees now, with its sharpness, for as long as it is shown. */
export function Aim() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const best = useRef(0);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [fault, setFault] = useState("");
  useEffect(() => {
    let gone = false;
    const follow = async (): Promise<void> => {
      let after = "0";
      while (!gone) {
        try {
          const answer = await request(`/v1/aim?after=${after}`);
          after = answer.headers.get("X-Number") ?? "0";
          const share = (name: string): number => Number(answer.headers.get(name) ?? 0);
          const frame = await createImageBitmap(await answer.blob());
          if (gone) return;
          draw(canvas.current, frame);
          best.current = Math.max(best.current, share("X-Sharpness"));
          setSeen({ sharpness: share("X-Sharpness"), exposure: share("X-Exposure"), overexposed: share("X-Burnt") });
          setFault("");
        } catch (error) {
          setFault((error as Error).message);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    };
    void follow();
    return () => { gone = true; };
  }, []);
  const focus = focusWords(seen?.sharpness ?? null, best.current);
  const lighting = lightWords(seen?.exposure ?? null, seen?.overexposed);
  return (
    <div class="card padded" id="aim">
      <canvas ref={canvas} width={4} height={3} role="img" aria-label={tr("What the camera sees now")} />
      {fault ? <p class="refused" role="alert">{fault}</p> : null}
      <Gauge label={tr("Focus")} value={seen?.sharpness ?? 0} best={best.current} judged={focus} />
      <Gauge label={tr("Light")} value={seen?.exposure ?? 0} judged={lighting} />
      {seen ? <p role="status">{hint(focus, lighting, seen.exposure)}</p> : null}
    </div>
  );
}

function draw(canvas: HTMLCanvasElement | null, frame: ImageBitmap): void {
  if (!canvas) return;
  canvas.width = frame.width;
  canvas.height = frame.height;
  canvas.getContext("2d")?.drawImage(frame, 0, 0);
  frame.close();
}

/** A share as a bar, with its word. */
export function Gauge({ label, value, best, judged }: { label: string; value: number; best?: number; judged: Judged }) {
  return (
    <div class={`gauge ${judged.level}`}>
      <span>{label}</span><b>{judged.words}</b>
      <span class="bar"><i style={{ width: `${Math.min(1, value) * 100}%` }} />{best ? <u style={{ left: `${Math.min(1, best) * 100}%` }} /> : null}</span>
    </div>
  );
}
