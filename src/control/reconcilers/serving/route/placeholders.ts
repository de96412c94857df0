import { serviceKind } from "../../../../api/core/service.ts";
import type { Service } from "../../../../api/k8s/types.generated.ts";
import { routeKind, type Route } from "../../../../api/serving/route.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import { CLUSTER_LOCAL, VISIBILITY_LABEL } from "../../../../api/names/labels.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import { childrenOf } from "../../../controller/claim.ts";
import { isControlledBy } from "../../../controller/owners.ts";
import type { Recorder } from "../../../controller/recorder.ts";
import { applyChild } from "../shared/apply-child.ts";
import type { Hosts } from "./hosts.ts";
import { alignPlaceholder, makePlaceholder } from "./resources/placeholder.ts";

export interface PlaceholderWorld {
  readonly client: Client;
  readonly recorder: Recorder;
  /** Indexed by controller. */
  readonly services: Informer<Service>;
}

/** Whether somebody labelled the placeholder of this name as cluster-local. */
export function isLabelledLocal(world: PlaceholderWorld, route: Route, name: string): boolean {
  const service = world.services.get({ namespace: route.metadata.namespace ?? "", name });
  return service?.metadata.labels?.[VISIBILITY_LABEL] === CLUSTER_LOCAL;
}

/** The name of a Service that has the name of a placeholder and is somebody else's. */
export function foreignService(world: PlaceholderWorld, route: Route, names: readonly Hosts[]): string | undefined {
  return names.find(({ name }) => {
    const service = world.services.get({ namespace: route.metadata.namespace ?? "", name });
    return service !== undefined && !isControlledBy(service, route);
  })?.name;
}

/** A placeholder for each name, none for those that the route no longer has. */
export async function applyPlaceholders(
  world: PlaceholderWorld,
  route: Route,
  names: readonly Hosts[],
  gateway: string | undefined,
): Promise<void> {
  const { namespace = "" } = route.metadata;
  const kept = new Set(names.map(({ name }) => name));
  for (const stale of childrenOf(world.services, route)) {
    if (!kept.has(stale.metadata.name ?? "")) await world.client.delete(serviceKind, keyOf(stale));
  }
  for (const hosts of names) {
    const existing = world.services.get({ namespace, name: hosts.name });
    const desired = makePlaceholder(route, hosts, gateway);
    const { result } = await applyChild(world.client, { kind: serviceKind, existing, desired, align: alignPlaceholder });
    if (result !== "created") continue;
    const message = `Created placeholder service ${JSON.stringify(hosts.name)}`;
    world.recorder.record({ kind: routeKind, object: route, type: "Normal", reason: "Created", message });
  }
}
