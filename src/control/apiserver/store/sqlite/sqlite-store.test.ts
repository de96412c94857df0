import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Worker } from "node:worker_threads";
import { systemClock } from "../../../../std/clock.ts";
import { silentLogger } from "../../../../std/logger.ts";
import { requires } from "../../../../testing/requirements.ts";
import type { Store } from "../contract.ts";
import { create, revisionOf, storeContract } from "../store.contract.ts";
import type { ToWorker } from "./messages.ts";
import { openSqliteStore } from "./open.ts";
import { SqliteStore } from "./sqlite-store.ts";

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "store-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const open = (directory: string) => openSqliteStore({ directory, clock: systemClock, logger: silentLogger });

async function openOk(directory: string): Promise<Store> {
  const result = await open(directory);
  if (result.kind !== "ok") assert.fail(result.message);
  return result.store;
}

storeContract("sqlite store", async () => {
  const folder = temporaryFolder();
  const store = await openOk(folder.path);
  const close = store[Symbol.asyncDispose].bind(store);
  store[Symbol.asyncDispose] = async () => {
    await close();
    folder[Symbol.dispose]();
  };
  return store;
});

test("a clean end keeps everything, and the next revision follows", async () => {
  using folder = temporaryFolder();
  let first: number;
  {
    await using store = await openOk(folder.path);
    first = await revisionOf(create(store, "/a", "1"));
  }
  await using again = await openOk(folder.path);
  assert.equal(again.revision(), first);
  assert.equal((await again.get("/a"))?.value, "1");
  assert.equal((await again.watch("", 0, () => {})).kind, "ok");
  assert.equal(await revisionOf(create(again, "/b")), first + 1);
});

test("a second instance is told that the store is in use, and the first goes on", async () => {
  using folder = temporaryFolder();
  await using store = await openOk(folder.path);
  const second = await open(folder.path);
  assert.equal(second.kind, "locked");
  assert.match("message" in second ? second.message : "", /in use by another running instance/);
  assert.equal((await create(store, "/a")).kind, "ok");
});

test("a store can be opened again as soon as its owner closed it", async () => {
  using folder = temporaryFolder();
  for (let i = 0; i < 3; i++) await (await openOk(folder.path))[Symbol.asyncDispose]();
  await using _store = await openOk(folder.path);
});

test("a newer format is refused and left alone", async () => {
  using folder = temporaryFolder();
  await (await openOk(folder.path))[Symbol.asyncDispose]();
  writeFileSync(join(folder.path, "FORMAT"), "2\n");
  const result = await open(folder.path);
  assert.equal(result.kind, "newerFormat");
  assert.match("message" in result ? result.message : "", /written by a newer version \(format 2, this one reads 1\)/);
  assert.equal(readFileSync(join(folder.path, "FORMAT"), "utf8"), "2\n");
});

test("a database that is not one is called damaged, and left alone", async () => {
  using folder = temporaryFolder();
  await (await openOk(folder.path))[Symbol.asyncDispose]();
  const database = join(folder.path, "store.db");
  writeFileSync(database, "not a database, but long enough to be taken for one ".repeat(100));
  assert.equal((await open(folder.path)).kind, "corrupt");
  assert.match(readFileSync(database, "utf8"), /^not a database/);
});

test("a database without a FORMAT is called damaged", async () => {
  using folder = temporaryFolder();
  await (await openOk(folder.path))[Symbol.asyncDispose]();
  rmSync(join(folder.path, "FORMAT"));
  assert.equal((await open(folder.path)).kind, "corrupt");
});

test("the folder is made for its owner alone", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "deep", "store");
  await using _store = await openOk(path);
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

test("a folder that this user cannot write is refused with a sentence", { skip: requires("an unprivileged user") }, async () => {
  using folder = temporaryFolder();
  chmodSync(folder.path, 0o500);
  assert.equal((await open(folder.path)).kind, "notOwned");
});

test("a file in the place of the folder is refused with a sentence", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  writeFileSync(path, "");
  assert.equal((await open(path)).kind, "unusable");
  assert.ok(existsSync(path));
});

test("a closed store refuses writes and rejects reads", async () => {
  using folder = temporaryFolder();
  const store = await openOk(folder.path);
  const last = create(store, "/a");
  await store[Symbol.asyncDispose]();
  assert.equal((await last).kind, "ok", "what was asked before the end is answered");
  assert.deepEqual(await create(store, "/b"), { kind: "unavailable", message: "the store is closed" });
  await assert.rejects(store.get("/a"), /the store is closed/);
  await store[Symbol.asyncDispose]();
});

test("the writes of one turn of the event loop go to the thread as one message", async () => {
  const sent: ToWorker[] = [];
  const worker = Object.assign(new EventEmitter(), { postMessage: (message: ToWorker) => void sent.push(message) });
  const store = new SqliteStore(worker as unknown as Worker, 0, silentLogger);
  void store.write({ op: "create", key: "/a", value: "1", durability: "derived" }).catch(() => {});
  await Promise.resolve();
  void store.write({ op: "create", key: "/b", value: "2", durability: "durable" }).catch(() => {});
  assert.equal(sent.length, 0);
  await new Promise<void>((resolve) => void setImmediate(resolve));
  assert.deepEqual(
    sent.map((message) => message.kind === "requests" && message.writes.map(({ key }) => key)),
    [["/a", "/b"]],
  );
});
