import { join } from "node:path";
import type { Pod } from "../../../api/k8s/types.generated.ts";
import type { Driver, PodNetwork, RunningContainer } from "../drivers/contract.ts";
import type { PortAllocator } from "../port-allocator.ts";
import { makeEmptyDir, removeOldRevisions, writeVolume } from "./volume-writer.ts";
import { filesRevision, volumeAlias, type VolumeContents } from "./volumes.ts";
import { removeFolder } from "../remove-folder.ts";

export type VolumeProblem = { readonly reason: string; readonly message: string; readonly volume: string };

/**
 * What the containers of a pod share and what outlives the Pod object when it is parked: a folder with the volumes,
 * the ports, the running processes. Owned by one pod worker or by the parking lot.
 */
export class Sandbox implements AsyncDisposable {
  readonly id: string;
  readonly folder: string;
  readonly running = new Map<string, RunningContainer>();
  /** containerPort -> port at its address. */
  readonly ports = new Map<number, number>();
  /** Volume name -> revision of what pods of one template share in it. */
  readonly revisions = new Map<string, string>();
  readonly #allocator: PortAllocator;
  #driver: Driver | undefined;
  #network: PodNetwork | undefined;
  #placing: Promise<Driver> | undefined;
  #tidied: Promise<void> = Promise.resolve();

  constructor(options: { readonly id: string; readonly folder: string; readonly allocator: PortAllocator }) {
    this.id = options.id;
    this.folder = options.folder;
    this.#allocator = options.allocator;
  }

  volumePath(volume: string): string {
    return join(this.folder, "volumes", volumeAlias(volume));
  }

  /** The file with the last words of a container. */
  terminationMessagePath(container: string): string {
    return join(this.folder, "termination", container);
  }

  /** Who runs its containers; undefined before `place`. */
  get driver(): Driver | undefined {
    return this.#driver;
  }

  /** Its own address, when its driver gives one. */
  get network(): PodNetwork | undefined {
    return this.#network;
  }

  /** Gets an address of its own, or ports at the node's. The first call decides. Rejects when the machine refuses. */
  place(driver: Driver, pod: Pod, signal: AbortSignal): Promise<Driver> {
    this.#placing ??= this.#place(driver, pod, signal).catch((error: unknown) => {
      this.#placing = undefined;
      throw error;
    });
    return this.#placing;
  }

  async #place(driver: Driver, pod: Pod, signal: AbortSignal): Promise<Driver> {
    if (driver.network !== undefined) this.#network = await driver.network(this.id, signal);
    await this.#openPorts(pod);
    this.#driver = driver;
    return driver;
  }

  async #openPorts(pod: Pod): Promise<void> {
    const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    for (const { containerPort } of containers.flatMap(({ ports }) => ports ?? [])) {
      if (this.ports.has(containerPort)) continue;
      this.ports.set(containerPort, this.#network === undefined ? await this.#allocator.allocate() : containerPort);
    }
  }

  /** Brings the volumes in line with their content. Answers what stands in the way. */
  writeVolumes(contents: VolumeContents): readonly VolumeProblem[] {
    const problems: VolumeProblem[] = [];
    for (const [name, content] of contents) {
      const path = this.volumePath(name);
      if (content.kind === "emptyDir") makeEmptyDir(path);
      else if (content.kind === "files") {
        writeVolume(path, content.files);
        this.revisions.set(volumeAlias(name), filesRevision(content.files, "shared"));
      } else problems.push(problemOf(name, content));
    }
    return problems;
  }

  /** Removes what earlier writes of the volumes left behind: nobody waits for that. */
  tidyVolumes(): void {
    const folders = Array.from(this.revisions.keys(), (name) => this.volumePath(name));
    this.#tidied = this.#tidied
      .then(() => Promise.all(folders.map(removeOldRevisions)))
      .then(
        () => {},
        () => {},
      );
  }

  /** Resident bytes of all containers. */
  async memoryBytes(): Promise<number> {
    const sizes = await Promise.all(Array.from(this.running.values(), (container) => container.memoryBytes()));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Ends everything at once and forgets it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const container of this.running.values()) container.signal("SIGKILL");
    await Promise.all(Array.from(this.running.values(), ({ exited }) => exited));
    if (this.#network === undefined) for (const port of this.ports.values()) this.#allocator.release(port);
    this.ports.clear();
    await this.#placing?.catch(() => {});
    await Promise.all([this.#tidied, this.#network?.[Symbol.asyncDispose]()]);
    await removeFolder(this.folder);
  }
}

type Problem = { readonly kind: "error"; readonly message: string } | { readonly kind: "unsupported"; readonly source: string };

function problemOf(volume: string, problem: Problem): VolumeProblem {
  if (problem.kind === "error") {
    return { volume, reason: "ContainerCreating", message: `MountVolume.SetUp failed for volume "${volume}" : ${problem.message}` };
  }
  const instead = "use configMap, secret, projected, downwardAPI or emptyDir";
  const message = `volume "${volume}" is a ${problem.source}, which this node cannot provide; ${instead}`;
  return { volume, reason: "VolumeUnsupported", message };
}
