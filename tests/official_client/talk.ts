// Speaks to the appliance with the unmodified spacetimedb client and our generated bindings.
// Takes commands on stdin, one JSON array a line, and prints what happens, one JSON array a line.
import { createInterface } from "node:readline";
import { DbConnection, procedures, reducers, tables, type Plant } from "./bindings/index.js";

const say = (...what: unknown[]) =>
  console.log(JSON.stringify(what, (_, value) => (typeof value === "bigint" ? Number(value) : value)));

const handles = new Map<string, { unsubscribe(): void }>();

function follow(connection: DbConnection): void {
  connection.db.plant.onInsert((_, row: Plant) => say("plant inserted", row.name, row.location ?? null));
  connection.db.plant.onUpdate((_, old: Plant, row: Plant) =>
    say("plant updated", row.name, old.location ?? null, row.location ?? null));
  connection.db.plant.onDelete((_, row: Plant) => say("plant deleted", row.name));
  connection.db.analysisResult.onInsert((_, row) => say("result", row.plantId, row.areaPx ?? null, row.hueDeg ?? null));
  connection.db.notification.onInsert((_, row) => say("notification", row.category, row.title));
}

const connection = DbConnection.builder()
  .withUri(process.env.URL!)
  .withDatabaseName("sproutcast")
  .withToken(process.env.TOKEN!)
  .onConnect((connected, identity) => {
    follow(connected);
    say("connected", identity.toHexString());
  })
  .onConnectError((_, error) => say("connect error", error.message))
  .onDisconnect(() => say("disconnected"))
  .build();

const commands: Record<string, (...given: any[]) => unknown> = {
  subscribe(name: string, queries: string[]) {
    const handle = connection
      .subscriptionBuilder()
      .onApplied(() => say("applied", name, [...connection.db.plant.iter()].map((row) => row.name)))
      .onError((context: any) => say("subscription error", name, String(context.event?.message ?? context.event)))
      .subscribe(queries);
    handles.set(name, handle);
  },
  subscribeTyped(name: string, plant: string) {
    const handle = connection
      .subscriptionBuilder()
      .onApplied(() => say("applied", name, [...connection.db.plant.iter()].map((row) => row.name)))
      .subscribe(tables.plant.where((row) => row.name.eq(plant)));
    handles.set(name, handle);
  },
  unsubscribe(name: string) {
    (handles.get(name) as any).unsubscribeThen(() => say("unsubscribed", name, Number(connection.db.plant.count())));
  },
  async createPlant(name: string) {
    await connection.reducers.createPlant({ name } as any);
    say("called", "createPlant", [...connection.db.plant.iter()].map((row) => row.name));
  },
  counts(name: string) {
    say("counts", name, Number(connection.db.plant.count()), Number(connection.db.setting.count()));
  },
  exported() {
    // What the official quickstart's useReducer and useProcedure take.
    say("exported", reducers.createPlant.accessorName, Object.keys(procedures).length);
  },
  async updatePlant(plantId: number, given: Record<string, unknown>) {
    await connection.reducers.updatePlant({ plantId: BigInt(plantId), ...given } as any);
    say("called", "updatePlant");
  },
  async logCare(plantId: number, kind: string) {
    try {
      await connection.reducers.logCare({ plantId: BigInt(plantId), kind, volumeMl: undefined } as any);
      say("called", "logCare");
    } catch (error: any) {
      say("refused", error.name, error.message);
    }
  },
  leave() {
    connection.disconnect();
    process.exit(0);
  },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const [command, ...given] = JSON.parse(line);
  commands[command]!(...given);
});
