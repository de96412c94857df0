import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Driver } from "../../control/node/drivers/contract.ts";
import { thisNode } from "../../control/node/drivers/oci/host-runtime.ts";
import { OciDriver } from "../../control/node/drivers/oci/oci-driver.ts";
import { examineOci } from "../../control/node/drivers/oci/requirements.ts";
import { hostPythons } from "../../control/node/drivers/process/host-pythons.ts";
import { ProcessDriver } from "../../control/node/drivers/process/process-driver.ts";
import { openCgroups } from "../../control/node/cgroup/groups.ts";
import type { Services } from "../../control/node/network/cluster-services.ts";
import { PodNetworks } from "../../control/node/network/pod-networks.ts";
import type { DataDirectory, Settings } from "../data-directory.ts";
import type { World } from "../world.ts";

export interface DriverOptions {
  readonly directory: DataDirectory;
  readonly settings: Settings;
  readonly services: Services;
  /** Containers only. */
  readonly conformant: boolean;
}

export interface Drivers {
  readonly drivers: readonly Driver[];
  /** Why containers cannot run; undefined where they can. */
  readonly noContainers: string | undefined;
}

/** Containers where the machine has what they need; processes beside, unless only containers are wanted. */
export async function makeDrivers(world: World, options: DriverOptions): Promise<Drivers> {
  const oci = await ociDriver(world, options);
  const processes = options.conformant ? [] : [processDriver(world, options)];
  if (typeof oci === "string") return { drivers: processes, noContainers: oci };
  if (options.conformant) oci.warmUp();
  return { drivers: [...processes, oci], noContainers: undefined };
}

/** Ports at the address that pods see of the machine. */
const HTTP = 80;
const HTTPS = 443;

async function ociDriver(world: World, { directory, settings, services }: DriverOptions): Promise<OciDriver | string> {
  const folder = join(directory.path, "oci");
  const machine = { platform: process.platform, uid: process.getuid?.(), searchPath: process.env["PATH"] ?? "", folder };
  const { missing, limits, runc, overlay, cgroupNamespace } = await examineOci(machine);
  const cgroups = await openCgroups(world.clock);
  if (missing.length > 0 || runc === undefined || cgroups === undefined) return `containers need ${missing.join(", ")}`;
  for (const limit of limits) world.logger.warn("containers", { limit });
  const name = `kn${createHash("sha256").update(directory.path).digest("hex").slice(0, 6)}`;
  const forwards = [
    { port: HTTP, target: settings.ports.internal },
    { port: HTTPS, target: settings.ports.api },
  ];
  return new OciDriver({
    ...{ name, folder, runc, overlay, cgroups, cgroupNamespace },
    identity: identityOf({ directory, settings }),
    clock: world.clock,
    networks: new PodNetworks({ ...world, name, forwards, services }),
    runtimes: [thisNode()],
  });
}

function identityOf({ directory, settings }: Pick<DriverOptions, "directory" | "settings">): { directory: string; instance: string } {
  return { directory: directory.path, instance: `${settings.instanceId}-${process.pid}` };
}

function pythons(): Readonly<Record<string, string>> {
  const home = process.env["HOME"];
  return hostPythons({ path: process.env["PATH"] ?? "", ...(home === undefined ? {} : { home }), byOthers: process.getuid?.() === 0 });
}

function processDriver(world: World, { directory, settings }: DriverOptions): ProcessDriver {
  return new ProcessDriver({
    identity: identityOf({ directory, settings }),
    clock: world.clock,
    runtimes: { [`node${process.versions.node.split(".")[0] ?? ""}`]: process.execPath, ...pythons() },
    runtimeFolder: directory.runtimes,
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  });
}
