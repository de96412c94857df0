import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../../api/meta/object.ts";
import { ManualClock, settle } from "../../../testing/clock.ts";
import type { Store } from "../store/contract.ts";
import { createMemoryStore } from "../store/memory.ts";
import { RecentEvents } from "./history.ts";
import { KindCache, type CacheEvent } from "./kind-cache.ts";
import type { ProjectedEvent } from "./project.ts";
import { encodeStored } from "./stored-object.ts";
import { DEFAULT_CACHE_OPTIONS, WatchCache } from "./watch-cache.ts";
import { bytesForm, feedBytes, type EventEncoder } from "./watch-bytes.ts";
import { feedEvents, WatchFeed, type WatchOptions } from "./watch-feed.ts";

const KIND = { group: "", plural: "configmaps" };
const object = (name: string, value: string): KubeObject => ({
  kind: "ConfigMap",
  apiVersion: "v1",
  metadata: { name, namespace: "n", labels: { value } },
});

async function put(store: Store, name: string, value: string): Promise<number> {
  const key = `/core/configmaps/n/${name}`;
  const known = await store.get(key);
  const base = { key, durability: "durable", value: encodeStored(object(name, value)) } as const;
  const result = await store.write(known === undefined ? { ...base, op: "create" } : { ...base, op: "update", expected: known.revision });
  assert.equal(result.kind, "ok");
  return result.kind === "ok" ? result.revision : 0;
}

test("a cache that starts late knows the history that the store still has", async () => {
  await using store = createMemoryStore();
  const first = await put(store, "a", "1");
  await put(store, "a", "2");
  await put(store, "b", "1");
  using cache = await WatchCache.start(store);
  await settle();
  const events = cache.of(KIND).since(first);
  assert.deepEqual(
    events.map(({ type, key }) => [type, key]),
    [
      ["MODIFIED", "n/a"],
      ["ADDED", "n/b"],
    ],
  );
  assert.deepEqual(
    cache
      .of(KIND)
      .list("n/")
      .map(({ metadata }) => metadata.name),
    ["a", "b"],
  );
});

test("a cache over a compacted store begins where the history begins", async () => {
  await using store = createMemoryStore();
  const first = await put(store, "a", "1");
  const second = await put(store, "a", "2");
  await store.compact(second);
  await put(store, "b", "1");
  using cache = await WatchCache.start(store);
  await settle();
  assert.ok(cache.of(KIND).oldest > first - 1 && cache.of(KIND).oldest <= second);
  assert.equal(cache.of(KIND).get("n/a")?.metadata.labels?.["value"], "2");
});

test("objects are frozen and carry the revision of their write", async () => {
  await using store = createMemoryStore();
  using cache = await WatchCache.start(store);
  const revision = await put(store, "a", "1");
  await cache.reached(revision);
  const cached = cache.of(KIND).get("n/a");
  assert.equal(cached?.metadata.resourceVersion, String(revision));
  assert.ok(Object.isFrozen(cached?.metadata.labels));
});

const event = (revision: number, key: string, type: CacheEvent["type"] = "ADDED", weight = 1): CacheEvent => ({
  type,
  revision,
  key,
  object: object(key, String(revision)),
  previous: undefined,
  previousKnown: true,
  weight,
});

/** Its store has forgotten everything. */
const history = (maxChanges = 10_000, maxWeight = 1_000_000) => ({
  maxChanges,
  recent: new RecentEvents(maxWeight, { at: async (revisions) => revisions.map(() => undefined) }),
});

test("the history is limited by number, and says from when it is whole", async () => {
  const few = new KindCache(history(2), 0);
  for (let revision = 1; revision <= 5; revision += 1) few.apply(event(revision, `k${revision}`));
  assert.equal(few.oldest, 3);
  assert.deepEqual(
    few.since(3).map(({ revision }) => revision),
    [4, 5],
  );
  few.forget(4);
  assert.equal(few.oldest, 4);
  assert.equal(await few.listAt("", 3), undefined);
});

test("the latest events are held within a weight of all kinds together; the others come from the store", async () => {
  const options = history(100, 10);
  const kinds = [new KindCache(options, 0), new KindCache(options, 0)] as const;
  for (let revision = 1; revision <= 4; revision += 1) kinds[revision % 2 === 0 ? 0 : 1].apply(event(revision, "k", "ADDED", 5));
  const held = kinds.map((kind) => kind.since(0).map((change) => kind.eventOf(change)?.revision));
  assert.deepEqual(held, [
    [undefined, 4],
    [undefined, 3],
  ]);
});

/** A cache over a store that holds no event in memory, and the revisions of the writes `put a 1`, `put b 1`, `put a 2`, `delete a`. */
async function forgetful(store: Store): Promise<{ cache: WatchCache; revisions: number[] }> {
  const cache = await WatchCache.start(store, { ...DEFAULT_CACHE_OPTIONS, maxWeight: 0 });
  const revisions = [await put(store, "a", "1"), await put(store, "b", "1"), await put(store, "a", "2")];
  const value = encodeStored(object("a", "2"));
  const key = "/core/configmaps/n/a";
  const gone = await store.write({ op: "delete", key, value, expected: revisions[2] ?? 0, durability: "derived" });
  if (gone.kind === "ok") revisions.push(gone.revision);
  return { cache, revisions };
}

test("a watch from the past is given what the store still has, as it would have been given then", async () => {
  await using store = createMemoryStore();
  const { cache: cacheOfStore, revisions } = await forgetful(store);
  using cache = cacheOfStore;
  const matches = ({ metadata }: KubeObject) => metadata.labels?.["value"] === "1";
  const stop = new AbortController();
  const options = watchOf(cache.of(KIND), { after: revisions[0] ?? 0, matches, signal: stop.signal });
  const form = { event: (projected: ProjectedEvent) => projected, live: (projected: ProjectedEvent) => projected, bookmark: () => never() };
  const seen: string[] = [];
  for await (const { type, object: shown } of feedEvents(new WatchFeed(options, form))) {
    seen.push(`${type} ${shown.metadata.name} ${shown.metadata.resourceVersion}`);
    if (seen.length === 2) await put(store, "c", "1");
    if (seen.length === 3) stop.abort();
  }
  assert.deepEqual(seen, [`ADDED b ${revisions[1]}`, `DELETED a ${revisions[2]}`, `ADDED c ${(revisions[3] ?? 0) + 1}`]);
});

test("a list of the past is put together from the store", async () => {
  await using store = createMemoryStore();
  const { cache: cacheOfStore, revisions } = await forgetful(store);
  using cache = cacheOfStore;
  const at = async (revision = 0) => {
    const states = await cache.of(KIND).listAt("n/", revision);
    return states?.map((state) => `${state.key}=${state.object.metadata.labels?.["value"]}`);
  };
  const all = await Promise.all(revisions.map(at));
  assert.deepEqual(all, [["n/a=1"], ["n/a=1", "n/b=1"], ["n/a=2", "n/b=1"], ["n/b=1"]]);
  await store.compact(revisions[2] ?? 0);
  assert.deepEqual(await at(revisions[2]), ["n/a=2", "n/b=1"]);
  assert.equal(await at(revisions[0]), undefined);
});

test("what the store has compacted is no longer offered after the next write", async () => {
  await using store = createMemoryStore();
  const { cache: cacheOfStore, revisions } = await forgetful(store);
  using cache = cacheOfStore;
  await store.compact(revisions[1] ?? 0);
  await put(store, "d", "1");
  assert.equal(cache.of(KIND).oldest, revisions[1]);
});

test("a watch whose past is forgotten while it is read ends there", async () => {
  const cache = new KindCache(history(100, 0), 0);
  for (let revision = 1; revision <= 3; revision += 1) cache.apply(event(revision, "k", "MODIFIED"));
  const form = { ...bytesForm(plain), event: () => "past", live: () => "live", bookmark: () => "bookmark" };
  const clock = new ManualClock();
  const feed = new WatchFeed(watchOf(cache, { after: 1, clock, timeoutMs: 60_000 }), form);
  cache.apply(event(4, "k", "MODIFIED"));
  assert.deepEqual(await Array.fromAsync(feedEvents(feed)), []);
  assert.equal(clock.pending, 0);
});

function never(): never {
  throw new Error("nobody asked for bookmarks");
}

test("keys stay sorted whatever order they come in, and the past can be read", async () => {
  const cache = new KindCache(history(), 0);
  for (const [i, key] of ["b/z", "a/b", "b/a", "a-b/c"].entries()) cache.apply(event(i + 1, key));
  assert.deepEqual(cache.keys(""), ["a-b/c", "a/b", "b/a", "b/z"]);
  assert.deepEqual(cache.keys("a/"), ["a/b"]);
  assert.deepEqual(
    (await cache.listAt("", 2))?.map(({ key }) => key),
    ["a/b", "b/z"],
  );
  assert.equal(await cache.listAt("", -1), undefined);
});

const plain: EventEncoder = {
  id: "plain",
  encode: (type, { metadata }) => new TextEncoder().encode(`${type} ${metadata.name}\n`),
  bookmark: (revision) => new TextEncoder().encode(`BOOKMARK ${revision}\n`),
};

function watchOf(cache: KindCache, options: Partial<WatchOptions> = {}): WatchOptions {
  const { signal } = new AbortController();
  const all = { prefix: "", matches: () => true, after: 0, endInitialEvents: false, bookmarks: false, timeoutMs: 0 };
  return { ...all, cache, clock: new ManualClock(), signal, revision: () => 0, ...options };
}

test("a watcher that does not read is cut off and holds nothing more", async () => {
  const clock = new ManualClock();
  const cache = new KindCache(history(), 0);
  const stream = feedBytes(new WatchFeed(watchOf(cache, { clock, timeoutMs: 60_000 }), bytesForm(plain)));
  for (let revision = 1; revision <= 6_000; revision += 1) cache.apply(event(revision, "k", "MODIFIED"));
  assert.equal(clock.pending, 0, "its timer is gone");
  let lines = 0;
  for await (const part of stream as AsyncIterable<Uint8Array>) lines += new TextDecoder().decode(part).split("\n").length - 1;
  assert.ok(lines < 6_000 && lines > 0);
});

test("an event is encoded once for all watchers of one form", () => {
  const cache = new KindCache(history(), 0);
  let encoded = 0;
  const encoder: EventEncoder = { ...plain, encode: (...args) => (encoded++, plain.encode(...args)) };
  const watchers = [1, 2, 3].map(() => feedBytes(new WatchFeed(watchOf(cache), bytesForm(encoder))));
  cache.apply(event(1, "k"));
  cache.apply(event(2, "k", "MODIFIED"));
  assert.equal(watchers.length, 3);
  assert.equal(encoded, 2);
});

test("a feed that ended gives what it had, and a reader that leaves ends it", async () => {
  const clock = new ManualClock();
  const cache = new KindCache(history(), 0);
  const form = { ...bytesForm(plain), event: () => "past", live: () => "live", bookmark: () => "bookmark" };
  const ended = new AbortController();
  const events = feedEvents(new WatchFeed(watchOf(cache, { signal: ended.signal, clock, timeoutMs: 60_000 }), form));
  cache.apply(event(1, "k"));
  cache.apply(event(2, "k", "MODIFIED"));
  ended.abort();
  assert.deepEqual(await Array.fromAsync(events), ["live", "live"]);
  assert.equal(clock.pending, 0);
  const left = feedEvents(new WatchFeed(watchOf(cache, { clock, timeoutMs: 60_000 }), form));
  for await (const first of left) {
    assert.equal(first, "past");
    break;
  }
  assert.equal(clock.pending, 0);
});
