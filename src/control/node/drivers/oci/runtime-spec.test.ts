import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptSpec } from "../../fixtures/script-spec.ts";
import type { ContainerSpec, SandboxImage } from "../contract.ts";
import { hostsText } from "./bundle.ts";
import { capabilitiesOf, refusedCapabilities } from "./capabilities.ts";
import { argvOf } from "./program.ts";
import { failureIn } from "./runc.ts";
import { hostnameOf, makeRuntimeSpec, type RuntimeSpec, type RuntimeSpecInput } from "./runtime-spec.ts";
import { defaultSeccomp } from "./seccomp.ts";
import { resolveUser } from "./user.ts";

const network = { ip: "10.0.0.2", namespace: "/run/netns/x", nameserver: "10.0.0.1", [Symbol.asyncDispose]: async () => {} };

function made(change: Partial<ContainerSpec> = {}, more: Partial<RuntimeSpecInput> = {}): RuntimeSpec {
  return makeRuntimeSpec({
    spec: scriptSpec("/data", "web", change),
    argv: ["/app"],
    user: { uid: 1, gid: 2, groups: [3] },
    root: { kind: "overlay", lower: "/image", upper: "/b/upper", work: "/b/work", mountPoint: "/b/rootfs" },
    files: { hosts: "/h", hostname: "/n", resolvConf: "/r" },
    runtimeFiles: [],
    cgroupsPath: "/knx/1",
    cgroupNamespace: true,
    limitsSwap: false,
    maxPids: 10,
    machine: "x64",
    ...more,
  });
}

const destinations = (spec: RuntimeSpec) => spec.mounts.map(({ destination }) => destination);
const optionsAt = (spec: RuntimeSpec, path: string) => spec.mounts.find(({ destination }) => destination === path)?.options;

test("runtime spec: what of a container changes what of the specification", () => {
  const rows: readonly (readonly [string, (spec: RuntimeSpec) => unknown, Partial<ContainerSpec>, unknown])[] = [
    ["no terminal", ({ process }) => process.terminal, {}, false],
    ["user", ({ process }) => process.user, {}, { uid: 1, gid: 2, additionalGids: [3] }],
    ["folder of the image", ({ process }) => process.cwd, {}, "/"],
    ["folder of the Pod", ({ process }) => process.cwd, { workingDir: "a/../b" }, "/b"],
    [
      "later names win, PATH is there",
      ({ process }) => process.env,
      {
        env: [
          { name: "A", value: "1" },
          { name: "A", value: "2" },
        ],
      },
      ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "A=2"],
    ],
    ["host name", ({ hostname }) => hostname, { hostname: "h" }, "h"],
    ["network of its own", ({ linux }) => linux.namespaces.at(-1), {}, { type: "network" }],
    ["network of the pod", ({ linux }) => linux.namespaces.at(-1), { network }, { type: "network", path: "/run/netns/x" }],
    ["memory", ({ linux }) => linux.resources.memory, { memoryLimitBytes: 5e6 }, { limit: 5e6 }],
    ["no memory limit", ({ linux }) => linux.resources.memory, {}, undefined],
    ["CPU without a word", ({ linux }) => linux.resources.cpu, {}, { shares: 2 }],
    ["CPU request", ({ linux }) => linux.resources.cpu, { cpu: { requestMilli: 500 } }, { shares: 512 }],
    ["CPU limit", ({ linux }) => linux.resources.cpu, { cpu: { limitMilli: 250 } }, { shares: 256, period: 100_000, quota: 25_000 }],
    ["tiny CPU limit", ({ linux }) => linux.resources.cpu.quota, { cpu: { limitMilli: 1 } }, 1000],
    ["processes", ({ linux }) => linux.resources.pids, {}, { limit: 10 }],
    ["read-only root", ({ root }) => root, { security: { readOnlyRootFilesystem: true } }, { path: "/b/rootfs", readonly: true }],
    ["no new privileges", ({ process }) => process.noNewPrivileges, { security: { allowPrivilegeEscalation: false } }, true],
    ["unfiltered calls", ({ linux }) => linux.seccomp, { security: { seccompProfile: "Unconfined" } }, undefined],
  ];
  for (const [name, look, change, expected] of rows) assert.deepEqual(look(made(change)), expected, name);
});

test("runtime spec: the overlay comes first, mounts below others come after them, the Pod's replace ours", () => {
  const mount = (mountPath: string, readOnly = true) => ({ volume: "v", mountPath, hostPath: `/v${mountPath}`, readOnly });
  const spec = made({ mounts: [mount("/a/b/c"), mount("/a"), mount("/etc/hosts", false)] });
  assert.deepEqual(spec.mounts[0]?.options, ["lowerdir=/image", "upperdir=/b/upper", "workdir=/b/work"]);
  assert.ok(destinations(spec).indexOf("/a") < destinations(spec).indexOf("/a/b/c"));
  assert.deepEqual(optionsAt(spec, "/a"), ["rbind", "rprivate", "ro"]);
  assert.deepEqual(
    spec.mounts.filter(({ destination }) => destination === "/etc/hosts").map(({ source }) => source),
    ["/v/etc/hosts"],
  );
  assert.ok(destinations(spec).includes("/sys/fs/cgroup"));
  assert.ok(!destinations(made({}, { cgroupNamespace: false })).includes("/sys/fs/cgroup"));
  assert.ok(!destinations(made({}, { root: { kind: "copy", folder: "/c" } })).includes("/"));
});

test("runtime spec: a read-only root has a /tmp in memory, unless a volume is there", () => {
  const security = { readOnlyRootFilesystem: true };
  assert.equal(made({ security }).mounts.find(({ destination }) => destination === "/tmp")?.type, "tmpfs");
  const mounts = [{ volume: "v", mountPath: "/tmp/", hostPath: "/v", readOnly: false }];
  assert.equal(made({ security, mounts }).mounts.find(({ destination }) => destination === "/tmp")?.type, "bind");
  assert.ok(!destinations(made()).includes("/tmp"));
});

test("runtime spec: swap is limited where the machine can", () => {
  assert.deepEqual(made({ memoryLimitBytes: 5 }, { limitsSwap: true }).linux.resources.memory, { limit: 5, swap: 5 });
});

test("host names fit the kernel", () => {
  assert.equal(hostnameOf({ podName: "p" }), "p");
  assert.equal(hostnameOf({ podName: "p", hostname: `${"a".repeat(62)}-b` }), "a".repeat(62));
});

test("capabilities: defaults, dropped, added, refused", () => {
  assert.equal(capabilitiesOf({}).length, 14);
  assert.ok(!capabilitiesOf({ dropCapabilities: ["NET_RAW"] }).includes("CAP_NET_RAW"));
  assert.deepEqual(capabilitiesOf({ dropCapabilities: ["all"], addCapabilities: ["CAP_NET_ADMIN"] }), ["CAP_NET_ADMIN"]);
  assert.deepEqual(refusedCapabilities({ addCapabilities: ["SYS_ADMIN", "NET_ADMIN", "ALL", "nonsense"] }), ["SYS_ADMIN", "NONSENSE"]);
  assert.ok(!capabilitiesOf({ addCapabilities: ["ALL"] }).includes("CAP_SYS_ADMIN"));
});

test("seccomp: each new namespace is denied to clone, clone3 is unknown, the CPU's architectures are named", () => {
  const { syscalls, architectures, defaultAction } = defaultSeccomp("arm64");
  assert.equal(defaultAction, "SCMP_ACT_ALLOW");
  assert.deepEqual(architectures, ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]);
  const bits = syscalls.filter(({ names }) => names[0] === "clone").map(({ args }) => args?.[0]?.value);
  assert.deepEqual(bits, [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]);
  assert.equal(syscalls.find(({ names }) => names.includes("clone3"))?.errnoRet, 38);
});

test("argv: command replaces both, args replace cmd", () => {
  const argv = (change: Partial<ContainerSpec>, image: Partial<SandboxImage> = {}) => {
    const spec = scriptSpec("/", "x", change);
    return argvOf({ ...spec, image: { ...spec.image, entrypoint: ["e"], cmd: ["c"], ...image } });
  };
  assert.deepEqual(argv({}), ["e", "c"]);
  assert.deepEqual(argv({ args: ["a"] }), ["e", "a"]);
  assert.deepEqual(argv({ command: ["x"] }), ["x"]);
  assert.deepEqual(argv({ command: ["x"], args: ["a"] }), ["x", "a"]);
  assert.deepEqual(argv({ command: [], args: [] }), ["e", "c"]);
});

test("users: files without the name, comments, and a number without an entry", () => {
  const files = { passwd: "# x\nweb:x:10:20::/:/bin/sh\n", group: "web:x:20:\nlog:x:30:web\n" };
  const who = (user: string, security = {}) => {
    const result = resolveUser(user, security, files);
    return result.kind === "ok" ? [result.user.uid, result.user.gid, ...result.user.groups] : result.message;
  };
  assert.deepEqual(who("web"), [10, 20, 30]);
  assert.deepEqual(who("web:30"), [10, 30]);
  assert.deepEqual(who("77"), [77, 0]);
  assert.deepEqual(who("", { runAsUser: 10 }), [10, 20, 30]);
  assert.equal(who("none"), "unable to find user none: no matching entries in passwd file");
  assert.deepEqual(resolveUser("", {}, { passwd: undefined, group: undefined }), { kind: "ok", user: { uid: 0, gid: 0, groups: [] } });
});

test("files of the pod: hosts with its address and aliases", () => {
  const hosts = hostsText({ podName: "p", network, hostAliases: [{ ip: "1.2.3.4", hostnames: ["a", "b"] }] });
  assert.match(hosts, /^127\.0\.0\.1\tlocalhost\n::1\t[^]*\n10\.0\.0\.2\tp\n1\.2\.3\.4\ta\tb\n$/);
});

test("runc's last error, without its own words", () => {
  const error = (msg: string) => JSON.stringify({ level: "error", msg });
  const long = 'runc run failed: unable to start container process: exec: "x": permission denied';
  assert.equal(failureIn([JSON.stringify({ level: "warning", msg: "w" }), error(long), "garbage"]), 'exec: "x": permission denied');
  assert.equal(failureIn([]), "runc ended without a word");
});
