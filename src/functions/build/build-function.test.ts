import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { IMAGE_ARGV_LABEL, IMAGE_RUNTIME_LABEL } from "../../api/names/kinetic.ts";
import type { ConfigBlob, Descriptor, Manifest } from "../../images/oci/manifest.ts";
import { startRegistry } from "../../images/pull/fixtures/registry.ts";
import { nodeHttp } from "../../images/pull/node-http.ts";
import { Registries } from "../../images/pull/registries.ts";
import { systemClock } from "../../std/clock.ts";
import { buildFunction, isUpToDate, type BuildOptions, type BuiltImage } from "./build-function.ts";
import type { BuildContext, LanguagePack, Outcome, Program } from "./contract.ts";

const AMD64 = { os: "linux", architecture: "amd64" };
const ARM64 = { os: "linux", architecture: "arm64" };

interface World {
  readonly context: BuildContext;
  build(change?: Partial<Program>, options?: Partial<BuildOptions>): Promise<Outcome<BuiltImage>>;
  /** What a pack does besides. */
  during: () => void;
}

function world(t: TestContext): World {
  const folder = mkdtempSync(join(tmpdir(), "kinetic-build-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "f");
  mkdirSync(root);
  writeFileSync(join(root, "main.txt"), "one");
  const config = { specVersion: "0.36.0", name: "f", runtime: "words", created: "" };
  const signal = new AbortController().signal;
  const context = { root, config, cache: join(folder, "cache"), signal, output: () => {}, env: {} };
  const one: World = {
    context,
    during: () => {},
    build: (change = {}, options = {}) => {
      const pack: LanguagePack = {
        runtime: "words",
        local: () => Promise.reject(new Error("not asked")),
        program: async () => {
          one.during();
          return { kind: "ok", value: { ...programOf(readFileSync(join(root, "main.txt"))), ...change } };
        },
      };
      return buildFunction(context, { packs: [pack], reference: "kinetic.local/f:v1", version: "1", platforms: [AMD64], ...options });
    },
  };
  return one;
}

function programOf(bytes: Uint8Array): Program {
  return {
    base: { kind: "scratch" },
    layers: [
      { name: "runtime", createdBy: "the runtime", files: [{ path: "opt/run", mode: 0o755, content: { bytes: Buffer.from("run") } }] },
      { name: "dependencies", createdBy: "nothing", files: [] },
      { name: "code", createdBy: "the code", files: [{ path: "func/main.txt", content: { bytes } }] },
    ],
    command: ["/opt/run", "/func/main.txt"],
    env: { B: "2", A: "1" },
    process: { argv: ["opt/run", "func/main.txt"], runtime: "static" },
    packages: [{ name: "@a/b", version: "1.0.0", purl: "pkg:npm/%40a/b@1.0.0" }],
  };
}

function value<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.kind === "ok", JSON.stringify(outcome));
  return outcome.value;
}

function read<T>({ layout }: BuiltImage, digest: string): T {
  return JSON.parse(readFileSync(join(layout, "blobs", digest.replace(":", "/")), "utf8")) as T;
}

interface Index {
  readonly manifests: readonly Descriptor[];
}

function partsOf(image: BuiltImage) {
  const [first] = read<Index>(image, image.digest).manifests;
  const manifest = read<Manifest>(image, first?.digest ?? "");
  return { manifest, config: read<ConfigBlob>(image, manifest.config.digest), platform: first?.platform };
}

test("build: the image is run as 1000:1000 in /func/ on 8080, without any time; each layer has its line of history", async (t) => {
  const image = value(await world(t).build());
  const { config, manifest, platform } = partsOf(image);
  assert.deepEqual(config, {
    created: "1970-01-01T00:00:00Z",
    architecture: "amd64",
    os: "linux",
    config: {
      User: "1000:1000",
      ExposedPorts: { "8080/tcp": {} },
      Env: [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "FUNC_CREATED=1970-01-01T00:00:00Z",
        "LISTEN_ADDRESS=[::]:8080",
        "A=1",
        "B=2",
      ],
      Entrypoint: ["/opt/run", "/func/main.txt"],
      WorkingDir: "/func/",
      Labels: { [IMAGE_ARGV_LABEL]: '["opt/run","func/main.txt"]', [IMAGE_RUNTIME_LABEL]: "static" },
      StopSignal: "SIGTERM",
    },
    rootfs: config.rootfs,
    history: ["the runtime", "the code"].map((created_by) => ({ created: "1970-01-01T00:00:00Z", created_by })),
  });
  assert.deepEqual([manifest.layers.length, config.rootfs.diff_ids.length, platform], [2, 2, AMD64]);
});

test("build: a layout holds the index by its name, and what refers to it; every blob is there", async (t) => {
  const image = value(await world(t).build({}, { platforms: [AMD64, ARM64] }));
  const top = JSON.parse(readFileSync(join(image.layout, "index.json"), "utf8")) as {
    readonly manifests: readonly (Descriptor & { readonly annotations?: object; readonly artifactType?: string })[];
  };
  assert.deepEqual(top.manifests[0]?.annotations, { "org.opencontainers.image.ref.name": "kinetic.local/f:v1" });
  assert.deepEqual(
    read<Index>(image, image.digest).manifests.map((one) => one.platform),
    [AMD64, ARM64],
  );
  const [, sbom, provenance] = top.manifests.map(({ digest }) => read<Manifest & { subject?: Descriptor }>(image, digest));
  assert.deepEqual([sbom?.subject?.digest, provenance?.subject?.digest], [image.digest, image.digest]);
  const spdx = read<{ packages: { externalRefs?: { referenceLocator: string }[] }[] }>(image, sbom?.layers[0]?.digest ?? "");
  assert.equal(spdx.packages[1]?.externalRefs?.[0]?.referenceLocator, "pkg:npm/%40a/b@1.0.0");
  const statement = read<{ subject: object; predicateType: string }>(image, provenance?.layers[0]?.digest ?? "");
  assert.deepEqual(
    [statement.predicateType, statement.subject],
    ["https://slsa.dev/provenance/v1", [{ name: "f", digest: { sha256: image.digest.slice(7) } }]],
  );
  for (const { layers, config } of image.platforms.map((one) => read<Manifest>(image, one.digest)))
    for (const { digest } of [config, ...layers]) assert.ok(existsSync(join(image.layout, "blobs", digest.replace(":", "/"))), digest);
});

test("build: a change of the code alone writes the layer of the code alone, and a build without a change writes nothing", async (t) => {
  const w = world(t);
  const cached = async () => value(await w.build()).platforms[0]?.layers.map(({ name, isCached }) => [name, isCached]);
  assert.deepEqual(await cached(), [
    ["runtime", false],
    ["code", false],
  ]);
  assert.deepEqual(await cached(), [
    ["runtime", true],
    ["code", true],
  ]);
  writeFileSync(join(w.context.root, "main.txt"), "two");
  assert.deepEqual(await cached(), [
    ["runtime", true],
    ["code", false],
  ]);
});

test("build: up to date until the source or a setting changes; what is saved during a build is built again", async (t) => {
  const w = world(t);
  const options = { version: "1", platforms: [AMD64] };
  const isFresh = () => isUpToDate(w.context, options);
  assert.equal(await isFresh(), false);
  value(await w.build());
  writeFileSync(join(w.context.root, "func.yaml"), "deploy: {}"); // a deployment writes there
  assert.equal(await isFresh(), true);
  assert.equal(await isUpToDate(w.context, { ...options, platforms: [ARM64] }), false);
  assert.equal(await isUpToDate(w.context, { ...options, version: "2" }), false);
  writeFileSync(join(w.context.root, "main.txt"), "two");
  assert.equal(await isFresh(), false);
  w.during = () => writeFileSync(join(w.context.root, "main.txt"), "three");
  value(await w.build());
  assert.equal(await isFresh(), false);
  w.during = () => {};
  value(await w.build());
  assert.equal(await isFresh(), true);
});

test("build: what fails, is refused or stopped leaves the earlier image and nothing else", async (t) => {
  const w = world(t);
  const first = value(await w.build());
  const failing = await w.build({ base: { kind: "image", reference: "localhost:1/base" } });
  assert.ok(failing.kind === "refused" && /cannot be pulled here/.test(failing.message));
  const gone = { name: "code", createdBy: "x", files: [{ path: "func/x", content: { file: join(w.context.root, "gone") } }] } as const;
  await assert.rejects(w.build({ layers: [gone] }), /ENOENT/);
  assert.equal(partsOf(first).platform?.architecture, "amd64");
  assert.deepEqual(readdirSync(join(w.context.root, ".func/build")), ["oci"]);
  assert.deepEqual(readdirSync(join(w.context.cache, "blobs")), ["sha256"]);
  const other = await w.build({}, { packs: [] });
  assert.ok(other.kind === "refused" && /words functions cannot be built here/.test(other.message));
});

test("build: on a base image its layers, environment and user stay", async (t) => {
  const registry = await startRegistry(t);
  const base = await registry.image("base", { run: { Entrypoint: ["/x"], User: "12:34", Env: ["LANG=C", "A=0"] }, docker: true });
  const client = nodeHttp();
  t.after(() => client[Symbol.dispose]());
  const baseImages = { http: client.http, clock: systemClock, registries: new Registries("/nowhere") };
  const reference = `${registry.host}/base:v1`;
  const image = value(await world(t).build({ base: { kind: "image", reference } }, { baseImages }));
  const { config, manifest } = partsOf(image);
  assert.deepEqual(
    manifest.layers.map(({ digest }) => digest).slice(0, 1),
    base.layers.map(({ digest }) => digest),
  );
  assert.equal(manifest.layers[0]?.mediaType, "application/vnd.oci.image.layer.v1.tar+gzip");
  assert.deepEqual([config.rootfs.diff_ids.length, config.config?.User], [3, "12:34"]);
  assert.deepEqual(config.config?.Env?.slice(1), ["LANG=C", "A=1", "FUNC_CREATED=1970-01-01T00:00:00Z", "LISTEN_ADDRESS=[::]:8080", "B=2"]);
  const missing = await world(t).build({ base: { kind: "image", reference: `${registry.host}/none:v1` } }, { baseImages });
  assert.ok(
    missing.kind === "refused" && /failed to pull the base image .*none:v1.*manifest unknown/.test(missing.message),
    JSON.stringify(missing),
  );
});
