/** Functions in Node and TypeScript: built without a container engine, pushed, and running on a platform. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { DRIVER_ANNOTATION } from "../../src/api/names/kinetic.ts";
import { skipOci } from "../../src/control/node/drivers/oci/fixtures/oci-world.ts";
import { buildFunction, type BuiltImage } from "../../src/functions/build/build-function.ts";
import type { BuildContext } from "../../src/functions/build/contract.ts";
import { nodePack, typescriptPack } from "../../src/functions/build/node/node-pack.ts";
import { nodeHttp } from "../../src/images/pull/node-http.ts";
import { Registries } from "../../src/images/pull/registries.ts";
import { pushLayout, type PushAccess } from "../../src/images/push/push.ts";
import { systemClock } from "../../src/std/clock.ts";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, httpGet, ROOT, startKinetic, temporaryFolder, type Kinetic } from "./harness.ts";

const skip = requires("linux");
const signal = new AbortController().signal;
/** One for all: what one function has built the next one need not build. */
const cache = await mkdtemp(join(tmpdir(), "kinetic-e2e-cache-"));
after(() => rm(cache, { recursive: true, force: true }));

async function copyOf(t: TestContext, source: string): Promise<string> {
  const root = join(await temporaryFolder(t), "function");
  await cp(join(ROOT, source), root, { recursive: true });
  return root;
}

async function built(root: string, runtime: string, reference: string): Promise<BuiltImage> {
  const config = { specVersion: "0.36.0", name: "f", runtime, created: "" };
  const context: BuildContext = { root, cache, config, signal, output: () => {}, env: process.env };
  const outcome = await buildFunction(context, { packs: [nodePack, typescriptPack], reference, version: "test" });
  assert.ok(outcome.kind === "ok", JSON.stringify(outcome));
  return outcome.value;
}

function access(t: TestContext): PushAccess {
  const client = nodeHttp();
  t.after(() => client[Symbol.dispose]());
  return { http: client.http, clock: systemClock, registries: new Registries("/nowhere"), given: {}, insecure: false };
}

async function pushed(t: TestContext, { layout, reference }: BuiltImage): Promise<string> {
  const result = await pushLayout(access(t), { layout, reference }, signal);
  assert.ok(result.kind === "ok", JSON.stringify(result));
  return result.digest;
}

function layersOf(image: BuiltImage): Map<string, string> {
  return new Map(image.platforms.flatMap(({ layers }) => layers.map(({ name, digest }) => [name, digest] as const)));
}

interface Wanted {
  readonly name: string;
  readonly image: string;
  readonly driver: "process" | "oci";
}

/** A container may ask for what a process cannot have. */
const STRICT = { securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 1000 } };

async function apply(kinetic: Kinetic, wanted: readonly Wanted[]): Promise<void> {
  const items = wanted.map(({ name, image, driver }) => ({
    ...{ apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name } },
    spec: {
      template: {
        metadata: { annotations: { [DRIVER_ANNOTATION]: driver } },
        spec: { containers: [{ image, ...(driver === "oci" ? STRICT : {}) }] },
      },
    },
  }));
  const file = join(kinetic.dataDir, "services.json");
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kinetic.kubectlOk(["apply", "-f", file]);
}

const EVENT = { "ce-specversion": "1.0", "ce-id": "7", "ce-source": "/test", "ce-type": "t", "content-type": "application/json" };
const DRIVERS = skipOci === false ? (["process", "oci"] as const) : (["process"] as const);

/**
 * A function that proves what a system below it has to give: names, TLS, an account, authorities; and nothing to write to.
 */
const PROBE = `
const { writeFileSync, readFileSync } = require("node:fs");
const { userInfo } = require("node:os");
const { get } = require("node:https");
const attempt = (work) => { try { return work() ?? "ok"; } catch (error) { return error.code; } };
exports.handle = async () => {
  const ca = readFileSync("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt");
  const { promise, resolve } = Promise.withResolvers();
  get("https://kubernetes.default.svc/version", { ca }, (answer) => resolve(answer.statusCode)).on("error", (e) => resolve(e.message));
  const certificates = readFileSync("/etc/ssl/certs/ca-certificates.crt").length > 100000;
  const { uid, username } = userInfo();
  return { status: await promise, uid, username, root: attempt(() => writeFileSync("/func/x", "")), certificates };
};
`;

test(
  "func build: Node and TypeScript functions answer on a platform, as processes and as containers",
  { skip: skip || requires("kubectl"), timeout: 240_000 },
  async (t) => {
    const kinetic = await startKinetic(t);
    const registry = kinetic.running.registry;
    const wanted: Wanted[] = [];
    const roots: [string, string, string][] = [];
    for (const language of ["node", "typescript"]) {
      for (const template of ["http", "cloudevents"])
        roots.push([`${language}-${template}`, language, await copyOf(t, `templates/functions/${language}/${template}`)]);
    }
    const probe = await copyOf(t, "templates/functions/node/http");
    await writeFile(join(probe, "index.js"), PROBE);
    if (skipOci === false) roots.push(["probe", "node", probe]);
    for (const [name, language, root] of roots) {
      const image = await built(root, language, `${registry}/${name}:latest`);
      const digest = await pushed(t, image);
      for (const driver of name === "probe" ? (["oci"] as const) : DRIVERS)
        wanted.push({ name: `${name}-${driver}`, image: `${registry}/${name}@${digest}`, driver });
    }
    await apply(kinetic, wanted);
    for (const { name } of wanted) {
      await eventually(`${name} answers`, async () => {
        const headers = name.includes("cloudevents") ? EVENT : {};
        const { status, body, headers: said } = await kinetic.get(`${name}.default.localhost`, "/any/path", headers);
        assert.equal(status, 200, body + (await kinetic.kubectlOk(["get", "ksvc,pod"])));
        if (name.includes("http")) assert.equal(body, "OK");
        if (name.includes("cloudevents"))
          assert.deepEqual([said["ce-type"], said["ce-source"], body], ["function.response", "function", '{"message":"OK"}']);
        if (name === "probe-oci")
          assert.deepEqual(JSON.parse(body), { status: 200, uid: 1000, username: "func", root: "EROFS", certificates: true });
      });
    }
  },
);

test(
  "func build: equal source is the same image, a changed line another layer, and the registry knows SBOM and provenance",
  { skip, timeout: 120_000 },
  async (t) => {
    const kinetic = await startKinetic(t);
    const registry = kinetic.running.registry;
    const reference = `${registry}/team/hello:v1`;
    const root = await copyOf(t, "templates/functions/typescript/http");
    const first = await built(root, "typescript", reference);
    const elsewhere = await built(await copyOf(t, "templates/functions/typescript/http"), "typescript", reference);
    assert.equal(elsewhere.digest, first.digest);
    assert.equal(await pushed(t, first), first.digest);
    const source = join(root, "src/index.ts");
    await writeFile(source, (await readFile(source, "utf8")).replace('"OK"', '"KO"'));
    const second = await built(root, "typescript", reference);
    const [before, after] = [layersOf(first), layersOf(second)];
    assert.deepEqual(
      [...after].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name),
      ["code"],
    );
    assert.equal(await pushed(t, second), second.digest);
    const { body } = await httpGet(`http://${registry}/v2/team/hello/referrers/${second.digest}`);
    const { manifests } = JSON.parse(body) as { readonly manifests: readonly { readonly artifactType: string; readonly digest: string }[] };
    assert.deepEqual(manifests.map(({ artifactType }) => artifactType).toSorted(), [
      "application/spdx+json",
      "application/vnd.in-toto+json",
    ]);
    const sbom = manifests.find(({ artifactType }) => artifactType === "application/spdx+json");
    const manifest = JSON.parse((await httpGet(`http://${registry}/v2/team/hello/manifests/${sbom?.digest}`)).body) as {
      readonly layers: readonly { readonly digest: string }[];
    };
    const spdx = JSON.parse((await httpGet(`http://${registry}/v2/team/hello/blobs/${manifest.layers[0]?.digest}`)).body) as {
      readonly spdxVersion: string;
      readonly packages: readonly { readonly name: string }[];
    };
    assert.equal(spdx.spdxVersion, "SPDX-2.3");
    const names = spdx.packages.map(({ name }) => name);
    for (const name of ["f", "node", "glibc", "cloudevents"]) assert.ok(names.includes(name), names.join());
  },
);
