import { batch, signal } from "@preact/signals";
import { LiveQuery, type Changes } from "./live_query";
import type { Role, Row } from "./rows";

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 10_000;
/** A lost network closes no socket: after this long without an answer the connection counts as lost. */
const SILENCE_MS = 8_000;
const PROBE_MS = 20_000;
/** An id no subscription has; to end it is a question the device always answers. */
const PROBE_ID = 0;

/** A message of the device: `code` names a template of the catalogue. */
export interface Message { code: string; values?: Record<string, unknown> }

/** A refused call or query; `reason` can be rendered in the reader's language, `message` is English. */
export class Refusal extends Error {
  constructor(message: string, readonly code: string, readonly reason: Message | null, readonly field: string | null) {
    super(message);
  }
}

interface Waiting { resolve: (value: unknown) => void; reject: (error: Error) => void }
type Incoming = {
  type: string; id: number; ids?: number[]; seq: number; epoch?: string; role?: Role; version?: string; rows?: Row[]; key?: string[];
  more?: boolean; missed?: (Omit<Changes, "id"> & { seq: number })[]; changes?: Changes[]; value?: unknown;
  code?: string; message?: string; reason?: Message | null; field?: string | null;
};

/** The client of `v1.json.sproutcast`: one socket, live queries that resume after a break, and calls of reducers. */
export class Connection {
  readonly live = signal(false);
  readonly role = signal<Role>("viewer");
  readonly version = signal("");
  private readonly queries = new Map<string, LiveQuery>();
  private readonly byId = new Map<number, LiveQuery>();
  private readonly waiting = new Map<number, Waiting>();
  private socket: WebSocket | undefined;
  private epoch = "";
  private next = 1;
  private failures = 0;
  private retry = 0;
  private silence = 0;

  /** `lost` is called at each end of the connection, before it is tried again. */
  constructor(private readonly lost: () => void) {
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.socket?.close());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.hurry();
    });
    setInterval(() => this.probe(), PROBE_MS);
  }

  open(): void {
    clearTimeout(this.retry);
    this.retry = 0;
    if (this.socket) {
      this.socket.onmessage = this.socket.onclose = null;
      this.socket.close();
    }
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/v1/subscribe`, ["v1.json.sproutcast"]);
    socket.onmessage = (event) => {
      clearTimeout(this.silence);
      this.silence = 0;
      this.receive(JSON.parse(event.data as string) as Incoming);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.onClosed();
    };
    this.socket = socket;
  }

  /** Call a reducer; rejects with a Refusal, or with a plain Error whose message is `offline` or `lost`. */
  call(reducer: string, args: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.socket?.readyState !== WebSocket.OPEN) {
        reject(new Error("offline"));
        return;
      }
      this.waiting.set(this.next, { resolve, reject });
      this.send({ type: "call", id: this.next++, reducer, args });
    });
  }

  /** The live query of this SQL; `release` it when it is no longer shown. */
  watch<T>(sql: string): LiveQuery<T> {
    let query = this.queries.get(sql);
    if (!query) {
      query = new LiveQuery(sql);
      this.queries.set(sql, query);
      if (this.live.peek()) this.subscribe(query);
    }
    query.users++;
    return query as LiveQuery<T>;
  }

  release(query: LiveQuery<never>): void {
    if (--query.users > 0) return;
    this.queries.delete(query.sql);
    this.byId.delete(query.id);
    if (this.live.peek()) this.send({ type: "unsubscribe", id: query.id });
  }

  private hurry(): void {
    if (this.socket) this.probe();
    else if (this.retry) this.open();
  }

  private probe(): void {
    if (this.socket?.readyState !== WebSocket.OPEN || this.silence || document.visibilityState !== "visible") return;
    this.send({ type: "unsubscribe", id: PROBE_ID });
    this.silence = window.setTimeout(() => {
      const socket = this.socket;
      this.onClosed();
      socket?.close();
    }, SILENCE_MS);
  }

  private onClosed(): void {
    clearTimeout(this.silence);
    this.silence = 0;
    this.socket = undefined;
    for (const { reject } of this.waiting.values()) reject(new Error("lost"));
    this.waiting.clear();
    this.byId.clear();
    this.live.value = false;
    this.lost();
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures++);
    this.retry = window.setTimeout(() => this.open(), pause * (0.5 + Math.random() / 2));
  }

  private send(message: Record<string, unknown>): void {
    this.socket?.send(JSON.stringify(message));
  }

  private subscribe(query: LiveQuery): void {
    query.id = this.next++;
    this.byId.set(query.id, query);
    const resume = query.seq === undefined ? {} : { since: query.seq, epoch: this.epoch };
    this.send({ type: "subscribe", id: query.id, sql: query.sql, ...resume });
  }

  private receive(message: Incoming): void {
    switch (message.type) {
      case "hello":
        this.onHello(message);
        break;
      case "rows":
        this.byId.get(message.id)?.fill(message.rows ?? [], message.key ?? [], message.seq, message.more ?? false);
        break;
      case "resumed":
        for (const missed of message.missed ?? []) this.byId.get(message.id)?.apply({ id: message.id, ...missed }, missed.seq);
        break;
      case "diff":
        this.applyAll(message);
        break;
      case "answer":
        this.applyAll(message);
        this.waiting.get(message.id)?.resolve(message.value);
        this.waiting.delete(message.id);
        break;
      case "refused":
        this.onRefused(message);
        break;
      case "resync":
        for (const id of message.ids ?? []) this.renew(id);
        break;
    }
  }

  private onHello(message: Incoming): void {
    if (this.epoch !== message.epoch) for (const query of this.queries.values()) query.forget();
    this.epoch = message.epoch ?? "";
    this.failures = 0;
    this.role.value = message.role ?? "viewer";
    this.version.value = message.version ?? "";
    this.live.value = true;
    for (const query of this.queries.values()) this.subscribe(query);
  }

  private applyAll(message: Incoming): void {
    batch(() => {
      for (const changes of message.changes ?? []) this.byId.get(changes.id)?.apply(changes, message.seq);
    });
  }

  private onRefused(message: Incoming): void {
    const refusal = new Refusal(message.message ?? "", message.code ?? "", message.reason ?? null, message.field ?? null);
    this.waiting.get(message.id)?.reject(refusal);
    this.waiting.delete(message.id);
    this.byId.get(message.id)?.refuse(refusal.message);
  }

  private renew(id: number): void {
    const query = this.byId.get(id);
    if (!query) return;
    this.byId.delete(id);
    query.forget();
    this.subscribe(query);
  }
}
