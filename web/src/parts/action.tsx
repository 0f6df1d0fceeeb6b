/** Buttons and forms that call the device; what came of it is written beside them. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { tr } from "../i18n/messages";

export interface Outcome { text: string; failed: boolean; undo?: () => Promise<unknown> }

interface ButtonOptions {
  /** What is done; a returned function takes it back. */
  run: () => Promise<unknown>;
  /** What is written once it is done. */
  done?: string;
  /** Makes of the answer the call that takes it back. */
  undo?: (answer: unknown) => Promise<unknown>;
  class?: string;
  /** Asked before it is done. */
  confirm?: string;
  children: ComponentChildren;
}

/** A button that calls the device. */
export function Action({ run, done, undo, confirm, class: look = "quiet", children }: ButtonOptions) {
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const begin = async (): Promise<void> => {
    setAsking(false);
    setBusy(true);
    setOutcome(null);
    try {
      const answer = await run();
      setOutcome(done ? { text: done, failed: false, undo: undo && (() => undo(answer)) } : null);
    } catch (error) {
      setOutcome({ text: (error as Error).message, failed: true });
    }
    setBusy(false);
  };
  if (asking) {
    return (
      <span class="action asking" role="alertdialog" aria-label={confirm}>
        <span>{confirm}</span>
        <button type="button" class="danger" onClick={() => void begin()}>{children}</button>
        <button type="button" class="quiet" onClick={() => setAsking(false)}>{tr("Cancel")}</button>
      </span>
    );
  }
  return (
    <span class="action">
      <button type="button" class={look} disabled={busy} onClick={() => (confirm ? setAsking(true) : void begin())}>{children}</button>
      <OutcomeLine outcome={outcome} onUndone={setOutcome} />
    </span>
  );
}

/** What came of a call, with a way to take it back. */
export function OutcomeLine({ outcome, onUndone }: { outcome: Outcome | null; onUndone: (outcome: Outcome | null) => void }) {
  const takeBack = async (): Promise<void> => {
    try {
      await outcome?.undo?.();
      onUndone({ text: tr("Undone"), failed: false });
    } catch (error) {
      onUndone({ text: (error as Error).message, failed: true });
    }
  };
  return (
    <span class={outcome?.failed ? "outcome refused" : "outcome"} role={outcome?.failed ? "alert" : "status"}>
      {outcome?.text}
      {outcome?.undo ? <button type="button" class="link" onClick={() => void takeBack()}>{tr("Undo")}</button> : null}
    </span>
  );
}

interface FormOptions {
  button: string;
  send: (values: FormData) => Promise<unknown>;
  done?: string;
  /** Whether the fields are emptied after it was sent. */
  reset?: boolean;
  children: ComponentChildren;
}

/** A form that calls the device; what is refused is written below its button, and what was typed stays. */
export function Form({ button, send, done, reset, children }: FormOptions) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setOutcome(null);
    try {
      await send(new FormData(form.current!));
      setOutcome(done ? { text: done, failed: false } : null);
      if (reset) form.current?.reset();
    } catch (error) {
      setOutcome({ text: (error as Error).message, failed: true });
    }
    setBusy(false);
  };
  return (
    <form ref={form} onSubmit={(event) => void submit(event)}>
      {children}
      <button disabled={busy}>{button}</button>
      <OutcomeLine outcome={outcome} onUndone={setOutcome} />
    </form>
  );
}

/** A field with its label. */
export function Field({ label, hint, children }: { label: string; hint?: string; children: ComponentChildren }) {
  return <label><span>{label}</span>{children}{hint ? <small>{hint}</small> : null}</label>;
}

export const text = (values: FormData, name: string): string => String(values.get(name) ?? "").trim();
