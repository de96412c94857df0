import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createAuthority } from "../security/certificates.ts";
import { seededRandom } from "../std/random.ts";
import { requires } from "../testing/requirements.ts";
import { defaultDataDirectory, openDataDirectory, type DataDirectory } from "./data-directory.ts";
import { authorityProblem, loadPki } from "./pki.ts";
import { choosePorts, DEFAULT_PORTS } from "./ports.ts";

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "kinetic-data-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function opened(path: string): Promise<DataDirectory> {
  const result = await openDataDirectory(path);
  assert.ok(result.kind === "ok", result.kind === "refused" ? result.message : "");
  return result.directory;
}

test("a new data directory is private, has a format, and keeps its settings", async (t) => {
  const path = join(await folder(t), "nested/kinetic");
  const directory = await opened(path);
  assert.equal((await stat(path)).mode & 0o066, 0, "nobody else may read or write");
  assert.equal((await stat(directory.pki)).mode & 0o777, 0o700);
  assert.equal(await readFile(join(path, "FORMAT"), "utf8"), "1\n");
  const settings = { instanceId: "abc", ports: DEFAULT_PORTS, registryPorts: [5001], domain: "localhost" };
  await directory.saveSettings(settings);
  assert.deepEqual(await (await opened(path)).settings(), settings);
});

test("a newer or damaged format, a file in its place, are refused in one sentence and left alone", async (t) => {
  const path = await folder(t);
  await writeFile(join(path, "FORMAT"), "7\n");
  const newer = await openDataDirectory(path);
  assert.match(newer.kind === "refused" ? newer.message : "", /written by a newer Kinetic \(format 7, this one knows 1\)/);
  assert.equal(await readFile(join(path, "FORMAT"), "utf8"), "7\n");
  await writeFile(join(path, "FORMAT"), "what\n");
  const damaged = await openDataDirectory(path);
  assert.match(damaged.kind === "refused" ? damaged.message : "", /damaged/);
  const file = await openDataDirectory(join(path, "FORMAT"));
  assert.match(file.kind === "refused" ? file.message : "", /is not a folder/);
});

test("settings that are no JSON are refused", async (t) => {
  const path = await folder(t);
  await writeFile(join(path, "settings.json"), '{"ports":');
  const damaged = await openDataDirectory(path);
  assert.match(damaged.kind === "refused" ? damaged.message : "", /is damaged: its settings\.json is not JSON/);
});

test("the directory of another user is refused", { skip: requires("an unprivileged user") }, async () => {
  const result = await openDataDirectory("/root-owned-by-somebody-else");
  assert.match(result.kind === "refused" ? result.message : "", /permission denied|another user/);
  const root = await openDataDirectory("/etc");
  assert.match(root.kind === "refused" ? root.message : "", /belongs to another user \(uid 0\)/);
});

test("a directory of another user is refused to root too", { skip: requires("root") }, async (t) => {
  const path = await folder(t);
  const { chown } = await import("node:fs/promises");
  await chown(path, 12345, 12345);
  const result = await openDataDirectory(path);
  assert.match(result.kind === "refused" ? result.message : "", /belongs to another user \(uid 12345\)/);
});

test("a folder without write permission is refused", { skip: requires("an unprivileged user") }, async (t) => {
  const path = await folder(t);
  await chmod(path, 0o500);
  const result = await openDataDirectory(path);
  await chmod(path, 0o700);
  assert.match(result.kind === "refused" ? result.message : "", /permission denied/);
});

test("XDG_STATE_HOME wins over the home folder, and root has a folder of its own that others can pass through", () => {
  assert.equal(defaultDataDirectory({ XDG_STATE_HOME: "/x", HOME: "/h" }, 1000), "/x/kinetic");
  assert.equal(defaultDataDirectory({ XDG_STATE_HOME: "/x", HOME: "/h" }, 0), "/x/kinetic");
  assert.equal(defaultDataDirectory({ HOME: "/h" }, 1000), "/h/.local/state/kinetic");
  assert.equal(defaultDataDirectory({ HOME: "/root" }, 0), "/var/lib/kinetic");
});

test("certificates and token are made once and kept, leaves are renewed before they end", async (t) => {
  const directory = await opened(await folder(t));
  const world = { now: Date.now(), random: seededRandom(3), domain: "localhost" };
  const first = await loadPki(directory, world);
  const second = await loadPki(directory, world);
  assert.deepEqual(second, first);
  assert.ok(first.adminToken.length >= 32);
  const later = await loadPki(directory, { ...world, now: world.now + 350 * 86_400_000 });
  assert.equal(later.ca.certificate, first.ca.certificate);
  assert.notEqual(later.server.certificate, first.server.certificate);
});

test("leaves that are damaged are made again; an authority that is damaged is refused in one sentence and left alone", async (t) => {
  const directory = await opened(await folder(t));
  const world = { now: Date.now(), random: seededRandom(4), domain: "localhost" };
  const first = await loadPki(directory, world);
  const [leaf = ""] = (await readdir(directory.pki)).filter((name) => /^apiserver-.*\.crt$/.test(name));
  await directory.write(`pki/${leaf}`, "no certificate");
  const second = await loadPki(directory, world);
  assert.deepEqual([second.ca, second.admin], [first.ca, first.admin]);
  assert.notEqual(second.server.certificate, first.server.certificate);
  const other = await createAuthority("other", world);
  for (const [name, content] of [
    ["ca.crt", "no certificate"],
    ["ca.key", ""],
    ["ca.key", other.key],
    ["ca.crt", undefined],
  ] as const) {
    const whole = await readFile(join(directory.pki, name), "utf8");
    if (content === undefined) await rm(join(directory.pki, name));
    else await directory.write(`pki/${name}`, content);
    assert.match((await authorityProblem(directory)) ?? "", /^the certificate authority is damaged: .*kinetic reset$/);
    assert.equal(await readFile(join(directory.pki, name), "utf8").catch(() => undefined), content);
    await directory.write(`pki/${name}`, whole);
  }
  assert.equal(await authorityProblem(directory), undefined);
});

test("an authority is made anew where both files were removed, or a first start was cut short", async (t) => {
  const directory = await opened(await folder(t));
  const world = { now: Date.now(), random: seededRandom(5), domain: "localhost" };
  assert.equal(await authorityProblem(directory), undefined);
  await directory.write("pki/ca.key", "half a key");
  assert.equal(await authorityProblem(directory), undefined);
  const first = await loadPki(directory, world);
  for (const name of ["ca.crt", "ca.key"]) await rm(join(directory.pki, name));
  assert.equal(await authorityProblem(directory), undefined);
  const second = await loadPki(directory, world);
  assert.notEqual(second.ca.certificate, first.ca.certificate);
  assert.notEqual(second.server.certificate, first.server.certificate, "of the new authority");
});

test("what a power cut left of running.json says nothing", async (t) => {
  const directory = await opened(await folder(t));
  await directory.writeVolatile("running.json", '{"pid":');
  assert.equal(await directory.announced(), undefined);
});

test("a taken default moves on and says so, a taken saved or requested port names its owner", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const any = { api: 0, gateway: 0, gatewayTls: 0, internal: 0, registry: 0 };
  const requested = await choosePorts({ requested: { ...any, api: port }, saved: undefined });
  assert.match(requested.kind === "taken" ? requested.message : "", new RegExp(`port ${port} \\(--api-port\\) is taken by`));
  const saved = await choosePorts({ requested: {}, saved: { ...any, gateway: port } });
  assert.match(saved.kind === "taken" ? saved.message : "", /--gateway-port/);
  if (process.platform === "linux") assert.match(saved.kind === "taken" ? saved.message : "", new RegExp(`pid ${process.pid}`));
  server.close();
  await once(server, "close");
  const free = await choosePorts({ requested: { ...any, api: port }, saved: undefined });
  assert.ok(free.kind === "ok" && free.ports.api === port);
  assert.equal(new Set(Object.values(free.ports)).size, 5, "five different ports");
  const chosen = [free.ports.gateway, free.ports.gatewayTls, free.ports.internal, free.ports.registry];
  assert.ok(
    chosen.every((any) => any >= 10_000 && any < 20_000),
    `${chosen}: not of the range of outgoing connections`,
  );
});

test("a default that is taken moves to the next free port", async (t) => {
  const blocker = createServer().listen(DEFAULT_PORTS.registry, "127.0.0.1");
  const taken = await once(blocker, "listening").then(
    () => true,
    () => false,
  );
  t.after(() => void (taken && blocker.close()));
  const chosen = await choosePorts({ requested: { api: 0, gateway: 0, internal: 0 }, saved: undefined });
  assert.ok(chosen.kind === "ok");
  assert.notEqual(chosen.ports.registry, DEFAULT_PORTS.registry);
  assert.deepEqual(chosen.moved, [{ name: "registry", from: DEFAULT_PORTS.registry, to: chosen.ports.registry }]);
});

test("a directory that knows no port for HTTPS gets one, and any port where any was asked for HTTP", async () => {
  const before = { api: 0, gateway: 0, internal: 0, registry: 0 } as unknown as typeof DEFAULT_PORTS;
  const later = await choosePorts({ requested: {}, saved: before });
  assert.ok(later.kind === "ok" && later.ports.gatewayTls >= DEFAULT_PORTS.gatewayTls && later.ports.gatewayTls < 9_000);
  const any = await choosePorts({ requested: { api: 0, gateway: 0, internal: 0, registry: 0 }, saved: undefined });
  assert.ok(any.kind === "ok" && any.ports.gatewayTls >= 10_000);
  const asked = await choosePorts({ requested: { gateway: 0, gatewayTls: any.ports.gatewayTls }, saved: undefined });
  assert.ok(asked.kind === "ok" && asked.ports.gatewayTls === any.ports.gatewayTls);
});
