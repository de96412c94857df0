/** Registries that stall, break off, lie or are none. */
import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { execFileSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { ImageResult } from "../../api/ports/images.ts";
import type { Clock } from "../../std/clock.ts";
import { systemClock } from "../../std/clock.ts";
import { requires } from "../../testing/requirements.ts";
import { pullWorld, startRegistry, type FakeRegistry, type WorldOptions } from "./fixtures/registry.ts";

const signal = AbortSignal.timeout(120_000);
const BIG = Buffer.from(Array.from({ length: 400_000 }, (_, index) => (index * 7919) % 251));

/** Waits are over at once; what they were is in `waits`. Those for silence take a moment, so that bytes may come. */
function hastyClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    ...systemClock,
    waits,
    setTimer(delayMs, callback) {
      if (delayMs < 30_000) waits.push(delayMs);
      return systemClock.setTimer(delayMs >= 30_000 ? 300 : 0, callback);
    },
  };
}

interface Trial {
  readonly registry: FakeRegistry;
  readonly layer: string;
  readonly folder: string;
  readonly waits: readonly number[];
  pull(): Promise<ImageResult>;
}

/** An image with a layer of some size, and a registry that answers requests for the layer with `answer`. */
async function trial(
  t: TestContext,
  answer: (trial: Trial, request: IncomingMessage, response: ServerResponse) => boolean,
  options: WorldOptions = {},
) {
  const registry = await startRegistry(t);
  const { layers } = await registry.image("app", { layers: [[{ name: "big", body: BIG }]] });
  const clock = hastyClock();
  const { images, folder } = await pullWorld(t, { clock, ...options });
  const layer = layers[0]?.digest ?? "";
  const reference = `${registry.host}/app:v1`;
  const made: Trial = {
    registry,
    layer,
    folder,
    waits: clock.waits,
    pull: () => images.ensure({ reference, pullPolicy: "IfNotPresent" }, signal),
  };
  registry.before = (request, response) => (request.url ?? "").endsWith(layer) && answer(made, request, response);
  return made;
}

const layerRequests = ({ registry, layer }: Trial) => registry.log.filter((line) => line.endsWith(layer)).length;

test("a download that breaks off goes on where it ended", async (t) => {
  let asked: (string | undefined)[] = [];
  const made = await trial(t, ({ registry, layer }, request, response) => {
    asked = [...asked, request.headers.range];
    if (asked.length > 2) return false;
    const blob = registry.blobs.get(layer) as Buffer;
    const start = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
    const range = start === 0 ? {} : { "content-range": `bytes ${start}-${blob.length - 1}/${blob.length}` };
    response.writeHead(start === 0 ? 200 : 206, { "content-length": blob.length - start, ...range });
    response.write(blob.subarray(start, start + 100), () => response.destroy());
    return true;
  });
  const result = await made.pull();
  assert.equal(result.kind, "ok", JSON.stringify(result));
  assert.deepEqual(asked, [undefined, "bytes=100-", "bytes=200-"]);
});

test("a registry that knows no ranges is read from the beginning again", async (t) => {
  let asked = 0;
  const made = await trial(t, ({ registry, layer }, _, response) => {
    const blob = registry.blobs.get(layer) as Buffer;
    asked += 1;
    response.writeHead(200, { "content-length": blob.length });
    if (asked === 1) response.write(blob.subarray(0, 150), () => response.destroy());
    else response.end(blob);
    return true;
  });
  assert.equal((await made.pull()).kind, "ok");
});

test("a download that stalls is taken up again, and given up when nothing comes at all", async (t) => {
  let asked = 0;
  const once = await trial(t, ({ registry, layer }, _, response) => {
    asked += 1;
    if (asked > 1) return false;
    response.writeHead(200).write((registry.blobs.get(layer) as Buffer).subarray(0, 50));
    return true;
  });
  assert.equal((await once.pull()).kind, "ok");
  const always = await trial(t, (_, _request, response) => {
    response.writeHead(200).write("");
    response.flushHeaders();
    return true;
  });
  const result = await always.pull();
  assert.match(result.kind === "failed" ? result.message : "", /GET http.*\/blobs\/sha256:\w+: no byte came for 30 s$/);
  assert.equal(layerRequests(always), 4);
  assert.deepEqual(
    always.waits.filter((ms) => ms >= 250),
    [500, 1000, 2000],
  );
});

test("a registry that is busy for a while is asked again", async (t) => {
  let asked = 0;
  const made = await trial(t, (_, _request, response) => {
    asked += 1;
    if (asked > 3) return false;
    response.writeHead(asked === 1 ? 429 : 503).end("busy");
    return true;
  });
  assert.equal((await made.pull()).kind, "ok");
  assert.equal(asked, 4);
});

test("a registry that does not answer at all is given up", async (t) => {
  const made = await trial(t, () => true);
  const result = await made.pull();
  assert.match(result.kind === "failed" ? result.message : "", /GET http.*: no answer within 30 s$/);
});

interface Lie {
  readonly what: string;
  readonly says: RegExp;
  answer(blob: Buffer, response: ServerResponse, request: IncomingMessage): void;
}

const LIES: readonly Lie[] = [
  {
    what: "is longer than its manifest says",
    says: /expected \d+ bytes, got more$/,
    answer: (blob, response) => void response.end(Buffer.concat([blob, Buffer.from("more")])),
  },
  {
    what: "ends early with a length to match",
    says: /the blob ends after 100 bytes, but the manifest states \d+$/,
    answer: (blob, response, { headers }) =>
      void (headers.range === undefined ? response.end(blob.subarray(0, 100)) : response.writeHead(416).end()),
  },
  {
    what: "ends early again and again",
    says: /it ended after 10 of \d+ bytes$/,
    answer: (blob, response) => void response.end(blob.subarray(0, 10)),
  },
  {
    what: "has another content",
    says: /expected sha256:\w+, got sha256:\w+$/,
    answer: (blob, response) => void response.end(Buffer.alloc(blob.length, 65)),
  },
  {
    what: "is an HTML page",
    says: /the answer is an HTML page \("Sign in"\): is there a registry at this address\?$/,
    answer: (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html><title>Sign in</title></html>"),
  },
  {
    what: "goes on at another place than asked",
    says: /asked for the bytes from 100, got bytes 7-/,
    answer: (blob, response, { headers }) => {
      if (headers.range !== undefined)
        return void response.writeHead(206, { "content-range": `bytes 7-${blob.length}/${blob.length}` }).end(blob);
      response.writeHead(200, { "content-length": blob.length });
      response.write(blob.subarray(0, 100), () => response.destroy());
    },
  },
  {
    what: "is refused with control characters in the words",
    says: /DENIED: no \[31m way$/,
    answer: (_, response) =>
      void response.writeHead(418).end(JSON.stringify({ errors: [{ code: "DENIED", message: "no\n\u001b[31m\u0007way" }] })),
  },
];

for (const { what, says, answer } of LIES) {
  test(`a layer that ${what} is refused, and nothing of it stays`, async (t) => {
    const made = await trial(t, ({ registry, layer }, request, response) => {
      answer(registry.blobs.get(layer) as Buffer, response, request);
      return true;
    });
    const result = await made.pull();
    assert.match(result.kind === "failed" ? result.message : JSON.stringify(result), says);
    assert.deepEqual(await readdir(join(made.folder, "content/ingest")), []);
    const blobs = await readdir(join(made.folder, "content/blobs/sha256"));
    assert.ok(!blobs.includes(made.layer.slice("sha256:".length)));
    made.registry.before = () => false;
    assert.equal((await made.pull()).kind, "ok", "the next pull of an honest registry works");
  });
}

test("a manifest that lies about its digest, and an HTML page in its place, are refused", async (t) => {
  const registry = await startRegistry(t);
  const { descriptor } = await registry.image("app");
  const { images } = await pullWorld(t);
  const ask = async (reference: string) => {
    const result = await images.ensure({ reference, pullPolicy: "IfNotPresent" }, signal);
    return result.kind === "failed" ? result.message : "ok";
  };
  registry.before = (_, response) => Boolean(response.setHeader("docker-content-digest", descriptor.digest).end("{}"));
  assert.match(await ask(`${registry.host}/app:v1`), /expected sha256:\w+, but the content has sha256:44136fa/);
  assert.match(await ask(`${registry.host}/app@${descriptor.digest}`), /but the content has sha256:44136fa/);
  registry.before = (_, response) => Boolean(response.setHeader("content-type", "text/html").end("<html>"));
  assert.match(await ask(`${registry.host}/app:v1`), /an HTML page: is there a registry at this address/);
  registry.before = (_, response) => Boolean(response.end("{"));
  assert.match(await ask(`${registry.host}/app:v1`), /the manifest is not JSON/);
});

test("an image that is larger than allowed is refused before any of it comes", async (t) => {
  const made = await trial(t, () => false, { maxImageBytes: 100 });
  const result = await made.pull();
  assert.match(result.kind === "failed" ? result.message : "", /the image has \d+ bytes, more than the 100 that are allowed$/);
  assert.equal(layerRequests(made), 0);
});

test("a layer that does not unpack fails the pull with the reason", async (t) => {
  const registry = await startRegistry(t);
  await registry.image("app", { layers: [[{ name: "../../escape", body: "x" }]] });
  const { images } = await pullWorld(t);
  const result = await images.ensure({ reference: `${registry.host}/app:v1`, pullPolicy: "Always" }, signal);
  assert.match(result.kind === "failed" ? result.message : "", /^failed to unpack image ".*": the layer names a path outside of the image/);
});

test(
  "a full disk fails the pull in words, leaves nothing half done, and room makes it work",
  { skip: requires("linux", "root") },
  async (t) => {
    const made = await trial(t, () => false);
    const rootfs = join(made.folder, "rootfs");
    await mkdir(rootfs);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", rootfs], { stdio: "ignore" });
    } catch {
      return t.skip("this machine does not let root mount");
    }
    try {
      const result = await made.pull();
      assert.match(
        result.kind === "failed" ? result.message : "",
        /^failed to unpack image ".*": no space left on the disk of the unpacked images$/,
      );
      assert.deepEqual(await readdir(join(rootfs, "layers")), []);
      execFileSync("mount", ["-o", "remount,size=4m", rootfs]);
      assert.equal((await made.pull()).kind, "ok");
    } finally {
      execFileSync("umount", ["-l", rootfs]);
    }
  },
);
