import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync, chownSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ContainerSpec, Mount } from "../contract.ts";
import { formatResolvConf, parseResolvConf, podResolvConf } from "../../network/dns/resolv-conf.ts";
import type { RootFiles, RuntimeSpec } from "./runtime-spec.ts";
import { hostnameOf } from "./runtime-spec.ts";
import { resolveInRoot } from "./in-root.ts";

/** Files of the platform that a pod's containers see. */
export interface PodFiles {
  readonly hosts: string;
  readonly hostname: string;
  readonly resolvConf?: string;
}

// A start from zero waits for these calls. Each takes microseconds, a turn through the thread pool a millisecond.

/** Where one container's bundle is: all that it writes itself is below. */
export function bundleFolder({ folder, container }: ContainerSpec, id: string): string {
  return join(folder, "oci", `${container}-${id}`);
}

/** Folders for an overlay over the image. /tmp can be written even where the image has none. */
export function makeOverlay(bundle: string, rootfs: string): RootFiles {
  const [upper, work, mountPoint] = ["upper", "work", "rootfs"].map((name) => join(bundle, name)) as [string, string, string];
  for (const folder of [upper, work, mountPoint]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  chmodSync(upper, 0o755); // it is the container's root folder: past the umask
  if (resolveInRoot(rootfs, "/tmp") === undefined) makeTmp(upper);
  return { kind: "overlay", lower: rootfs, upper, work, mountPoint };
}

export function makeTmp(root: string): void {
  mkdirSync(join(root, "tmp"), { recursive: true });
  chmodSync(join(root, "tmp"), 0o1777);
}

export function writeRuntimeSpec(bundle: string, spec: RuntimeSpec): void {
  writeFileSync(join(bundle, "config.json"), JSON.stringify(spec), { mode: 0o600 });
}

/** Written once a pod: its containers may change them, and see each other's changes. */
export function makePodFiles(spec: ContainerSpec): PodFiles {
  const folder = join(spec.folder, "etc");
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    if (!existsSync(path)) writeFileSync(path, text, { mode: 0o644 });
    return path;
  };
  return {
    hosts: write("hosts", hostsText(spec)),
    hostname: write("hostname", `${hostnameOf(spec)}\n`),
    ...(spec.network === undefined ? {} : { resolvConf: write("resolv.conf", resolvText(spec, spec.network.nameserver)) }),
  };
}

export function hostsText(spec: Pick<ContainerSpec, "hostname" | "podName" | "network" | "hostAliases">): string {
  const own = spec.network === undefined ? [] : [`${spec.network.ip}\t${hostnameOf(spec)}`];
  const aliases = (spec.hostAliases ?? []).map(({ ip, hostnames }) => `${ip}\t${hostnames.join("\t")}`);
  const fixed = ["127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback"];
  return [...fixed, ...own, ...aliases, ""].join("\n");
}

function resolvText({ namespace, dns = { policy: "ClusterFirst" } }: ContainerSpec, nameserver: string): string {
  const path = "/etc/resolv.conf";
  const host = parseResolvConf(existsSync(path) ? readFileSync(path, "utf8") : "");
  return formatResolvConf(podResolvConf(dns, { namespace, nameserver, host }));
}

/** The program may write the file, whoever runs it. */
export function makeMessageFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, "");
  chmodSync(path, 0o666);
}

/**
 * What a volume's path on the host really is; undefined when a link leads out of the sandbox: a program could have made it
 * in an earlier run to see the host's files.
 */
export function mountSource({ hostPath }: Mount, sandbox: string): string | undefined {
  if (!existsSync(hostPath)) mkdirSync(hostPath, { recursive: true, mode: 0o755 }); // a subPath that nobody made
  const real = realpathSync(hostPath);
  return real.startsWith(`${realpathSync(sandbox)}/`) ? real : undefined;
}

/** Gives a volume to a group that may read, and write where its owner may. */
export function giveToGroup(path: string, gid: number): void {
  const entry = statSync(path);
  if (entry.gid === gid) return;
  const names = entry.isDirectory() ? readdirSync(path, { withFileTypes: true, recursive: true }) : [];
  const below = names.filter((name) => name.isFile() || name.isDirectory()).map((name) => join(name.parentPath, name.name));
  for (const one of [path, ...below]) {
    const { uid, mode } = statSync(one);
    chownSync(one, uid, gid);
    chmodSync(one, (mode & 0o7777) | ((mode & 0o700) >> 3));
  }
}
