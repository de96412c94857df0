import { endpointsKind } from "../../../../api/core/endpoints.ts";
import type { Endpoints } from "../../../../api/k8s/types.generated.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import { updateIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, ECHO_MS } from "../../../controller/sources.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import { hasSelector, ServicePods } from "../service-pods.ts";
import { makeEndpoints } from "./resources.ts";

interface EndpointsWorld {
  readonly client: Client;
  readonly existing: Informer<Endpoints>;
  readonly world: ServicePods;
}

/** The older form of the same addresses: one Endpoints object a Service. */
export function endpointsController(deps: ControllerDeps): Controller {
  const world = new ServicePods(deps.informers);
  const existing = deps.informers.of(endpointsKind);
  // Only what somebody removes: people's own Endpoints belong to Services without selector.
  const removed = changeSource(
    existing,
    ({ type, object }) => (type === "added" ? [] : [keyOf(object)]),
    ({ type }) => (type === "deleted" ? 0 : ECHO_MS),
  );
  return {
    name: "endpoint-controller",
    sources: [...world.sources(ECHO_MS), removed],
    concurrency: 16,
    reconcile: (key) => reconcileEndpoints({ client: deps.client, existing, world }, key),
  };
}

async function reconcileEndpoints({ client, existing, world }: EndpointsWorld, key: ObjectKey): Promise<Outcome> {
  const service = world.services.get(key);
  const found = existing.get(key);
  if (service === undefined) {
    if (found !== undefined) await client.delete(endpointsKind, key);
    return done;
  }
  if (!hasSelector(service)) return done;
  const desired = makeEndpoints(service, world.podsOf(service));
  if (found === undefined) await client.create(endpointsKind, desired);
  else await updateIfChanged(client, endpointsKind, found, withContent(found, desired));
  return done;
}

function withContent(found: Endpoints, desired: Endpoints): Endpoints {
  return { ...found, metadata: { ...found.metadata, labels: desired.metadata.labels }, subsets: desired.subsets };
}
