import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../../api/meta/object.ts";
import { ManualClock, settle } from "../../../testing/clock.ts";
import type { Store } from "../store/contract.ts";
import { createMemoryStore } from "../store/memory.ts";
import { KindCache, type CacheEvent } from "./kind-cache.ts";
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
    events.map(({ type, key, previousKnown }) => [type, key, previousKnown]),
    [
      ["MODIFIED", "n/a", true],
      ["ADDED", "n/b", true],
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

test("the history is limited by number and by weight, and says from when it is whole", () => {
  const few = new KindCache({ maxEvents: 2, maxWeight: 100 }, 0);
  for (let revision = 1; revision <= 5; revision += 1) few.apply(event(revision, `k${revision}`));
  assert.equal(few.oldest, 3);
  assert.deepEqual(
    few.since(3).map(({ revision }) => revision),
    [4, 5],
  );
  const light = new KindCache({ maxEvents: 100, maxWeight: 10 }, 0);
  for (let revision = 1; revision <= 3; revision += 1) light.apply(event(revision, `k${revision}`, "ADDED", 5));
  assert.equal(light.oldest, 1);
});

test("keys stay sorted whatever order they come in, and the past can be read", () => {
  const cache = new KindCache(DEFAULT_CACHE_OPTIONS, 0);
  for (const [i, key] of ["b/z", "a/b", "b/a", "a-b/c"].entries()) cache.apply(event(i + 1, key));
  assert.deepEqual(cache.keys(""), ["a-b/c", "a/b", "b/a", "b/z"]);
  assert.deepEqual(cache.keys("a/"), ["a/b"]);
  assert.deepEqual(
    cache.listAt("", 2)?.map(({ key }) => key),
    ["a/b", "b/z"],
  );
  assert.equal(cache.listAt("", -1), undefined);
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
  const cache = new KindCache(DEFAULT_CACHE_OPTIONS, 0);
  const stream = feedBytes(new WatchFeed(watchOf(cache, { clock, timeoutMs: 60_000 }), bytesForm(plain)));
  for (let revision = 1; revision <= 6_000; revision += 1) cache.apply(event(revision, "k", "MODIFIED"));
  assert.equal(clock.pending, 0, "its timer is gone");
  let lines = 0;
  for await (const part of stream as AsyncIterable<Uint8Array>) lines += new TextDecoder().decode(part).split("\n").length - 1;
  assert.ok(lines < 6_000 && lines > 0);
});

test("an event is encoded once for all watchers of one form", () => {
  const cache = new KindCache(DEFAULT_CACHE_OPTIONS, 0);
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
  const cache = new KindCache(DEFAULT_CACHE_OPTIONS, 0);
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
