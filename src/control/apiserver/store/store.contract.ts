/** What every Store does. Run by each implementation's test file. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Store, StoreEvent, WriteRequest, WriteResult } from "./contract.ts";

type Opener = () => Promise<Store>;

const HOSTILE_KEYS = [
  "/pods/a'; DROP TABLE log; --",
  "/pods/%_\\",
  "/pods/\u0000nul",
  "/pods/ümläut/🦊",
  "/pods/\u{10ffff}",
  "",
  `/pods/${"x".repeat(10_000)}`,
  "/pods/__proto__",
  "constructor",
];

export function storeContract(name: string, open: Opener): void {
  const check = (title: string, body: (store: Store) => Promise<void>) =>
    test(`${name}: ${title}`, async () => {
      await using store = await open();
      await body(store);
    });
  writes(check);
  reads(check);
  watches(check);
  compaction(check);
}

type Check = (title: string, body: (store: Store) => Promise<void>) => void;

function writes(check: Check): void {
  check("revisions rise by one per write, and refused writes take none", async (store) => {
    const start = store.revision();
    assert.equal(await revisionOf(create(store, "/a")), start + 1);
    assert.deepEqual(await create(store, "/a"), { kind: "exists", revision: start + 1 });
    assert.equal(await revisionOf(create(store, "/b")), start + 2);
    assert.equal(store.revision(), start + 2);
  });

  check("an update needs the key's last revision", async (store) => {
    assert.deepEqual(await update(store, "/a", 1), { kind: "missing" });
    const first = await revisionOf(create(store, "/a"));
    const second = await revisionOf(update(store, "/a", first, "2"));
    assert.deepEqual(await update(store, "/a", first), { kind: "conflict", revision: second });
    assert.deepEqual(await store.get("/a"), { key: "/a", revision: second, createRevision: first, value: "2" });
  });

  check("a delete needs the key's last revision, and the key can come back", async (store) => {
    const first = await revisionOf(create(store, "/a"));
    assert.deepEqual(await remove(store, "/a", first - 1), { kind: "conflict", revision: first });
    await revisionOf(remove(store, "/a", first));
    assert.equal(await store.get("/a"), undefined);
    assert.deepEqual(await remove(store, "/a", first), { kind: "missing" });
    const again = await revisionOf(create(store, "/a"));
    assert.equal((await store.get("/a"))?.createRevision, again);
  });

  check("writes of one batch see each other", async (store) => {
    const first = await revisionOf(create(store, "/a"));
    const batch = await Promise.all([
      update(store, "/a", first),
      update(store, "/a", first),
      create(store, "/a"),
      remove(store, "/a", first + 1),
    ]);
    assert.deepEqual(
      batch.map((result) => result.kind),
      ["ok", "conflict", "exists", "ok"],
    );
  });

  check("keys and values of any content come back unchanged", async (store) => {
    for (const key of HOSTILE_KEYS) await revisionOf(create(store, key, JSON.stringify({ key, nul: "\u0000" })));
    const listed = await store.list("");
    assert.deepEqual(new Set(listed.values.map((value) => value.key)), new Set(HOSTILE_KEYS));
    for (const { key, value } of listed.values) assert.deepEqual(JSON.parse(value), { key, nul: "\u0000" });
  });

  check("a key that UTF-8 cannot carry is a defect of the caller", async (store) => {
    await assert.rejects(async () => await create(store, "/\ud800"), RangeError);
  });

  check("durable and derived writes share one order", async (store) => {
    const start = store.revision();
    const writes = Array.from({ length: 20 }, (_, i) => create(store, `/k${i}`, "{}", i % 3 === 0 ? "durable" : "derived"));
    const revisions = await Promise.all(writes.map(revisionOf));
    assert.deepEqual(
      revisions,
      writes.map((_, i) => start + 1 + i),
    );
  });
}

function reads(check: Check): void {
  check("list gives the keys of a prefix, sorted, at the current revision", async (store) => {
    for (const key of ["/pods/b", "/pods/a/x", "/pod", "/pods/c", "/services/a"]) await revisionOf(create(store, key));
    const { revision, values } = await store.list("/pods/");
    assert.deepEqual(
      values.map((value) => value.key),
      ["/pods/a/x", "/pods/b", "/pods/c"],
    );
    assert.equal(revision, store.revision());
  });

  check("an empty prefix lists everything, an unknown one nothing", async (store) => {
    await revisionOf(create(store, "/a"));
    assert.equal((await store.list("")).values.length, 1);
    assert.equal((await store.list("/nothing")).values.length, 0);
    assert.equal(await store.get("/nothing"), undefined);
  });
}

function watches(check: Check): void {
  check("a watch gives history first and then live, each event once and in order", async (store) => {
    const start = store.revision();
    for (let i = 0; i < 1_200; i++) void create(store, `/p/${i}`);
    await revisionOf(create(store, "/p/last"));
    const seen: StoreEvent[] = [];
    const watching = store.watch("/p/", start + 5, (batch) => seen.push(...batch));
    const racing = Array.from({ length: 50 }, (_, i) => create(store, `/p/racing-${i}`));
    using _watch = (await opened(watching)).watch;
    await Promise.all(racing);
    assert.deepEqual(
      seen.map((event) => event.revision),
      Array.from({ length: 1_201 - 5 + 50 }, (_, i) => start + 6 + i),
    );
  });

  check("events carry type, creation and the last state of a deleted object", async (store) => {
    const seen: StoreEvent[] = [];
    using _watch = (await opened(store.watch("/p/", store.revision(), (batch) => seen.push(...batch)))).watch;
    const first = await revisionOf(create(store, "/p/a", "1"));
    await revisionOf(create(store, "/q/a", "other prefix"));
    const second = await revisionOf(update(store, "/p/a", first, "2"));
    const third = await revisionOf(remove(store, "/p/a", second, "3"));
    const common = { key: "/p/a", createRevision: first };
    assert.deepEqual(seen, [
      { ...common, type: "put", revision: first, value: "1" },
      { ...common, type: "put", revision: second, value: "2" },
      { ...common, type: "delete", revision: third, value: "3" },
    ]);
  });

  check("a watcher has seen a write when it is acknowledged", async (store) => {
    let seen = 0;
    using _watch = (await opened(store.watch("", store.revision(), (batch) => (seen = batch.at(-1)?.revision ?? 0)))).watch;
    assert.equal(await revisionOf(create(store, "/a")), seen);
  });

  check("a disposed watch gives nothing more", async (store) => {
    const seen: StoreEvent[] = [];
    const { watch } = await opened(store.watch("", store.revision(), (batch) => seen.push(...batch)));
    await revisionOf(create(store, "/a"));
    watch[Symbol.dispose]();
    await revisionOf(create(store, "/b"));
    assert.equal(seen.length, 1);
  });

  check("a listener that writes does not disturb the order of the others", async (store) => {
    const seen: number[] = [];
    const start = store.revision();
    using _writer = (await opened(store.watch("/p/", start, () => void create(store, "/q/a")))).watch;
    using _reader = (await opened(store.watch("", start, (batch) => seen.push(...batch.map((event) => event.revision))))).watch;
    await revisionOf(create(store, "/p/a"));
    await revisionOf(create(store, "/r/a"));
    assert.deepEqual(seen, [start + 1, start + 2, start + 3]);
  });
}

function compaction(check: Check): void {
  check("compaction ends history and keeps the last values", async (store) => {
    const start = store.revision();
    const a = await revisionOf(create(store, "/a", "1"));
    const b = await revisionOf(create(store, "/b", "1"));
    await revisionOf(remove(store, "/b", b));
    const last = await revisionOf(update(store, "/a", a, "2"));
    const after = await revisionOf(create(store, "/c"));
    await store.compact(last);
    assert.deepEqual(await store.watch("", start, () => {}), { kind: "compacted", oldest: last });
    assert.deepEqual(
      (await store.list("")).values.map((value) => [value.key, value.revision, value.createRevision]),
      [
        ["/a", last, a],
        ["/c", after, after],
      ],
    );
    const seen: StoreEvent[] = [];
    using _watch = (await opened(store.watch("", last, (batch) => seen.push(...batch)))).watch;
    assert.deepEqual(
      seen.map((event) => event.revision),
      [after],
    );
  });

  check("the values of a revision and of the state before it can be read until they are compacted", async (store) => {
    const a = await revisionOf(create(store, "/a", "1"));
    const b = await revisionOf(create(store, "/b", "1"));
    const second = await revisionOf(update(store, "/a", a, "2"));
    const third = await revisionOf(update(store, "/a", second, "3"));
    const gone = await revisionOf(remove(store, "/b", b, "last"));
    assert.deepEqual(await store.at([third, gone, a, gone + 1]), ["3", "last", "1", undefined]);
    await store.compact(second);
    assert.equal(store.compacted(), second);
    assert.deepEqual(await store.at([b, second, third, gone]), ["1", "2", "3", "last"]);
  });

  check("compaction never goes back and never beyond the present", async (store) => {
    const a = await revisionOf(create(store, "/a"));
    await store.compact(a + 1_000);
    await store.compact(1);
    assert.deepEqual(await store.watch("", a - 1, () => {}), { kind: "compacted", oldest: a });
    assert.equal((await create(store, "/b")).kind, "ok");
    assert.equal((await store.watch("", a, () => {})).kind, "ok");
  });
}

export function create(store: Store, key: string, value = "{}", durability: WriteRequest["durability"] = "derived"): Promise<WriteResult> {
  return store.write({ op: "create", key, value, durability });
}

export function update(store: Store, key: string, expected: number, value = "{}"): Promise<WriteResult> {
  return store.write({ op: "update", key, value, expected, durability: "durable" });
}

export function remove(store: Store, key: string, expected: number, value = "{}"): Promise<WriteResult> {
  return store.write({ op: "delete", key, value, expected, durability: "durable" });
}

export async function revisionOf(write: Promise<WriteResult>): Promise<number> {
  const result = await write;
  assert.equal(result.kind, "ok");
  return result.kind === "ok" ? result.revision : 0;
}

async function opened(watching: ReturnType<Store["watch"]>): Promise<{ watch: Disposable }> {
  const result = await watching;
  if (result.kind !== "ok") assert.fail(`the watch was refused: ${JSON.stringify(result)}`);
  return result;
}
