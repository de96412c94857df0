import type { Container, Volume } from "../../k8s/types.generated.ts";
import type { DefaultsConfig, ResourceDefaults } from "../../config/defaults.ts";
import { childName } from "../../names/child-name.ts";

/** Names nameless containers after `base`, numbered when there are several or the name is taken. Changes the containers. */
export function nameContainers(containers: readonly Container[], taken: Set<string>, base: string): void {
  let suffix = 0;
  for (const container of containers) {
    if (container.name) continue;
    let name = base;
    if (containers.length > 1 || taken.has(name)) {
      do name = childName(base, `-${suffix++}`);
      while (taken.has(name));
    }
    container.name = name;
    taken.add(name);
  }
}

/** Requests and limits that the installation wants everybody to have. Changes `container`. */
export function defaultResources(container: Container, config: DefaultsConfig): void {
  container.resources ??= {};
  const requests = merged(config.requests, container.resources.requests);
  const limits = merged(config.limits, container.resources.limits);
  if (requests !== undefined) container.resources.requests = requests;
  if (limits !== undefined) container.resources.limits = limits;
}

function merged(defaults: ResourceDefaults, own: Record<string, string | number> | undefined): Record<string, string | number> | undefined {
  return Object.keys(defaults).length === 0 ? own : { ...defaults, ...own };
}

/** Mounts are read-only unless the volume is made for writing. Changes `container`. */
export function defaultVolumeMounts(container: Container, volumes: readonly Volume[] | undefined): void {
  for (const mount of container.volumeMounts ?? []) {
    const volume = volumes?.find(({ name }) => name === mount.name);
    const writable = volume?.emptyDir ?? volume?.persistentVolumeClaim ?? volume?.ephemeral;
    if (writable === undefined) mount.readOnly = true;
  }
}
