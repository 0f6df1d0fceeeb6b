// Speaks v1.json.sproutcast: keeps the rows of live queries, comes back by itself, resumes where it was.

import { render, say } from "./messages.js";

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 10_000;

export class Connection {
  /** `changed(name)` is told when a query's rows changed, `state(live)` when the link came or went. */
  constructor(queries, changed, state) {
    this.queries = queries;
    this.changed = changed;
    this.state = state;
    this.rows = Object.fromEntries(Object.keys(queries).map((name) => [name, new Map()]));
    this.waiting = new Map();
    this.names = new Map();
    this.since = {};
    this.next = 1;
    this.failures = 0;
    this.role = "viewer";
    // A phone that wakes up must not wait for a timer that slept with it.
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry());
  }

  open() {
    clearTimeout(this.timer);
    this.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/subscribe`,
      ["v1.json.sproutcast"]);
    this.socket.onmessage = (event) => this.take(JSON.parse(event.data));
    this.socket.onclose = () => this.away();
  }

  call(reducer, args) {
    return new Promise((resolve, reject) => {
      if (this.socket?.readyState !== WebSocket.OPEN) return reject(new Error(say("The device can’t be reached right now.")));
      this.waiting.set(this.next, { resolve, reject });
      this.socket.send(JSON.stringify({ type: "call", id: this.next++, reducer, args }));
    });
  }

  list(name) {
    return [...this.rows[name].values()];
  }

  hurry() {
    if (this.socket?.readyState === WebSocket.CLOSED) this.open();
  }

  away() {
    for (const { reject } of this.waiting.values()) reject(new Error(say("The connection was lost; please check whether it worked.")));
    this.waiting.clear();
    this.names.clear();
    this.state(false);
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures++);
    this.timer = setTimeout(() => this.open(), pause * (0.5 + Math.random() / 2));
  }

  subscribe(name) {
    const message = { type: "subscribe", id: this.next++, sql: this.queries[name] };
    if (this.since[name]) Object.assign(message, { since: this.since[name], epoch: this.epoch });
    this.names.set(message.id, name);
    this.socket.send(JSON.stringify(message));
  }

  take(message) {
    switch (message.type) {
      case "hello":
        if (this.epoch !== message.epoch) this.since = {};
        this.epoch = message.epoch;
        this.role = message.role;
        this.failures = 0;
        this.state(true);
        Object.keys(this.queries).forEach((name) => this.subscribe(name));
        break;
      case "rows":
        this.begin(message);
        break;
      case "resumed":
        for (const missed of message.missed ?? []) this.apply({ id: message.id, ...missed }, missed.seq);
        break;
      case "diff":
        for (const change of message.changes) this.apply(change, message.seq);
        break;
      case "answer":
        for (const change of message.changes ?? []) this.apply(change, message.seq);
        this.waiting.get(message.id)?.resolve(message.value);
        this.waiting.delete(message.id);
        break;
      case "refused":
        this.waiting.get(message.id)?.reject(new Error(render(message.reason) ?? message.message));
        this.waiting.delete(message.id);
        break;
      case "resync":
        for (const id of message.ids) {
          const name = this.names.get(id);
          if (name) { delete this.since[name]; this.subscribe(name); }
        }
        break;
    }
  }

  begin(message) {
    const name = this.names.get(message.id);
    if (!name) return;
    if (this.loading !== message.id) this.rows[name].clear();
    for (const row of message.rows) this.rows[name].set(key(row), row);
    this.loading = message.more ? message.id : undefined;
    if (!message.more) this.since[name] = message.seq;
    this.changed(name);
  }

  apply(change, seq) {
    const name = this.names.get(change.id);
    if (!name) return;
    for (const row of change.delete ?? []) this.rows[name].delete(key(row));
    for (const row of [...(change.insert ?? []), ...(change.update ?? [])]) this.rows[name].set(key(row), row);
    this.since[name] = seq;
    this.changed(name);
  }
}

const key = (row) => row.id ?? row.part ?? row.name;
