/** Functions in Go and Python: built without a container engine, run here and on a platform. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFile, cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { DRIVER_ANNOTATION } from "../../src/api/names/kinetic.ts";
import { skipOci } from "../../src/control/node/drivers/oci/fixtures/oci-world.ts";
import { buildFunction } from "../../src/functions/build/build-function.ts";
import type { BuildContext, LanguagePack, LocalProgram, Outcome, Program } from "../../src/functions/build/contract.ts";
import { goPack } from "../../src/functions/build/go/go-pack.ts";
import { pythonPack } from "../../src/functions/build/python/python-pack.ts";
import { runTool } from "../../src/functions/build/toolchain/run-tool.ts";
import { startLocal, type LocalFunction } from "../../src/functions/dev/process.ts";
import { ContentStore } from "../../src/images/content-store.ts";
import { nodeDisk } from "../../src/images/node-disk.ts";
import { imagePlatform } from "../../src/images/oci/platform.ts";
import { systemClock } from "../../src/std/clock.ts";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, ROOT, startKinetic, temporaryFolder } from "./harness.ts";

const skip = requires("go", "python", "linux");
const { os, architecture } = imagePlatform(process.arch);
const platform = { os, architecture };

interface Folders {
  readonly root: string;
  readonly cache: string;
}

async function copyOf(t: TestContext, source: string): Promise<Folders> {
  const folder = await temporaryFolder(t);
  const root = join(folder, "function");
  await cp(join(ROOT, source), root, { recursive: true });
  return { root, cache: join(folder, "cache") };
}

function contextOf({ root, cache }: Folders, runtime: string, invoke?: "cloudevent"): BuildContext {
  const config = { specVersion: "0.36.0", name: "f", runtime, created: "", ...(invoke === undefined ? {} : { invoke }) };
  return { root, cache, config, signal: new AbortController().signal, output: () => {}, env: process.env };
}

function value<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.kind === "ok", JSON.stringify(outcome));
  return outcome.value;
}

/** Hash of everything that an image of the program has. */
async function contentOf({ layers, ...rest }: Program): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(rest));
  for (const { name, files } of layers) {
    hash.update(`${name}\n`);
    for (const { path, mode, content } of files) {
      hash.update(`${path} ${mode ?? ""}\n`);
      if ("folder" in content) continue;
      hash.update("link" in content ? content.link : "bytes" in content ? content.bytes : await readFile(content.file));
    }
  }
  return hash.digest("hex");
}

async function start(t: TestContext, program: LocalProgram, readinessPath: string, output: (text: string) => void): Promise<LocalFunction> {
  const env = { ...process.env, GREETING: "hello" };
  const options = { clock: systemClock, env, readinessPath, timeoutMs: 20_000, output };
  const started = await startLocal(program, options, new AbortController().signal);
  assert.ok(started.kind === "ready", JSON.stringify(started));
  t.after(() => started.running.stop(0));
  return started.running;
}

const EVENT = { "ce-specversion": "1.0", "ce-id": "7", "ce-source": "/test", "ce-type": "t", "content-type": "application/json" };

const packs: readonly (readonly [string, LanguagePack])[] = [
  ["go", goPack],
  ["python", pythonPack],
];
for (const [language, pack] of packs) {
  test(`${language}: the same source gives the same program in another folder`, { skip, timeout: 180_000 }, async (t) => {
    const contents: string[] = [];
    for (const folders of [
      await copyOf(t, `templates/functions/${language}/http`),
      await copyOf(t, `templates/functions/${language}/http`),
    ])
      contents.push(await contentOf(value(await pack.program(contextOf(folders, language), platform))));
    assert.equal(contents[0], contents[1]);
  });

  test(`${language}: the template of events answers one with one`, { skip, timeout: 180_000 }, async (t) => {
    const folders = await copyOf(t, `templates/functions/${language}/cloudevents`);
    const program = value(await pack.local(contextOf(folders, language, "cloudevent"), join(folders.cache, "local")));
    const { port } = await start(t, program, "/health/readiness", () => {});
    const call = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body: '{"n":1}' });
    const answer = await call(EVENT);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("ce-type"), "function.response");
    assert.equal(answer.headers.get("ce-source"), "function");
    assert.deepEqual(await answer.json(), { message: "OK" });
    const refused = await call({ "content-type": "application/json" });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /not a CloudEvent: neither a header ce-specversion/);
    const batch = await call({ "content-type": "application/cloudevents-batch+json" });
    assert.equal(batch.status, 415);
  });
}

test("go: a function starts, tells when it is ready, finishes its requests and stops", { skip, timeout: 180_000 }, async (t) => {
  const folders = await copyOf(t, "test/e2e/functions/go-lifecycle");
  const program = value(await goPack.local(contextOf(folders, "go"), join(folders.cache, "local")));
  let printed = "";
  const running = await start(t, program, "/health/liveness", (text) => (printed += text));
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${running.port}${path}`);
    return [answer.status, (await answer.text()).trim()];
  };
  assert.deepEqual(await ask("/health/readiness"), [503, "NOT READY"]);
  assert.deepEqual(await ask("/ready?broken"), [200, "hello /ready"]);
  assert.deepEqual(await ask("/health/readiness"), [500, "no database"]);
  await ask("/ready?yes");
  assert.deepEqual(await ask("/health/readiness"), [200, "READY"]);
  const slow = ask("/slow");
  await eventually("the request has begun", async () => assert.match(printed, /slow began/));
  await running.stop(20_000);
  assert.deepEqual(await slow, [200, "hello /slow"]);
  assert.equal(await running.ended, "it ended with code 0");
  assert.match(printed, /stopped hello/);
});

test("go: the program around a function serves each of its forms", { skip, timeout: 180_000 }, async (t) => {
  const { root } = await copyOf(t, "templates/functions/go/cloudevents");
  const folder = join(root, "scaffold");
  await cp(join(ROOT, "test/e2e/functions/go-scaffold"), folder, { recursive: true });
  for (const name of ["main.go", "lifecycle.go", "events.go"]) await cp(join(ROOT, "templates/scaffolding/go", name), join(folder, name));
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  const argv = ["go", "test", "-trimpath", "-vet=off", "-count=1", "./scaffold"];
  const tested = await runTool(argv, { cwd: root, env, signal: new AbortController().signal });
  assert.equal(tested.code, 0, tested.stdout + tested.stderr);
});

test("go: what does not compile says where, and nothing is left behind", { skip, timeout: 180_000 }, async (t) => {
  const folders = await copyOf(t, "templates/functions/go/http");
  await appendFile(join(folders.root, "function.go"), "\nvar broken int = missing\n");
  const lines = (await readFile(join(folders.root, "function.go"), "utf8")).split("\n").length;
  const before = await readdir(folders.root, { recursive: true });
  const outcome = await goPack.program(contextOf(folders, "go"), platform);
  assert.ok(outcome.kind === "failed");
  assert.match(outcome.output, /function\.go:\d+:18: undefined: missing/);
  assert.deepEqual(outcome.diagnostics, [{ file: "function.go", line: lines - 1, column: 18, text: "undefined: missing" }]);
  assert.deepEqual(await readdir(folders.root, { recursive: true }), before);
  assert.deepEqual(await readdir(folders.cache), []);
  const missing = await goPack.program({ ...contextOf(folders, "go"), env: { PATH: "/nowhere" } }, platform);
  assert.ok(missing.kind === "refused" && /go command is not on the PATH/.test(missing.message) && missing.hint !== undefined);
});

/** Builds an image and puts it into the store of a platform. */
async function deployed(t: TestContext, dataDir: string, [language, pack]: readonly [string, LanguagePack]): Promise<string> {
  const folders = await copyOf(t, `templates/functions/${language}/http`);
  await mkdir(folders.cache);
  const reference = `kinetic.local/${language}:latest`;
  const built = value(await buildFunction(contextOf(folders, language), { packs: [pack], reference, version: "test" }));
  const store = new ContentStore({ disk: nodeDisk(), folder: join(dataDir, "images"), ownPorts: [] });
  for (const name of await readdir(join(built.layout, "blobs/sha256")))
    await store.putBlob(await readFile(join(built.layout, "blobs/sha256", name)));
  const parsed = store.parse(reference);
  assert.ok(parsed.kind === "ok");
  const size = (await readFile(join(built.layout, "blobs", built.digest.replace(":", "/")))).length;
  await store.tag(parsed.reference, { mediaType: "application/vnd.oci.image.index.v1+json", digest: built.digest, size });
  return reference;
}

/** A container may ask for what a process cannot have. */
const strict: Readonly<Record<string, object>> = { oci: { securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true } } };

test("go and python: functions answer on a platform, as processes and as containers", { skip, timeout: 240_000 }, async (t) => {
  const platformHere = await startKinetic(t);
  const services: object[] = [];
  for (const pack of packs) {
    const image = await deployed(t, platformHere.dataDir, pack);
    for (const driver of skipOci === false ? ["process", "oci"] : ["process"])
      services.push({
        ...{ apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name: `${pack[0]}-${driver}` } },
        spec: {
          template: { metadata: { annotations: { [DRIVER_ANNOTATION]: driver } }, spec: { containers: [{ image, ...strict[driver] }] } },
        },
      });
  }
  const manifest = join(platformHere.dataDir, "services.json");
  await writeFile(manifest, JSON.stringify({ apiVersion: "v1", kind: "List", items: services }));
  await platformHere.kubectlOk(["apply", "-f", manifest]);
  for (const { metadata } of services as { metadata: { name: string } }[])
    await eventually(`${metadata.name} answers`, async () => {
      const { status, body } = await platformHere.get(`${metadata.name}.default.localhost`);
      assert.deepEqual([status, body.trim()], [200, "OK"], await platformHere.kubectlOk(["get", "ksvc,pod", "-o", "wide"]));
    });
  const pods = await platformHere.kubectlOk(["get", "pod", "-o", 'jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\\n"}{end}']);
  for (const line of pods.trim().split("\n")) assert.match(line, /-process-.* 127\.|-oci-.* (?!127\.)\d/, pods);
});
