/** Every time zone the browser knows, its own first. */
export function ZoneOptions({ chosen }: { chosen?: string }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const now = chosen || own;
  const known = new Set([now, own, ...Intl.supportedValuesOf("timeZone")]);
  return <>{[...known].map((zone) => <option key={zone} value={zone} selected={zone === now}>{zone.replaceAll("_", " ")}</option>)}</>;
}
