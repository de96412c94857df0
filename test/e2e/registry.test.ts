/** The built-in registry of a real platform, with the programs that people push and pull with. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, run, startKinetic, temporaryFolder, type Finished, type Kinetic } from "./harness.ts";
import { goTool } from "./registry-tools.ts";

const MIB = 1024 * 1024;
/** KINETIC_LARGE_LAYER_MIB=1024 for the real thing. */
const LARGE_MIB = Number(process.env["KINETIC_LARGE_LAYER_MIB"] ?? 256);
/** Buffers that the garbage collector has not come to, whatever the layer's size. */
const MAX_GROWTH_MIB = 160;
const sha256 = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

async function ok(program: string, args: readonly string[], options: Parameters<typeof run>[2] = {}): Promise<Finished> {
  const finished = await run(program, args, options);
  assert.equal(finished.code, 0, `${program} ${args.join(" ")}\n${finished.stdout}\n${finished.stderr}`);
  return finished;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** `target` is a path of the registry. */
async function call(kinetic: Kinetic, method: string, target: string, body: Uint8Array = Buffer.alloc(0)): Promise<Answer> {
  const sent = request(`http://${kinetic.running.registry}${target}`, { method, headers: { "content-length": body.length } });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const chunks = await Array.fromAsync(answer as AsyncIterable<Buffer>);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) };
}

/** A tar of one file, to be a layer. */
async function layerFile(t: TestContext, name: string, content: string): Promise<string> {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "root"));
  await writeFile(join(folder, "root", name), content);
  await ok("tar", ["-C", join(folder, "root"), "-cf", join(folder, "layer.tar"), name]);
  return join(folder, "layer.tar");
}

test("the distribution conformance program passes whole", { skip: requires("go") }, async (t) => {
  const kinetic = await startKinetic(t);
  const results = await temporaryFolder(t);
  const env = { OCI_REGISTRY: kinetic.running.registry, OCI_TLS: "disabled", OCI_VERSION: "dev", OCI_RESULTS_DIR: results };
  const { stdout } = await ok(await goTool("conformance"), [], { env });
  const [, table = ""] = stdout.split("API conformance:");
  const rows = [...table.matchAll(/^ {2}(\S.*?)\.*: +(\w+)$/gm)].map(([, name, outcome]) => ({ name, outcome }));
  assert.deepEqual(
    rows.filter(({ outcome }) => outcome !== "Pass"),
    // Layers that were never pushed: the specification lets a registry refuse such a manifest, and this one does.
    [{ name: "Sparse Manifests", outcome: "Disabled" }],
  );
  assert.ok(rows.length > 45, stdout);
});

test("crane pushes, copies by mounting, lists, pulls and deletes", { skip: requires("go") }, async (t) => {
  const kinetic = await startKinetic(t);
  const crane = await goTool("crane");
  const at = kinetic.running.registry;
  await ok(crane, ["append", "--new_layer", await layerFile(t, "hello", "hi there"), "--new_tag", `${at}/team/base:v1`]);
  const copied = await ok(crane, ["copy", `${at}/team/base:v1`, `${at}/copy:v2`]);
  assert.match(copied.stderr, /mounted blob/);
  assert.equal((await ok(crane, ["digest", `${at}/team/base:v1`])).stdout, (await ok(crane, ["digest", `${at}/copy:v2`])).stdout);
  await ok(crane, ["tag", `${at}/copy:v2`, "v3"]);
  assert.equal((await ok(crane, ["ls", `${at}/copy`])).stdout, "v2\nv3\n");
  assert.equal((await ok(crane, ["catalog", at])).stdout, "copy\nteam/base\n");
  await ok(crane, ["validate", "--remote", `${at}/copy:v3`]);
  const tarball = join(await temporaryFolder(t), "image.tar");
  await ok(crane, ["export", `${at}/copy:v3`, tarball]);
  assert.match((await readFile(tarball)).toString("latin1"), /hi there/);
  await ok(crane, ["delete", `${at}/copy:v2`]);
  assert.equal((await ok(crane, ["ls", `${at}/copy`])).stdout, "v3\n");
});

test("skopeo copies in and out, inspects and deletes", { skip: requires("go", "skopeo") }, async (t) => {
  const kinetic = await startKinetic(t);
  const at = kinetic.running.registry;
  await ok(await goTool("crane"), ["append", "--new_layer", await layerFile(t, "hello", "hi"), "--new_tag", `${at}/base:v1`]);
  const layout = `oci:${await temporaryFolder(t)}:v1`;
  const insecure = ["--src-tls-verify=false", "--dest-tls-verify=false"];
  await ok("skopeo", ["copy", "--src-tls-verify=false", `docker://${at}/base:v1`, layout]);
  await ok("skopeo", ["copy", "--dest-tls-verify=false", layout, `docker://${at}/again:v1`]);
  await ok("skopeo", ["copy", ...insecure, `docker://${at}/again:v1`, `docker://${at}/again:v2`]);
  const inspected = await ok("skopeo", ["inspect", "--tls-verify=false", `docker://${at}/again:v1`]);
  assert.deepEqual((JSON.parse(inspected.stdout) as { RepoTags: string[] }).RepoTags, ["v1", "v2"]);
  await ok("skopeo", ["delete", "--tls-verify=false", `docker://${at}/again:v1`]);
  const gone = await run("skopeo", ["inspect", "--tls-verify=false", `docker://${at}/again:v1`]);
  assert.match(gone.stderr, /manifest unknown/);
});

const KO_PROGRAM = `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "built by ko") })
	_ = http.ListenAndServe(":"+os.Getenv("PORT"), nil)
}
`;

test("ko builds an image over a base of this registry and pushes it with its SBOM, and it runs", { skip: requires("go") }, async (t) => {
  const kinetic = await startKinetic(t);
  const at = kinetic.running.registry;
  const crane = await goTool("crane");
  const platform = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;
  const base = await layerFile(t, "passwd", "nonroot:x:65532:65532::/:/sbin/nologin");
  await ok(crane, ["append", "--new_layer", base, "--new_tag", `${at}/base`]);
  await ok(crane, ["mutate", `${at}/base`, "--set-platform", platform, "--user", "65532", "--tag", `${at}/base`]);
  const project = await temporaryFolder(t);
  await writeFile(join(project, "go.mod"), "module example.com/hello\n\ngo 1.24\n");
  await writeFile(join(project, "main.go"), KO_PROGRAM);
  const env = { KO_DOCKER_REPO: `${at}/apps`, KO_DEFAULTBASEIMAGE: `${at}/base`, GOFLAGS: "-buildvcs=false", PWD: project };
  const ko = await goTool("ko");
  const { stdout } = await ok("sh", ["-c", `cd '${project}' && exec '${ko}' build --platform ${platform} -B --tags v1 .`], { env });
  const digest = stdout.trim().split("@")[1] ?? "";
  assert.equal((await ok(crane, ["digest", `${at}/apps/hello:v1`])).stdout.trim(), digest);
  assert.match((await ok(crane, ["ls", `${at}/apps/hello`])).stdout, new RegExp(`^${digest.replace(":", "-")}\\.sbom$`, "m"));
  const created = await kinetic.kn(["service", "create", "hello", "--image", `${at}/apps/hello:v1`, "--wait-timeout", "60"]);
  assert.equal(created.code, 0, created.stderr);
  assert.equal((await kinetic.get("hello.default.localhost")).body, "built by ko");
});

test("an upload goes on after SIGKILL of the platform, and names outlive its port", async (t) => {
  const dataDir = await temporaryFolder(t);
  const before = await startKinetic(t, {
    dataDir,
    args: ["--registry-port", "0", "--api-port", "0", "--gateway-port", "0", "--internal-port", "0"],
  });
  const content = Buffer.alloc(8 * MIB, "layer ");
  const at = String((await call(before, "POST", "/v2/team/app/blobs/uploads/")).headers.location);
  await call(before, "PATCH", at, content.subarray(0, 3 * MIB));
  const sent = request(`http://${before.running.registry}${at}`, { method: "PATCH", headers: { "content-length": 4 * MIB } });
  sent.on("error", () => {}); // it will be cut
  sent.write(content.subarray(3 * MIB, 5 * MIB));
  const arrived = (answer: Answer) => Number(String(answer.headers.range).slice("0-".length)) + 1;
  await eventually("some of the second chunk is on disk", async () => {
    assert.ok(arrived(await call(before, "GET", at)) > 3 * MIB);
  });
  await before.stop("SIGKILL");
  const after = await startKinetic(t, { dataDir, args: ["--registry-port", String(await otherPort(before))] });
  assert.notEqual(after.running.registry, before.running.registry);
  const size = arrived(await call(after, "GET", at));
  assert.ok(size > 3 * MIB && size <= 5 * MIB, `${size} bytes are here`);
  assert.equal((await call(after, "PUT", `${at}?digest=${sha256(content)}`, content.subarray(size))).status, 201);
  assert.deepEqual((await call(after, "GET", `/v2/team/app/blobs/${sha256(content)}`)).body, content);
  const uploads = await readdir(join(dataDir, "images/uploads"), { recursive: true, withFileTypes: true });
  assert.deepEqual(
    uploads.filter((entry) => entry.isFile()),
    [],
  );
});

test("a push and a pull of a large layer need little memory", { skip: requires("linux") }, async (t) => {
  const kinetic = await startKinetic(t);
  const chunk = Buffer.alloc(MIB, "abcdefgh");
  const hash = createHash("sha256");
  const at = String((await call(kinetic, "POST", "/v2/big/blobs/uploads/")).headers.location);
  const before = await peakBytes(kinetic);
  const sent = request(`http://${kinetic.running.registry}${at}`, { method: "PATCH" });
  const answered = once(sent, "response");
  for (let sentMiB = 0; sentMiB < LARGE_MIB; sentMiB++) {
    hash.update(chunk);
    if (!sent.write(chunk)) await once(sent, "drain");
  }
  sent.end();
  ((await answered) as [IncomingMessage])[0].resume();
  const digest = `sha256:${hash.digest("hex")}`;
  assert.equal((await call(kinetic, "PUT", `${at}?digest=${digest}`)).status, 201);
  const got = request(`http://${kinetic.running.registry}/v2/big/blobs/${digest}`).end();
  const [answer] = (await once(got, "response")) as [IncomingMessage];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) bytes += part.length;
  assert.equal(bytes, LARGE_MIB * MIB);
  const grown = (await peakBytes(kinetic)) - before;
  t.diagnostic(`memory grew by ${Math.round(grown / MIB)} MiB`);
  assert.ok(grown < MAX_GROWTH_MIB * MIB, `memory grew by ${Math.round(grown / MIB)} MiB`);
});

/** The most memory that the platform's process ever had. */
async function peakBytes({ process: { pid } }: Kinetic): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 0}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

async function otherPort({ running: { registry } }: Kinetic): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  assert.notEqual(registry, `localhost:${port}`);
  return port;
}
