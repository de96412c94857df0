import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../../std/clock.ts";
import { requires } from "../../../../testing/requirements.ts";
import { driverContract, type DriverUnderTest } from "../driver.contract.ts";
import { eventually, openFolder, processDriver, scriptImages } from "../../fixtures/fixtures.ts";
import { scriptSpec } from "../../fixtures/script-spec.ts";
import type { ContainerSpec } from "../contract.ts";
import { ProcessDriver } from "./process-driver.ts";

const never = new AbortController().signal;

async function make(): Promise<DriverUnderTest> {
  const folder = await openFolder();
  const driver = processDriver(folder.path);
  let scripts = 0;
  return {
    driver,
    folder: folder.path,
    spec: async (script, change) => {
      const name = `script-${++scripts}`;
      await scriptImages(folder.path, { [name]: script });
      return scriptSpec(folder.path, name, change);
    },
    [Symbol.asyncDispose]: async () => {
      await driver[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

driverContract("process driver", make);

test("process driver: an end by signal has the shell's exit code and the signal's name", async () => {
  await using under = await make();
  const result = await under.driver.start(await under.spec("setInterval(() => {}, 1e3)"), never);
  assert.equal(result.kind, "started", JSON.stringify(result));
  if (result.kind !== "started") return;
  result.container.signal("SIGTERM");
  const { exitCode, signal } = await result.container.exited;
  assert.deepEqual([exitCode, signal], [143, "SIGTERM"]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const uidOf = async (pid: number) => /^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1];

test("process driver: as root a container runs as nobody, or as whom it asks", { skip: requires("root", "linux") }, async () => {
  await using under = await make();
  for (const [security, uid] of [
    [{}, "65534"],
    [{ runAsUser: 4242 }, "4242"],
  ] as const) {
    const result = await under.driver.start(await under.spec("setInterval(() => {}, 1e3)", { security }), never);
    assert.equal(result.kind, "started", JSON.stringify(result));
    if (result.kind === "started") assert.equal(await uidOf(result.container.pid), uid);
  }
});

test("process driver: an ordinary user cannot choose another user", async () => {
  await using under = await make();
  const own = { clock: systemClock, runtimes: { node26: process.execPath }, runtimeFolder: under.folder, user: { uid: 1000, gid: 1000 } };
  await using ordinary = new ProcessDriver({ ...own, identity: { directory: under.folder, instance: "x" } });
  const acceptance = await ordinary.accepts(await under.spec("", { security: { runAsUser: 4242 } }));
  const message = "runAsUser 4242 needs a platform of root, and this one has uid 1000; leave it out";
  assert.deepEqual(acceptance, { kind: "no", reason: "DriverUnsupported", message });
});

test("process driver: an image of somebody else is refused in the words of the documentation", async () => {
  await using under = await make();
  const spec = await under.spec("");
  const other: ContainerSpec = { ...spec, image: { ...spec.image, labels: {}, entrypoint: ["/app/main.mjs"] } };
  const acceptance = await under.driver.accepts(other);
  assert.equal(acceptance.kind, "no");
  if (acceptance.kind === "no") {
    assert.match(acceptance.message, /^this image needs a container; this node runs programs as processes: static binaries for linux\/\w+/);
    assert.match(acceptance.message, / \(in Go: CGO_ENABLED=0\) and images built by Kinetic /);
    assert.match(acceptance.message, / \(\/app\/main\.mjs: it is not an ELF binary\)$/);
  }
});

test("process driver: a static Go binary runs", { skip: requires("go", "linux") }, async () => {
  await using under = await make();
  const rootfs = join(under.folder, "images", "go");
  await mkdir(rootfs, { recursive: true, mode: 0o755 });
  const source = join(under.folder, "main.go");
  await writeFile(source, `package main\nimport "os"\nfunc main() { os.Stdout.WriteString("hi from go\\n") }\n`);
  execFileSync("go", ["build", "-o", join(rootfs, "hello"), source], { env: { ...process.env, CGO_ENABLED: "0" } });
  const spec = await under.spec("");
  const result = await under.driver.start({ ...spec, image: { ...spec.image, rootfs, labels: {}, entrypoint: ["/hello"] } }, never);
  assert.equal(result.kind, "started", JSON.stringify(result));
  if (result.kind === "started") assert.equal((await result.container.exited).exitCode, 0);
  assert.match(await readFile(spec.logPath, "utf8"), /stdout F hi from go/);
});

test("process driver: a mount below the program's folder is seen there, elsewhere it is refused", async () => {
  await using under = await make();
  const volume = join(under.folder, "volume");
  await mkdir(volume, { mode: 0o755 });
  await writeFile(join(volume, "colour"), "red");
  const mount = { volume: "settings", hostPath: volume, readOnly: true };
  const script = `import { readFileSync } from "node:fs"; console.log(readFileSync(import.meta.dirname + "/config/colour", "utf8"))`;
  const spec = await under.spec(script, { mounts: [{ ...mount, mountPath: "/app/config" }] });
  const result = await under.driver.start(spec, never);
  assert.equal(result.kind, "started", JSON.stringify(result));
  if (result.kind === "started") await result.container.exited;
  assert.match(await readFile(spec.logPath, "utf8"), /stdout F red/);
  const refused = await under.driver.accepts({ ...spec, mounts: [{ ...mount, mountPath: "/etc/config" }] });
  assert.equal(refused.kind === "no" && refused.reason, "VolumeUnsupported");
  assert.match(refused.kind === "no" ? refused.message : "", /where a process without a container cannot see it; mount it below \/app$/);
  const nowhere = await under.driver.accepts({
    ...spec,
    image: { ...spec.image, labels: {}, workingDir: "" },
    mounts: [{ ...mount, mountPath: "/etc/config" }],
  });
  assert.match(nowhere.kind === "no" ? nowhere.message : "", /; mount it at \/tmp, or set workingDir and mount it below that$/);
});

test("process driver: a kubeconfig names the token that a process cannot be shown at its path", async () => {
  await using under = await make();
  const script = `
    import { readFileSync } from "node:fs";
    const config = JSON.parse(readFileSync(process.env.KUBECONFIG, "utf8"));
    const { server, "certificate-authority": ca } = config.clusters[0].cluster;
    const { tokenFile } = config.users[0].user;
    console.log(server, readFileSync(ca, "utf8"), readFileSync(tokenFile, "utf8"), config.contexts[0].context.namespace);
  `;
  const env = [
    { name: "KUBERNETES_SERVICE_HOST", value: "127.0.0.1" },
    { name: "KUBERNETES_SERVICE_PORT", value: "6443" },
  ];
  const printed = async (change: Partial<ContainerSpec>) => {
    const spec = await under.spec(script, change);
    const hostPath = join(spec.folder, "volumes", "token");
    await mkdir(hostPath, { recursive: true });
    await Promise.all([writeFile(join(hostPath, "token"), "secret"), writeFile(join(hostPath, "ca.crt"), "authority")]);
    const mount = { volume: "token", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true, hostPath };
    const result = await under.driver.start({ ...spec, mounts: [mount] }, never);
    assert.equal(result.kind, "started", JSON.stringify(result));
    if (result.kind === "started") await result.container.exited;
    return readFile(spec.logPath, "utf8");
  };
  assert.match(await printed({ env }), / F https:\/\/127\.0\.0\.1:6443 authority secret default\n$/);
  assert.match(await printed({ env: [...env, { name: "KUBECONFIG", value: "/own" }] }), /ENOENT.*\/own/, "the Pod's own counts");
});

test("process driver: a terminal that a container asks for is not there, and that is said", async () => {
  await using under = await make();
  const result = await under.driver.start(await under.spec("", { tty: true }), never);
  assert.equal(result.kind, "started", JSON.stringify(result));
  if (result.kind === "started") assert.deepEqual(result.notes, ["tty: a process without a container has no terminal of its own"]);
});

test("process driver: when its platform is killed, containers end at once and nothing is left to sweep", async () => {
  await using folder = await openFolder();
  const parent = spawn(process.execPath, [fileURLToPath(new URL("../../fixtures/orphan-parent.ts", import.meta.url)), folder.path]);
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  assert.ok(isAlive(pid), line.toString());
  parent.kill("SIGKILL");
  await eventually("the container is gone", () => !isAlive(pid));
});

test("process driver: a start ends what another run on the same folder left behind, and nothing else", async () => {
  await using under = await make();
  const left = (directory: string) =>
    spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      detached: true,
      stdio: "ignore",
      env: { KINETIC_SANDBOX: JSON.stringify({ directory, instance: "earlier", pod: "p", container: "c" }) },
    });
  const [mine, others] = [left(under.folder), left(`${under.folder}-other`)];
  const ended = once(mine, "exit");
  await once(mine, "spawn");
  try {
    await eventually("it is found", async () => (await under.driver.sweepOrphans()) === 1);
    await ended;
    assert.equal(others.exitCode, null);
  } finally {
    others.kill("SIGKILL");
  }
});
