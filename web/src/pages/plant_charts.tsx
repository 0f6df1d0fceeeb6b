import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { moment } from "../i18n/formats";
import { mark, rowText, tr } from "../i18n/messages";
import { haveMetrics, metricName, shownKeys } from "../metrics";
import { CARE_KINDS } from "../plants/care_kinds";
import type { Care, Notification, Plant, Row } from "../protocol/rows";
import { now, useQuery } from "../store";
import type { ChartData, ChartMark } from "../charts/chart";

const DAY_MS = 86_400_000;
const SPANS: [days: number, words: string][] = [[1, mark("Day")], [7, mark("Week")], [30, mark("Month")], [365, mark("Year")]];
/** From this many days on a point is the mean of a day. */
const DAILY_FROM = 90;
const MOST_POINTS = 5000;

/** Curves of one metric or two over day, week, month or year, with care and alerts marked. */
export function ChartsTab({ plant }: { plant: Plant }) {
  const [metric, setMetric] = useState(() => sessionStorage.getItem("metric") ?? "health_score");
  const [other, setOther] = useState("");
  const [days, setDays] = useState(7);
  const from = useMemo(() => new Date(Math.floor((now.peek().getTime() - days * DAY_MS) / 3_600_000) * 3_600_000), [days]);
  if (!haveMetrics()) return null;
  const choose = (key: string): void => {
    setMetric(key);
    sessionStorage.setItem("metric", key);
  };
  const options = shownKeys().map((key) => <option key={key} value={key}>{metricName(key)}</option>);
  return (
    <div class="card padded">
      <div class="buttons">
        <label class="inline"><span>{tr("Metric")}</span><select name="metric" value={metric} onChange={(event) => choose(event.currentTarget.value)}>{options}</select></label>
        <label class="inline"><span>{tr("Compare with")}</span>
          <select name="other" value={other} onChange={(event) => setOther(event.currentTarget.value)}><option value="">{tr("nothing")}</option>{options}</select></label>
      </div>
      <div class="chips" role="group" aria-label={tr("Time span")}>
        {SPANS.map(([length, words]) => (
          <button key={length} type="button" class="chip" aria-pressed={length === days} onClick={() => setDays(length)}>{tr(words)}</button>
        ))}
      </div>
      <Curve key={`${metric} ${other} ${days}`} plant={plant} keys={other && other !== metric ? [metric, other] : [metric]} from={from} days={days} />
    </div>
  );
}

function curveSql(plant: number, keys: string[], from: Date, days: number): string {
  const where = `FROM analysis_result WHERE plant_id = ${plant} AND at >= '${from.toISOString()}'`;
  if (days < DAILY_FROM) return `SELECT at, ${keys.join(", ")} ${where} ORDER BY at DESC LIMIT ${MOST_POINTS}`;
  return `SELECT substr(at, 1, 10) AS at, ${keys.map((key) => `avg(${key}) AS ${key}`).join(", ")} ${where} GROUP BY 1 ORDER BY 1`;
}

function Curve({ plant, keys, from, days }: { plant: Plant; keys: string[]; from: Date; days: number }) {
  const points = useQuery<Row>(curveSql(plant.id, keys, from, days));
  const care = useQuery<Care>(`SELECT * FROM care_event WHERE plant_id = ${plant.id} AND at >= '${from.toISOString()}' ORDER BY id DESC LIMIT 200`);
  const alerts = useQuery<Notification>(`SELECT * FROM notification WHERE plant_id = ${plant.id} AND created_at >= '${from.toISOString()}' ORDER BY id DESC LIMIT 200`);
  const marks: ChartMark[] = [
    ...care.rows.map((row) => ({ at: Date.parse(row.at) / 1000, kind: "care" as const, words: tr(CARE_KINDS[row.kind] ?? row.kind) })),
    ...alerts.rows.filter((row) => row.metric).map((row) => ({ at: Date.parse(row.created_at) / 1000, kind: "alert" as const, words: rowText(row, "title") })),
  ].sort((a, b) => b.at - a.at);
  const rows = [...points.rows].sort((a, b) => String(a.at).localeCompare(String(b.at)));
  const data: ChartData = {
    at: rows.map((row) => Date.parse(String(row.at)) / 1000),
    values: keys.map((key) => rows.map((row) => (typeof row[key] === "number" ? row[key] : null))),
  };
  const measured = data.values.some((values) => values.some((value) => value !== null));
  if (!points.loaded) return <p class="soft">{points.refusal || tr("Connecting …")}</p>;
  return (
    <>
      {measured ? <Plot keys={keys} data={data} marks={marks} span={[from.getTime() / 1000, now.value.getTime() / 1000]} />
        : <p class="empty">{tr("Nothing was measured in this time.")}</p>}
      <ul class="log marks">
        {marks.map((one) => <li key={`${one.at} ${one.words}`} class={one.kind}><div><b>{one.words}</b> <small>{moment(new Date(one.at * 1000), now.value)}</small></div></li>)}
      </ul>
    </>
  );
}

function Plot({ keys, data, marks, span }: { keys: string[]; data: ChartData; marks: ChartMark[]; span: [number, number] }) {
  const box = useRef<HTMLDivElement>(null);
  const shown = JSON.stringify([data, marks, keys]);
  useEffect(() => {
    let gone = false;
    let remove = (): void => undefined;
    void import("../charts/chart").then(({ drawChart }) => {
      if (!gone && box.current) remove = drawChart(box.current, keys, data, marks, span);
    });
    return () => {
      gone = true;
      remove();
    };
  }, [shown]);
  return <div ref={box} class="plot" role="img" aria-label={keys.map(metricName).join(", ")} />;
}
