// Live windows (ORDER BY ts DESC LIMIT 50) over ROWS rows: time from a write until the callback holds the new row.
// Usage: node window.mjs PEER ROWS QUERIES WRITES. With one query it has no WHERE; with more, each is of one plant.
const [peer, rows, queries, writes] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const plants = Math.max(10, queries);
const row = (n) => ({ id: n, plant_id: n % plants, ts: n * 1000, kind: "x", value: (n * 37) % 101 });
const wanted = queries === 1 ? [null] : Array.from({ length: queries }, (_, k) => k);

const peers = {
  async "PGlite live.query"() {
    return pglite((db, sql, seen) => db.live.query(sql, [], seen));
  },
  async "PGlite live.incrementalQuery"() {
    return pglite((db, sql, seen) => db.live.incrementalQuery(sql, [], "id", seen));
  },
  async "TanStack DB"() {
    const { createCollection, createLiveQueryCollection, eq, localOnlyCollectionOptions } = await import("@tanstack/db");
    const initialData = Array.from({ length: rows }, (_, n) => row(n + 1));
    const readings = createCollection(localOnlyCollectionOptions({ id: "r", getKey: (r) => r.id, initialData }));
    await readings.preload();
    let seen = () => {};
    for (const k of wanted) {
      const top = createLiveQueryCollection((q) => {
        const from = q.from({ r: readings });
        const chosen = k === null ? from : from.where(({ r }) => eq(r.plant_id, k));
        return chosen.orderBy(({ r }) => r.ts, "desc").limit(50);
      });
      await top.preload();
      top.subscribeChanges((changes) => changes.forEach((change) => seen(change.value.id)));
    }
    return { write: (n) => readings.insert(row(n)), on: (act) => (seen = act) };
  },
  async RxDB() {
    const { createRxDatabase } = await import("rxdb");
    const { getRxStorageMemory } = await import("rxdb/plugins/storage-memory");
    const db = await createRxDatabase({ name: "b", storage: getRxStorageMemory(), multiInstance: false });
    const text = { type: "string", maxLength: 20 };
    const number = { type: "number", minimum: 0, maximum: 1e12, multipleOf: 1 };
    const properties = { id: text, plant_id: number, ts: number, kind: text, value: number };
    const required = ["id", "ts", "plant_id"];
    const indexes = ["ts", ["plant_id", "ts"]];
    const schema = { version: 0, primaryKey: "id", type: "object", properties, required, indexes };
    const { r } = await db.addCollections({ r: { schema } });
    const doc = (n) => ({ ...row(n), id: String(n) });
    for (let n = 1; n <= rows; n += 10000) {
      await r.bulkInsert(Array.from({ length: Math.min(10000, rows - n + 1) }, (_, k) => doc(n + k)));
    }
    let seen = () => {};
    for (const k of wanted) {
      const selector = k === null ? {} : { plant_id: k };
      const found = r.find({ selector, sort: [{ ts: "desc" }], limit: 50 });
      found.$.subscribe((docs) => docs.length && seen(Number(docs[0].id)));
      await found.exec();
    }
    return { write: (n) => r.insert(doc(n)), on: (act) => (seen = act) };
  },
};

async function pglite(listen) {
  const { PGlite } = await import("@electric-sql/pglite");
  const { live } = await import("@electric-sql/pglite/live");
  const db = await PGlite.create({ extensions: { live } });
  await db.exec("CREATE TABLE r (id int PRIMARY KEY, plant_id int, ts bigint, kind text, value int)");
  await db.exec("CREATE INDEX r_ts ON r (ts); CREATE INDEX r_plant ON r (plant_id, ts)");
  const made = `SELECT n, n % ${plants}, n * 1000::bigint, 'x', (n * 37) % 101 FROM generate_series(1, ${rows}) n`;
  await db.exec(`INSERT INTO r ${made}`);
  let seen = () => {};
  for (const k of wanted) {
    const where = k === null ? "" : `WHERE plant_id = ${k}`;
    const arrived = (found) => found.rows.length && seen(found.rows[0].id);
    await listen(db, `SELECT * FROM r ${where} ORDER BY ts DESC LIMIT 50`, arrived);
  }
  const write = (n) => db.query("INSERT INTO r VALUES ($1, $2, $3, $4, $5)", Object.values(row(n)));
  return { write, on: (act) => (seen = act) };
}

const { write, on } = await peers[peer]();
const took = [];
for (let n = 0; n < writes + 20; n++) {
  const newest = rows + 1 + n;
  const heard = new Promise((done) => on((id) => id === newest && done()));
  const began = performance.now();
  const written = write(newest);
  await heard;
  if (n >= 20) took.push(performance.now() - began);
  await written;
}
console.log(JSON.stringify({ took_ms: took, rss_mb: process.memoryUsage().rss / 1e6 }));
process.exit(0);
