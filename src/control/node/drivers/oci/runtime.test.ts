/** The runtime contract of Knative (MUST and SHOULD) and what kubelets promise, seen by a static Go program from inside. */
import assert from "node:assert/strict";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { ContainerSpec, SandboxImage } from "../contract.ts";
import { eventually } from "../../fixtures/fixtures.ts";
import { makeOci, skipGo, type OciUnderTest } from "./fixtures/oci-world.ts";

interface Report {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly hostname: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[] | null;
  readonly pid: number;
  readonly stdin: string;
  readonly stdinError: string;
  readonly files: Readonly<Record<string, string>>;
  readonly capabilities: string;
  readonly noNewPrivileges: string;
  readonly seccomp: string;
}

const options = { skip: skipGo };

async function output(under: OciUnderTest, change: Partial<ContainerSpec>, image: Partial<SandboxImage> = {}): Promise<string> {
  const spec = await under.program(change, image);
  const container = await under.run(spec);
  await container.exited;
  const log = await readFile(spec.logPath, "utf8").catch(() => "");
  return log.replaceAll(/^\S+ std\w+ [FP] /gm, "");
}

async function report(under: OciUnderTest, change: Partial<ContainerSpec> = {}, image: Partial<SandboxImage> = {}): Promise<Report> {
  const { args = [], ...rest } = change;
  const text = await output(under, { ...rest, args: ["report", ...args] }, image);
  return JSON.parse(text) as Report;
}

test("runtime contract: reading stdin gives the end of the file", options, async () => {
  await using under = await makeOci();
  const { stdin, stdinError } = await report(under);
  assert.deepEqual([stdin, stdinError], ["", "<nil>"]);
});

test("runtime contract: host name, process 1, folder, arguments and environment", options, async () => {
  await using under = await makeOci();
  const env = [
    { name: "PORT", value: "8080" },
    { name: "K_SERVICE", value: "hello" },
  ];
  const seen = await report(under, { hostname: "hello-00001", workingDir: "/made/for/it", env, args: ["/x"] });
  assert.deepEqual([seen.hostname, seen.pid, seen.cwd], ["hello-00001", 1, "/made/for/it"]);
  assert.deepEqual(seen.args, ["/app", "report", "/x"]);
  assert.deepEqual(seen.env.toSorted(), [
    "HOME=/root",
    "K_SERVICE=hello",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "PORT=8080",
  ]);
});

test("runtime contract: /tmp can be written, also where the image has none and the root is read-only", options, async () => {
  await using under = await makeOci();
  const args = ["/tmp", "/", "/dev/shm"];
  const { files } = await report(under, { args, security: { runAsUser: 1000 } });
  assert.deepEqual(files, { "/tmp": "folder, writable", "/": "folder, read-only", "/dev/shm": "folder, writable" });
  const closed = await report(under, { args, security: { readOnlyRootFilesystem: true } });
  assert.deepEqual(closed.files, { "/tmp": "folder, writable", "/": "folder, read-only", "/dev/shm": "folder, writable" });
  const open = await report(under, { args });
  assert.equal(open.files["/"], "folder, writable");
});

test("runtime contract: what one container writes, the image and the next container do not have", options, async () => {
  await using under = await makeOci();
  await output(under, { args: ["exit", "0", "/etc/passwd"] });
  const { files } = await report(under, { args: ["/etc/passwd"] });
  assert.match(files["/etc/passwd"] ?? "", /^writable: root:x:0:0/);
});

test("runtime contract: the platform's files, processes and kernel switches cannot be changed", options, async () => {
  await using under = await makeOci();
  const args = ["/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/kcore", "/sys/fs/cgroup/memory", "/sys/kernel", "/proc/keys"];
  const { files } = await report(under, { args });
  assert.match(files["/proc/sys/kernel/hostname"] ?? "", /^read-only/);
  assert.match(files["/proc/sysrq-trigger"] ?? "", /^read-only|^missing/);
  assert.match(files["/proc/kcore"] ?? "", /: $|missing/);
  assert.doesNotMatch(files["/sys/fs/cgroup/memory"] ?? "", /writable/);
  assert.doesNotMatch(files["/sys/kernel"] ?? "", /writable/);
});

test("runtime contract: the devices that programs expect, and none of the machine's", options, async () => {
  await using under = await makeOci();
  const { files } = await report(under, {
    args: ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/pts", "/dev/kmsg", "/dev/mem", "/dev/vda", "/dev/sda"],
  });
  const there = Object.entries(files).filter(([, text]) => text !== "missing");
  assert.deepEqual(there.map(([path]) => path).toSorted(), ["/dev/null", "/dev/pts", "/dev/urandom", "/dev/zero"]);
});

test("runtime contract: limits can be read in the control groups", options, async (t) => {
  await using under = await makeOci();
  const v1 = ["/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/cpu/cpu.shares", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"];
  const v2 = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/cpu.max"];
  const limits = { memoryLimitBytes: 64 * 1024 * 1024, cpu: { requestMilli: 250, limitMilli: 500 } };
  const { files } = await report(under, { args: [...v1, ...v2], ...limits });
  const seen = [...v1, ...v2].map((path) => files[path] ?? "").filter((text) => text !== "missing");
  if (seen.length === 3) assert.deepEqual(seen, ["read-only: 67108864", "read-only: 256", "read-only: 50000"]);
  else if (seen.length === 2) assert.deepEqual(seen, ["read-only: 67108864", "read-only: 50000 100000"]);
  else t.skip("this kernel has no namespaces of control groups");
});

test("runtime contract: the user is the Pod's, else the image's by number or name, else root", options, async () => {
  await using under = await makeOci();
  const who = async (security: ContainerSpec["security"], user = "") => {
    const { uid, gid, groups } = await report(under, { security }, { user });
    return [uid, gid, (groups ?? []).toSorted((a, b) => a - b)];
  };
  assert.deepEqual(await who({}), [0, 0, []]);
  assert.deepEqual(await who({}, "maria"), [1234, 5678, [77]]);
  assert.deepEqual(await who({}, "1234:audio"), [1234, 77, []]);
  assert.deepEqual(await who({ runAsUser: 99, runAsGroup: 98, fsGroup: 97, supplementalGroups: [96] }, "maria"), [99, 98, [96, 97]]);
});

test("runtime contract: a user that does not exist, or is root against the policy, is refused with the reason", options, async () => {
  await using under = await makeOci();
  const refusal = async (security: ContainerSpec["security"], user: string) => {
    const result = await under.driver.start(await under.program({ security }, { user }), new AbortController().signal);
    return result.kind === "failed" ? `${result.reason}: ${result.message}` : "started";
  };
  assert.equal(
    await refusal({}, "nobody-here"),
    "CreateContainerError: unable to find user nobody-here: no matching entries in passwd file",
  );
  assert.equal(await refusal({}, "maria:none"), "CreateContainerError: unable to find group none: no matching entries in group file");
  assert.match(
    await refusal({ runAsNonRoot: true }, ""),
    /^CreateContainerConfigError: container has runAsNonRoot and image will run as root/,
  );
  assert.match(await refusal({ runAsNonRoot: true }, "maria"), /image has non-numeric user \(maria\), cannot verify user is non-root/);
});

test("runtime contract: an image without command, without the program, or for another CPU says so", options, async () => {
  await using under = await makeOci();
  const start = async (change: Partial<ContainerSpec>, image: Partial<SandboxImage> = {}) => {
    const result = await under.driver.start(await under.program(change, image), new AbortController().signal);
    return result.kind === "failed" ? `${result.reason}: ${result.message}` : "started";
  };
  assert.equal(await start({}, { entrypoint: [] }), "CreateContainerError: no command specified");
  assert.equal(await start({ command: ["nope"] }), 'RunContainerError: exec: "nope": executable file not found in $PATH');
  assert.equal(await start({ command: ["/bin/nope"] }), 'RunContainerError: exec: "/bin/nope": stat /bin/nope: no such file or directory');
  assert.equal(await start({ command: ["tool", "exit", "0"] }), "started");
  const spec = await under.program();
  const rootfs = join(under.folder, "foreign");
  const bytes = await readFile(join(spec.image.rootfs, "app"));
  bytes.writeUInt16LE(bytes.readUInt16LE(18) === 62 ? 183 : 62, 18);
  await mkdir(rootfs);
  await writeFile(join(rootfs, "app"), bytes, { mode: 0o755 });
  assert.match(await start({}, { rootfs }), /^RunContainerError: exec: "\/app": exec format error: the program is for another CPU/);
});

test("runtime contract: volumes are at their paths, read-only as they say, and links lead nowhere else", options, async () => {
  await using under = await makeOci();
  const spec = await under.program();
  const volumes = join(spec.folder, "volumes");
  await mkdir(join(volumes, "data", "inner"), { recursive: true });
  await writeFile(join(volumes, "data", "inner", "file"), "content");
  await symlink("/etc", join(volumes, "data", "evil"));
  const mount = (mountPath: string, path: string, readOnly = false) => ({
    volume: "data",
    mountPath,
    readOnly,
    hostPath: join(volumes, path),
  });
  const mounts = [
    mount("/etc/settings/inner/file", "data/inner/file", true),
    mount("/etc/settings", "data"),
    mount("/new/deep", "data/inner", true),
  ];
  const args = ["/etc/settings", "/etc/settings/inner/file", "/new/deep", "/new/deep/file"];
  const { files } = await report(under, { mounts, args, folder: spec.folder });
  assert.deepEqual(files, {
    "/etc/settings": "folder, writable",
    "/etc/settings/inner/file": "read-only: content",
    "/new/deep": "folder, read-only",
    "/new/deep/file": "read-only: content",
  });
  const evil = await under.program({ folder: spec.folder, mounts: [mount("/x", "data/evil")] });
  const result = await under.driver.start(evil, new AbortController().signal);
  assert.deepEqual(result, {
    kind: "failed",
    reason: "CreateContainerConfigError",
    message: 'subPath of volume "data" leads out of the volume',
  });
});

test("runtime contract: hosts, host name and resolver are files of the platform; aliases are in hosts", options, async () => {
  await using under = await makeOci();
  const hostAliases = [{ ip: "10.0.0.9", hostnames: ["db", "db.local"] }];
  const { files } = await report(under, { hostname: "pod-1", hostAliases, args: ["/etc/hosts", "/etc/hostname"] });
  assert.match(files["/etc/hosts"] ?? "", /^writable: 127\.0\.0\.1\tlocalhost\n[^]*10\.0\.0\.9\tdb\tdb\.local$/);
  assert.equal(files["/etc/hostname"], "writable: pod-1");
});

test("runtime contract: last words are written where the Pod says", options, async () => {
  await using under = await makeOci();
  const spec = await under.program({ args: ["exit", "4", "/dev/termination-log"], security: { runAsUser: 1000 } });
  const { exitCode, reason } = await (await under.run(spec)).exited;
  assert.deepEqual([exitCode, reason], [4, "Error"]);
  assert.equal(await readFile(spec.terminationMessage.hostPath, "utf8"), "last words");
});

test("runtime contract: capabilities and the filter of system calls keep a root inside", options, async () => {
  await using under = await makeOci();
  const seen = await report(under);
  assert.deepEqual([seen.capabilities, seen.seccomp, seen.noNewPrivileges], ["00000000a80425fb", "2", "0"]);
  const strict = await report(under, {
    security: { dropCapabilities: ["ALL"], addCapabilities: ["NET_BIND_SERVICE"], allowPrivilegeEscalation: false },
  });
  assert.deepEqual([strict.capabilities, strict.noNewPrivileges], ["0000000000000400", "1"]);
  const denied = "operation not permitted";
  assert.equal(
    await output(under, { args: ["call"] }),
    ["unshare", "keyctl", "bpf", "mount"].map((name) => `${name} ${denied}\n`).join(""),
  );
  const result = await under.driver.start(await under.program({ security: { privileged: true } }), new AbortController().signal);
  assert.equal(result.kind === "failed" && result.reason, "DriverUnsupported");
});

test("a container that asks for a terminal has one, hears what is typed, and keeps its exit code", options, async () => {
  await using under = await makeOci();
  const spec = await under.program({ args: ["terminal"], tty: true, stdin: { once: true } });
  const container = await under.run(spec);
  const log = async () => (await readFile(spec.logPath, "utf8").catch(() => "")).replaceAll(/^\S+ std\w+ [FP] /gm, "");
  await eventually("it waits for a word", async () => (await log()).includes("TERM"));
  await container.attachInput?.(words("open\n"));
  const { exitCode, reason } = await container.exited;
  assert.deepEqual([exitCode, reason], [5, "Error"]);
  const said = (await log()).replaceAll("\r", "").split("\n");
  assert.deepEqual(said.slice(0, 4), ["/dev/stdin true", "/dev/stdout true", "/dev/stderr true", "TERM xterm"]);
  assert.ok(said.includes("heard open"), said.join("|"));
});

test("a container in a terminal ends with SIGTERM or SIGKILL as others do", options, async () => {
  await using under = await makeOci();
  const container = await under.run(await under.program({ args: ["stubborn"], tty: true }));
  container.signal("SIGTERM");
  container.signal("SIGKILL");
  assert.equal((await container.exited).exitCode, 137);
});

async function* words(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

test("runtime contract: where folders cannot be laid over each other the image is copied", options, async () => {
  await using under = await makeOci({ overlay: false });
  const { files, uid } = await report(under, { args: ["/tmp", "/etc/passwd"] });
  assert.equal(uid, 0);
  assert.equal(files["/tmp"], "folder, writable");
});
