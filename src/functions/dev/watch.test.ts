import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { openInspectorPort } from "./inspector.ts";
import { watchFunction } from "./watch.ts";

async function project(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), "kinetic-watch-"));
  t.after(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, "index.js"), "1");
  return root;
}

test("watch: a save is told once, what is ignored is not", async (t) => {
  const root = await project(t);
  await mkdir(join(root, "node_modules"));
  const told: string[][] = [];
  let next = Promise.withResolvers<void>();
  await using _ = await watchFunction({
    root,
    clock: systemClock,
    ignored: (path) => path.endsWith(".log"),
    onChange: (paths) => {
      told.push([...paths]);
      next.resolve();
    },
  });
  await writeFile(join(root, "x.log"), "1");
  await writeFile(join(root, "node_modules/y.js"), "1");
  await writeFile(join(root, "index.js"), "2");
  await next.promise;
  assert.deepEqual(told, [["index.js"]]);
  next = Promise.withResolvers<void>();
  await mkdir(join(root, "lib"));
  await writeFile(join(root, "lib/a.js"), "1");
  while (!told.flat().includes("lib/a.js")) {
    await next.promise;
    next = Promise.withResolvers<void>();
  }
});

test("inspector port: one port leads to whatever runs now", async (t) => {
  const serverOf = async (text: string) => {
    const server = createServer((socket) => socket.end(text)).listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  await using inspector = await openInspectorPort(0);
  const said = async () => {
    const socket = connect(inspector.port, "127.0.0.1").on("error", () => {});
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    await once(socket, "close");
    return text;
  };
  assert.equal(await said(), "");
  inspector.lead(await serverOf("first"));
  assert.equal(await said(), "first");
  inspector.lead(await serverOf("second"));
  assert.equal(await said(), "second");
});
