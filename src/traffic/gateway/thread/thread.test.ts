import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import type { StatReport } from "../../../api/ports/stats.ts";
import { moduleUrl } from "../../../std/module-url.ts";
import { ask, backend, rawSocket, until } from "../fixtures/gateway-world.ts";
import * as objects from "../fixtures/objects.ts";
import { startGatewayThread } from "./start.ts";

const config = { name: "thread", external: [{ host: "127.0.0.1", port: 0 }], internal: [], drainMs: 200 };
const spawn = () => new Worker(moduleUrl(import.meta.url, "../fixtures/thread-worker"));

/** An API server that has these objects and whose watches stay silent. */
function apiServer(lists: Readonly<Record<string, readonly object[]>>) {
  return async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const plural = url.pathname.split("/").at(-1) ?? "";
    if (url.searchParams.get("watch") === "true") return new Response(new ReadableStream({}));
    return Response.json({ metadata: { resourceVersion: "1" }, items: lists[plural] ?? [] });
  };
}

function resources(port: number) {
  return apiServer({
    revisions: [objects.revision("rev")],
    ingresses: [objects.ingress("app", { hosts: ["app.example.com"], splits: [{ revision: "rev", percent: 100 }] })],
    endpointslices: [objects.slice("rev", port)],
  });
}

test("a gateway in a worker serves what it reads through the port, reports and answers drain asks", async () => {
  const reports: StatReport[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await using app = await backend(async (request, response) => {
    if (request.url === "/slow") await held;
    response.end("from the worker");
  });
  const statSink = (report: StatReport) => void reports.push(report);
  await using gateway = await startGatewayThread(spawn(), { transport: resources(app.port), statSink, config });
  const port = gateway.addresses.external[0]?.port ?? 0;
  assert.equal((await ask(port)).body, "from the worker");
  const slow = ask(port, { path: "/slow" });
  await until(() => reports.some((report) => (report.stats[0]?.concurrency ?? 0) > 0), "the request in the report");
  let drained = false;
  const drain = gateway.drainGate.drained(`pod-${app.port}`, new AbortController().signal).then(() => (drained = true));
  const ask2 = gateway.drainGate.drained("unknown-pod", new AbortController().signal);
  await ask2;
  assert.equal(drained, false, "a request is still in flight");
  release();
  assert.equal((await slow).body, "from the worker");
  await drain;
});

test("an address that is taken rejects the start with the system's words", async () => {
  await using app = await backend(() => {});
  const taken = { ...config, external: [{ host: "127.0.0.1", port: app.port }] };
  await assert.rejects(startGatewayThread(spawn(), { transport: resources(1), statSink: () => {}, config: taken }), /EADDRINUSE/);
});

test("when the thread dies its drain asks are answered and `ended` says so", async () => {
  const worker = spawn();
  const gateway = await startGatewayThread(worker, { transport: resources(1), statSink: () => {}, config });
  const socket = await rawSocket(gateway.addresses.external[0]?.port ?? 0);
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n");
  await worker.terminate();
  assert.match(String(await gateway.ended), /ended with code 1/);
  await gateway.drainGate.drained("pod-1", new AbortController().signal);
  socket.destroy();
  await gateway[Symbol.asyncDispose]();
});
