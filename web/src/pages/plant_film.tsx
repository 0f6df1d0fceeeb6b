import { useEffect, useState } from "preact/hooks";
import { dateTime, span } from "../i18n/formats";
import { tr } from "../i18n/messages";
import { valueText } from "../metrics";
import { Action, Field, Form } from "../parts/action";
import { Download } from "../parts/download";
import { Icon } from "../parts/icons";
import { Photo } from "../parts/photo";
import { commonBox, plantBox, type Crop } from "../plants/crop";
import type { Plant, Timelapse } from "../protocol/rows";
import { call, mayCare, useQuery } from "../store";
import { Toggle } from "./plant";

const FRAMES_PER_S = 8;
const MOST_FRAMES = 1000;
const INTERVALS_S = [900, 1800, 3600, 14_400, 86_400];

interface Frame { at: string; bbox: string | null; file: string | null; thumb: string | null; width: number; height: number; area_cm2: number | null; area_percent: number | null }

/** A plant's photographs as a film, the first beside the newest, and series with a rhythm of their own. */
export function FilmTab({ plant }: { plant: Plant }) {
  const query = useQuery<Frame>("SELECT r.at, r.bbox, c.file, c.thumb, c.width, c.height, r.area_cm2, r.area_percent FROM analysis_result r "
    + `JOIN capture c ON c.id = r.capture_id WHERE r.plant_id = ${plant.id} AND c.thumb IS NOT NULL ORDER BY r.at DESC LIMIT ${MOST_FRAMES}`);
  const frames = [...query.rows].sort((a, b) => a.at.localeCompare(b.at));
  return (
    <div class="card padded">
      {frames.length ? <Player frames={frames} name={plant.name} />
        : <p class="empty">{query.loaded ? tr("There are no photographs of it yet.") : query.refusal || tr("Connecting …")}</p>}
      {frames.length && mayCare() ? (
        <div class="buttons">
          <Download kind="film" plant={plant.id}>{tr("Make a film")}</Download>
          <Download kind="photos" plant={plant.id}>{tr("All photos as a ZIP file")}</Download>
        </div>
      ) : null}
      <Series plant={plant} />
    </div>
  );
}

function Player({ frames, name }: { frames: Frame[]; name: string }) {
  const [at, setAt] = useState(frames.length - 1);
  const [playing, setPlaying] = useState(false);
  const [comparing, setComparing] = useState(false);
  const last = frames.length - 1;
  const place = Math.min(at, last);
  const frame = frames[place]!;
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(() => setAt((now) => {
      if (now >= last) setPlaying(false);
      return Math.min(last, now + 1);
    }), 1000 / FRAMES_PER_S);
    return () => clearInterval(timer);
  }, [playing, last]);
  const crop = commonBox(frames.map((one) => plantBox(one, one)).filter((box): box is Crop => box !== null));
  const play = (): void => {
    if (!playing && place >= last) setAt(0);
    setPlaying(!playing);
    setComparing(false);
  };
  const area = frame.area_cm2 !== null ? valueText("area_cm2", frame.area_cm2) : frame.area_percent !== null ? valueText("area_percent", frame.area_percent) : "";
  return (
    <figure class="film">
      {comparing ? <BeforeAfter first={frames[0]!} second={frames[last]!} crop={crop} name={name} />
        : <FramePhoto frame={frame} crop={crop} alt={`${name}, ${dateTime(new Date(frame.at))}`} sharp={!playing} />}
      <figcaption>
        {comparing ? null : <p id="stamp"><b>{dateTime(new Date(frame.at))}</b> <small>{area}</small></p>}
        {comparing ? null : (
          <input type="range" aria-label={tr("Photo")} min={0} max={last} value={place} aria-valuetext={dateTime(new Date(frame.at))}
            onInput={(event) => { setPlaying(false); setAt(Number(event.currentTarget.value)); }} />
        )}
        <div class="buttons">
          <button type="button" class="quiet" disabled={!last} onClick={play}><Icon name={playing ? "pause" : "play"} size={18} /> {playing ? tr("Pause") : tr("Play")}</button>
          <Toggle on={comparing} set={(on) => { setPlaying(false); setComparing(on); }} words={tr("Before and after")} />
        </div>
      </figcaption>
    </figure>
  );
}

function FramePhoto({ frame, crop, alt, sharp }: { frame: Frame; crop: Crop | null; alt: string; sharp: boolean }) {
  return <Photo thumb={frame.thumb} file={sharp ? frame.file : null} width={frame.width} height={frame.height} crop={crop} aspect={4 / 3} alt={alt} />;
}

/** The newest photograph over the first, as far as the divider. */
function BeforeAfter({ first, second, crop, name }: { first: Frame; second: Frame; crop: Crop | null; name: string }) {
  const [share, setShare] = useState(50);
  const words = [first, second].map((frame) => dateTime(new Date(frame.at)));
  return (
    <div class="before-after">
      <FramePhoto frame={first} crop={crop} alt={`${name}, ${words[0]}`} sharp />
      <div class="after" style={{ clipPath: `inset(0 0 0 ${share}%)` }}><FramePhoto frame={second} crop={crop} alt={`${name}, ${words[1]}`} sharp /></div>
      <p class="buttons"><small>{words[0]}</small><small>{words[1]}</small></p>
      <input type="range" aria-label={tr("Divider between before and after")} min={0} max={100} value={share} onInput={(event) => setShare(Number(event.currentTarget.value))} />
    </div>
  );
}

/** How often a series takes a photograph. */
function often(seconds: number): string {
  return seconds === 86_400 ? tr("Once a day") : tr("Every {span}", { span: span(seconds) });
}

function Series({ plant }: { plant: Plant }) {
  const series = useQuery<Timelapse>(`SELECT * FROM timelapse WHERE plant_id = ${plant.id}`);
  const running = series.rows.find((row) => !row.ended_at);
  if (!series.loaded || (!running && !mayCare())) return null;
  return (
    <section aria-label={tr("Series")}>
      <h2>{tr("Series")}</h2>
      {running ? (
        <>
          <p>{running.name}: {tr("{n} photographs so far. {often}.", { n: running.frames, often: often(running.interval_s) })}</p>
          {mayCare() ? <Action run={() => call("end_timelapse", { timelapse_id: running.id })} confirm={tr("End the series?")}>{tr("End the series")}</Action> : null}
        </>
      ) : (
        <Form button={tr("Start a series")} send={(values) => call("start_timelapse", { plant_id: plant.id, name: plant.name, interval_s: Number(values.get("interval")) })}>
          <Field label={tr("A photo for the film")}>
            <select name="interval">{INTERVALS_S.map((seconds) => <option key={seconds} value={seconds} selected={seconds === 3600}>{often(seconds)}</option>)}</select>
          </Field>
        </Form>
      )}
    </section>
  );
}
