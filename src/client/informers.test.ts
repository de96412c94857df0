import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfigMap } from "../api/k8s/types.generated.ts";
import { apiError } from "../api/meta/errors.ts";
import type { KindRef } from "../api/meta/kind.ts";
import type { KubeObject } from "../api/meta/object.ts";
import { deepFreeze } from "../std/json.ts";
import { silentLogger, type Logger } from "../std/logger.ts";
import { ManualClock, settle } from "../testing/clock.ts";
import { CachedInformer } from "./cached-informer.ts";
import { createClient } from "./client.ts";
import { createInformers } from "./informers.ts";
import type { Change, Informers } from "./types.ts";

const MAP: KindRef<ConfigMap> = { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };

function map(name: string, resourceVersion: string, more: { uid?: string; data?: Record<string, string> } = {}): ConfigMap {
  return {
    metadata: { namespace: "ns", name, resourceVersion, uid: more.uid ?? name },
    ...(more.data === undefined ? {} : { data: more.data }),
  };
}

/** A server whose lists are given beforehand and whose watches are driven by hand. */
class ScriptedServer {
  readonly clock = new ManualClock();
  readonly requests: string[] = [];
  readonly watches: ReadableStreamDefaultController<Uint8Array>[] = [];
  readonly failures: string[] = [];
  readonly informers: Informers;
  #lists: { items: ConfigMap[]; version: string }[];

  constructor(lists: { items: ConfigMap[]; version: string }[], logger: Logger = silentLogger) {
    this.#lists = lists;
    const client = createClient({ transport: this.#answer, userAgent: "test" });
    this.informers = createInformers({ client, clock: this.clock, random: () => 0, logger });
  }

  readonly #answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const watch = url.searchParams.get("watch") === "true";
    this.requests.push(watch ? `watch ${url.searchParams.get("resourceVersion")}` : "list");
    const failure = this.failures.shift();
    if (failure !== undefined) throw new TypeError(failure);
    if (watch) return new Response(new ReadableStream({ start: (controller) => void this.watches.push(controller) }));
    const list = this.#lists.length > 1 ? this.#lists.shift() : this.#lists[0];
    return Response.json({ metadata: { resourceVersion: list?.version }, items: list?.items });
  };

  send(type: string, object: object): void {
    this.watches.at(-1)?.enqueue(new TextEncoder().encode(`${JSON.stringify({ type, object })}\n`));
  }
}

const tell = (change: Change<ConfigMap>) => `${change.type} ${change.object.metadata.name}@${change.object.metadata.resourceVersion}`;

test("lists, follows the watch and tells a late subscriber what is known", async () => {
  const server = new ScriptedServer([{ items: [map("a", "1")], version: "5" }]);
  await using informers = server.informers;
  const informer = informers.of(MAP);
  assert.equal(informers.of(MAP), informer);
  await informers.synced();
  await settle();
  const seen: string[] = [];
  using _subscription = informer.subscribe((change) => seen.push(tell(change)));
  server.send("MODIFIED", map("a", "6"));
  server.send("ADDED", map("b", "7"));
  server.send("DELETED", map("a", "8"));
  await settle();
  assert.deepEqual(seen, ["added a@1", "updated a@6", "added b@7", "deleted a@8"]);
  assert.deepEqual(
    informer.list("ns").map((object) => object.metadata.name),
    ["b"],
  );
  assert.deepEqual(server.requests, ["list", "watch 5"]);
});

test("an event reaches its subscriber in the macrotask in which its bytes arrive", async () => {
  const server = new ScriptedServer([{ items: [], version: "1" }]);
  await using informers = server.informers;
  const informer = informers.of(MAP);
  await informers.synced();
  await settle();
  const order: string[] = [];
  informer.subscribe(() => order.push("event"));
  const macrotask = new Promise<void>((resolve) => setImmediate(() => resolve(void order.push("next macrotask"))));
  server.send("ADDED", map("a", "2"));
  await macrotask;
  assert.deepEqual(order, ["event", "next macrotask"]);
});

test("resumes a closed watch at the last version, bookmarks included", async () => {
  const server = new ScriptedServer([{ items: [], version: "1" }]);
  await using informers = server.informers;
  informers.of(MAP);
  await informers.synced();
  await settle();
  server.send("BOOKMARK", { metadata: { resourceVersion: "40" } });
  await settle();
  server.watches[0]?.close();
  await settle();
  server.watches[1]?.error(new Error("connection reset"));
  await server.clock.advance(60);
  assert.deepEqual(server.requests, ["list", "watch 1", "watch 40", "watch 40"]);
});

test("lists again after 410 and tells only the difference; another uid is a deletion and an addition", async () => {
  const first = [map("kept", "1"), map("gone", "2"), map("changed", "3"), map("reborn", "4", { uid: "old" })];
  const second = [map("kept", "1"), map("changed", "8"), map("reborn", "9", { uid: "new" }), map("fresh", "7")];
  const server = new ScriptedServer([
    { items: first, version: "5" },
    { items: second, version: "9" },
  ]);
  await using informers = server.informers;
  const informer = informers.of(MAP);
  await informers.synced();
  await settle();
  const seen: string[] = [];
  informer.subscribe((change) => seen.push(tell(change)));
  seen.length = 0;
  server.send("ERROR", { ...apiError("Expired", "too old resource version").status });
  await server.clock.advance(100);
  assert.deepEqual(seen, ["updated changed@8", "deleted reborn@4", "added reborn@9", "added fresh@7", "deleted gone@2"]);
  assert.equal(server.requests.at(-1), "watch 9");
});

test("backs off while the transport is broken, longer each time", async () => {
  const server = new ScriptedServer([{ items: [], version: "1" }]);
  await using informers = server.informers;
  server.failures.push("refused", "refused", "refused");
  informers.of(MAP);
  const counts: number[] = [];
  for (const step of [0, 50, 99, 1, 200]) {
    await server.clock.advance(step);
    counts.push(server.requests.filter((request) => request === "list").length);
  }
  assert.deepEqual(counts, [1, 2, 2, 3, 4]);
  await informers.synced();
});

test("objects are frozen, and one subscriber's exception does not reach the others", async () => {
  const errors: string[] = [];
  const server = new ScriptedServer([{ items: [map("a", "1", { data: { x: "1" } })], version: "1" }], {
    ...silentLogger,
    error: (message) => void errors.push(message),
  });
  await using informers = server.informers;
  const informer = informers.of(MAP);
  let heard = 0;
  informer.subscribe(() => assert.fail("this listener is broken"));
  informer.subscribe(() => void (heard += 1));
  await informers.synced();
  assert.equal(heard, 1);
  assert.deepEqual(errors, ["informer listener failed"]);
  assert.throws(() => ((informer.list()[0]?.data ?? {})["x"] = "2"), TypeError);
});

test("indexes follow the objects", async () => {
  const server = new ScriptedServer([{ items: [map("a", "1", { data: { team: "red" } })], version: "1" }]);
  await using informers = server.informers;
  const informer = informers.of(MAP);
  informer.addIndex("team", (object) => [object.data?.["team"] ?? ""]);
  await informers.synced();
  await settle();
  assert.equal(informer.byIndex("team", "red").length, 1);
  server.send("MODIFIED", map("a", "2", { data: { team: "blue" } }));
  await settle();
  assert.deepEqual([informer.byIndex("team", "red").length, informer.byIndex("team", "blue").length], [0, 1]);
});

test("disposal ends the watch, leaves no timer, and rejects who still waits for the first list", async () => {
  const server = new ScriptedServer([{ items: [], version: "1" }]);
  server.failures.push("refused");
  const informer = server.informers.of(MAP);
  await settle();
  assert.equal(server.clock.pending, 1);
  await server.informers[Symbol.asyncDispose]();
  assert.equal(server.clock.pending, 0);
  await assert.rejects(informer.synced, { name: "AbortError" });
  assert.throws(() => server.informers.of({ ...MAP, plural: "others" }), { name: "AbortError" });
});

test("an object of a server in this thread is shared; of one that came as text only what is read is kept", () => {
  const managed = (name: string) => ({
    ...map(name, "1", { data: { x: "1" } }),
    metadata: { ...map(name, "1").metadata, managedFields: [] },
  });
  const informer = new CachedInformer(MAP, { logger: silentLogger });
  const shared = deepFreeze(managed("shared"));
  informer.replace([shared, managed("text")]);
  assert.equal(informer.get({ namespace: "ns", name: "shared" }), shared);
  assert.deepEqual(informer.get({ namespace: "ns", name: "text" }), map("text", "1", { data: { x: "1" } }));
  const project = <T extends KubeObject>(_kind: KindRef<T>, { metadata }: T) => ({ metadata }) as T;
  const projecting = new CachedInformer(MAP, { logger: silentLogger, project });
  projecting.replace([map("a", "1", { data: { x: "1" } })]);
  assert.deepEqual(projecting.list(), [map("a", "1")]);
});
