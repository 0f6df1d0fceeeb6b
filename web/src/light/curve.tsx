import { useRef, useState } from "preact/hooks";
import { clock, percent } from "../i18n/formats";
import { mark, tr } from "../i18n/messages";
import { DAY_MIN, drag, handles, polyline, type Handle, type Schedule } from "./schedule";

const W = 360;
const H = 160;
const TOP = 12;
const BOTTOM = 24;
const STEP_MIN = 15;
const STEP_LEVEL = 0.05;
const HANDLES: [Handle, string][] = [
  ["start", mark("Light on")], ["sunrise", mark("End of sunrise")], ["level", mark("Brightness")], ["sunset", mark("Start of sunset")], ["end", mark("Light off")],
];

interface CurveOptions { plan: Schedule; longest: number; now: number; editable: boolean; onDrag: (plan: Schedule) => void; onDrop: (plan: Schedule) => void }

/** The day's light as a curve whose corners can be dragged, or moved with the arrow keys. */
export function LightCurve({ plan, longest, now, editable, onDrag, onDrop }: CurveOptions) {
  const svg = useRef<SVGSVGElement>(null);
  const [held, setHeld] = useState<Handle | null>(null);
  const x = (minute: number): number => (minute / DAY_MIN) * W;
  const y = (level: number): number => TOP + (1 - level) * (H - TOP - BOTTOM);
  const corners = handles(plan);
  const points = polyline(plan).map(([minute, level]) => `${x(minute)},${y(level)}`).join(" ");
  const moved = (event: PointerEvent): void => {
    if (!held || !svg.current) return;
    const box = svg.current.getBoundingClientRect();
    const minute = Math.min(DAY_MIN, Math.max(0, ((event.clientX - box.left) / box.width) * DAY_MIN));
    const level = 1 - (((event.clientY - box.top) / box.height) * H - TOP) / (H - TOP - BOTTOM);
    onDrag(drag(plan, held, minute, level, longest));
  };
  const key = (handle: Handle) => (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const [minute, level] = corners[handle];
    const next = drag(plan, handle, minute + step * STEP_MIN, level + step * STEP_LEVEL, longest);
    onDrag(next);
    onDrop(next);
  };
  const drop = (): void => {
    if (held) onDrop(plan);
    setHeld(null);
  };
  return (
    <svg ref={svg} class="curve" viewBox={`0 0 ${W} ${H}`} onPointerMove={moved} onPointerUp={drop} onPointerCancel={drop}>
      {[0, 6, 12, 18, 24].map((hour) => (
        <g key={hour}>
          <line class="grid" x1={x(hour * 60)} x2={x(hour * 60)} y1={TOP} y2={H - BOTTOM} />
          <text x={Math.min(W - 2, Math.max(2, x(hour * 60)))} y={H - 6} text-anchor={hour === 0 ? "start" : hour === 24 ? "end" : "middle"}>{clock(hour % 24, 0)}</text>
        </g>
      ))}
      <polygon class="area" points={`0,${y(0)} ${points} ${W},${y(0)}`} />
      <polyline class="line" points={points} />
      <line class="now" x1={x(now)} x2={x(now)} y1={TOP} y2={H - BOTTOM} />
      {editable ? HANDLES.map(([handle, words]) => {
        const [minute, level] = corners[handle];
        const spoken = handle === "level" ? percent(level * 100) : clock(Math.floor(minute / 60) % 24, Math.round(minute) % 60);
        return (
          <g key={handle} class={held === handle ? "handle held" : "handle"} tabIndex={0} role="slider" aria-label={tr(words)}
            aria-valuenow={handle === "level" ? Math.round(level * 100) : Math.round(minute)} aria-valuetext={spoken} data-handle={handle}
            onKeyDown={key(handle)} onPointerDown={(event) => {
              event.preventDefault();
              svg.current?.setPointerCapture(event.pointerId);
              setHeld(handle);
            }}>
            <circle class="reach" cx={x(minute)} cy={y(level)} r={20} />
            <circle class="dot" cx={x(minute)} cy={y(level)} r={8} />
          </g>
        );
      }) : null}
    </svg>
  );
}
