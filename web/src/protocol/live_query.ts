import { signal } from "@preact/signals";
import type { Row } from "./rows";

/** What a transaction changed in a query's rows. */
export interface Changes { id: number; insert?: Row[]; update?: Row[]; delete?: Row[] }

/** The rows of one SQL query, kept level with the device; components that read `rows` are drawn again on each change. */
export class LiveQuery<T = Row> {
  /** The transaction the rows are of; undefined until the first rows came. */
  seq: number | undefined;
  /** The id of the subscription on the present connection. */
  id = 0;
  /** How many components show it; 0 means that it may be dropped. */
  users = 0;
  private readonly rowsByKey = new Map<string, Row>();
  private readonly state = signal<T[] | null>(null);
  private readonly fault = signal("");
  private keyColumns: string[] = [];
  private filling = false;

  constructor(readonly sql: string) {}

  /** The rows in the query's order as far as they came that way; empty before the first. */
  get rows(): T[] {
    return this.state.value ?? [];
  }

  /** Whether the first rows have come. */
  get loaded(): boolean {
    return this.state.value !== null;
  }

  /** Why the device refused the query; empty where it did not. */
  get refusal(): string {
    return this.fault.value;
  }

  refuse(reason: string): void {
    this.fault.value = reason;
  }

  /** Take a piece of the whole answer; `more` says that another follows. */
  fill(rows: Row[], key: string[], seq: number, more: boolean): void {
    if (!this.filling) this.rowsByKey.clear();
    this.keyColumns = key;
    this.put(rows);
    this.filling = more;
    if (!more) this.publish(seq);
  }

  apply(changes: Changes, seq: number): void {
    for (const row of changes.delete ?? []) this.rowsByKey.delete(this.keyOf(row));
    this.put(changes.insert ?? []);
    this.put(changes.update ?? []);
    this.publish(seq);
  }

  /** Start over with the next whole answer. */
  forget(): void {
    this.seq = undefined;
    this.filling = false;
  }

  private put(rows: Row[]): void {
    for (const row of rows) this.rowsByKey.set(this.keyOf(row), row);
  }

  private publish(seq: number): void {
    this.seq = seq;
    this.fault.value = "";
    this.state.value = [...this.rowsByKey.values()] as T[];
  }

  private keyOf(row: Row): string {
    return JSON.stringify(this.keyColumns.length ? this.keyColumns.map((column) => row[column]) : row);
  }
}
