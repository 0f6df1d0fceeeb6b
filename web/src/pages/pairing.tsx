import { useEffect, useRef, useState } from "preact/hooks";
import { tr } from "../i18n/messages";
import { Field, Form, text } from "../parts/action";
import { enter, request } from "../store";

/** The code of a scanned address, `#pair=123456`. */
const scannedCode = (): string => /[#&]pair=(\d{6})\b/.exec(location.hash)?.[1] ?? "";

async function isCodeNeeded(): Promise<boolean> {
  try {
    return ((await (await fetch("/v1/pair")).json()) as { code_needed?: boolean }).code_needed !== false;
  } catch {
    return true;
  }
}

/** Pair this phone, by a code or as the first one of a device without a screen. */
export function Pairing() {
  const [needed, setNeeded] = useState<boolean | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const code = scannedCode();
  useEffect(() => void isCodeNeeded().then(setNeeded), []);
  useEffect(() => first.current?.focus(), [needed]);
  const send = async (values: FormData): Promise<void> => {
    const body = JSON.stringify({ code: text(values, "code").replace(/\D/g, ""), name: text(values, "name") });
    try {
      await request("/v1/pair", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    } catch (error) {
      // Another phone may have been first.
      if (!needed) setNeeded(await isCodeNeeded());
      throw error;
    }
    if (code) history.replaceState(null, "", "#/");
    await enter();
  };
  if (needed === null) return <main class="narrow" />;
  return (
    <main class="narrow" id="pairing">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>{tr("Pair this phone")}</h1>
      <p>{needed
        ? tr("Type a code from the device’s screen (Settings, Connect a phone), from the phone of somebody who is already paired, or from the command sproutcast pair.")
        : tr("This device has no screen and hasn’t been set up yet. The first phone needs no code.")}</p>
      <Form button={tr("Pair")} send={send}>
        {needed ? (
          <Field label={tr("Code")}>
            <input ref={code ? undefined : first} id="code" name="code" inputMode="numeric" autocomplete="one-time-code" maxLength={7}
              placeholder="000 000" defaultValue={code} required />
          </Field>
        ) : null}
        <Field label={tr("Name of this phone")}>
          <input ref={!needed || code ? first : undefined} id="name" name="name" maxLength={80} defaultValue={tr("My phone")} required />
        </Field>
      </Form>
    </main>
  );
}
