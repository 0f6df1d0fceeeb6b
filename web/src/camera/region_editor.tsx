import { useRef, useState } from "preact/hooks";
import { tr } from "../i18n/messages";
import { contains, moved, withCorner, type Point, type Region } from "./region";

const STEP = 0.01;

interface EditorOptions {
  /** The photograph the regions are drawn over. */
  image: string;
  width: number;
  height: number;
  region: Region;
  /** Regions of other plants, to be seen only. */
  others: { name: string; region: Region }[];
  label: string;
  onChange: (region: Region) => void;
  onDone: (region: Region) => void;
}

/** A polygon over a photograph: corners and the whole can be dragged, or moved with the arrow keys. */
export function RegionEditor({ image, width, height, region, others, label, onChange, onDone }: EditorOptions) {
  const svg = useRef<SVGSVGElement>(null);
  const [held, setHeld] = useState<{ corner: number; from: Point; at: Region } | null>(null);
  const place = (event: PointerEvent): Point => {
    const box = svg.current!.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const path = (one: Region): string => one.map(([x, y]) => `${x * width},${y * height}`).join(" ");
  const hold = (corner: number) => (event: PointerEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    svg.current?.setPointerCapture(event.pointerId);
    setHeld({ corner, from: place(event), at: region });
  };
  const move = (event: PointerEvent): void => {
    if (!held) return;
    const [x, y] = place(event);
    onChange(held.corner >= 0 ? withCorner(held.at, held.corner, [x, y]) : moved(held.at, [x - held.from[0], y - held.from[1]]));
  };
  const drop = (): void => {
    if (held) onDone(region);
    setHeld(null);
  };
  const key = (corner: number) => (event: KeyboardEvent): void => {
    const by = ({ ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] } as Record<string, Point>)[event.key];
    if (!by) return;
    event.preventDefault();
    const [x, y] = region[corner] ?? [0, 0];
    const next = corner >= 0 ? withCorner(region, corner, [x + by[0], y + by[1]]) : moved(region, by);
    onChange(next);
    onDone(next);
  };
  const reach = width / 16;
  return (
    <svg ref={svg} class="regions" viewBox={`0 0 ${width} ${height}`} onPointerMove={move} onPointerUp={drop} onPointerCancel={drop}
      onPointerDown={(event) => { if (contains(region, place(event))) hold(-1)(event); }}>
      <image href={image} width={width} height={height} />
      {others.map((other) => <polygon key={other.name} class="other" points={path(other.region)}><title>{other.name}</title></polygon>)}
      <polygon class="own" points={path(region)} tabIndex={0} role="slider" aria-label={label} aria-valuenow={0} aria-valuetext={tr("Move with the arrow keys")} onKeyDown={key(-1)} />
      {region.map(([x, y], corner) => (
        <g key={corner} class="handle" data-corner={corner} tabIndex={0} role="slider" aria-valuenow={Math.round(x * 100)} aria-valuetext={`${Math.round(x * 100)}, ${Math.round(y * 100)}`}
          aria-label={tr("Corner {n}", { n: corner + 1 })} onPointerDown={hold(corner)} onKeyDown={key(corner)}>
          <circle class="reach" cx={x * width} cy={y * height} r={reach} />
          <circle class="dot" cx={x * width} cy={y * height} r={reach / 3} />
        </g>
      ))}
    </svg>
  );
}
