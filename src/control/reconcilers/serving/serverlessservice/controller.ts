import type { EndpointSlice, Endpoints, Service } from "../../../../api/k8s/types.generated.ts";
import { endpointsKind } from "../../../../api/core/endpoints.ts";
import { serviceKind } from "../../../../api/core/service.ts";
import { endpointSliceKind } from "../../../../api/discovery/endpoint-slice.ts";
import { ConditionManager, type ConditionSet } from "../../../../api/meta/conditions.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { serverlessServiceKind, type ServerlessService } from "../../../../api/networking-internal/serverlessservice.ts";
import { REVISION_LABEL, SERVICE_TYPE_LABEL } from "../../../../api/names/labels.ts";
import { privateServiceName } from "../../../../api/names/services.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { createOrUpdate, updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { isControlledBy } from "../../../controller/owners.ts";
import { changeSource, childTiming, ECHO_MS, ownerSource, sourcesOf, SETTLE_MS, type Timing } from "../../../controller/sources.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { countReady, indexByService, readyIn } from "../shared/endpoints.ts";
import { makePrivateService, makePublicEndpoints, makePublicService, withAllocated, type GatewayAddress } from "./resources.ts";

const CONDITIONS: ConditionSet = { happy: "Ready", dependents: ["EndpointsPopulated"] };

interface World {
  readonly client: Client;
  readonly clock: Clock;
  readonly gateway: GatewayAddress;
  readonly all: Informer<ServerlessService>;
  readonly services: Informer<Service>;
  readonly endpoints: Informer<Endpoints>;
  readonly slices: Informer<EndpointSlice>;
}

/** Keeps the public and private Service of a revision and says whether an instance takes traffic. */
export function serverlessServiceController(deps: ControllerDeps, gateway: GatewayAddress): Controller {
  const world: World = {
    client: deps.client,
    clock: deps.clock,
    gateway,
    all: deps.informers.of(serverlessServiceKind),
    services: deps.informers.of(serviceKind),
    endpoints: deps.informers.of(endpointsKind),
    slices: deps.informers.of(endpointSliceKind),
  };
  indexByService(world.slices);
  const slices = changeSource(world.slices, ({ object }) => revisionOfPrivate(object), sliceTiming(world));
  return {
    name: "serverlessservice-controller",
    sources: sourcesOf(
      world.all,
      ownerSource(
        world.services,
        serverlessServiceKind,
        childTiming(() => ECHO_MS),
      ),
      slices,
    ),
    concurrency: 16,
    reconcile: (key) => reconcile(world, key),
  };
}

function revisionOfPrivate({ metadata: { namespace = "", labels } }: EndpointSlice): ObjectKey[] {
  const name = labels?.[REVISION_LABEL];
  return name === undefined || labels?.[SERVICE_TYPE_LABEL] !== "Private" ? [] : [{ namespace, name }];
}

/** So much later than its first endpoint a revision is said to be ready: the request that waited for the instance goes first. */
const FIRST_MS = 5;

/** The first endpoint that takes traffic makes the revision ready. */
function sliceTiming({ slices }: World): Timing<EndpointSlice> {
  return (change) => {
    if (change.type === "updated" && readyIn(change.object) === readyIn(change.old)) return ECHO_MS;
    const { namespace = "", labels } = change.object.metadata;
    const isFirst = change.type !== "deleted" && countReady(slices, namespace, privateServiceName(labels?.[REVISION_LABEL] ?? "")) === 1;
    return isFirst ? FIRST_MS : SETTLE_MS;
  };
}

async function reconcile(world: World, key: ObjectKey): Promise<Outcome> {
  const sks = world.all.get(key);
  if (sks === undefined || sks.metadata.deletionTimestamp !== undefined) return done;
  const taken = foreignService(world, sks);
  if (taken === undefined) {
    await keepServices(world, sks);
  }
  const manager = new ConditionManager(CONDITIONS, sks.status?.conditions, world.clock.now()).initialize();
  manager.markTrue("ActivatorEndpointsPopulated", "ActivatorEndpointsPopulated", "Revision is backed by Activator");
  if (taken !== undefined)
    manager.markFalse("EndpointsPopulated", "NotOwned", `There is an existing Service "${taken}" that we do not own.`);
  else if (countReady(world.slices, key.namespace, privateServiceName(key.name)) > 0) manager.markTrue("EndpointsPopulated");
  else manager.markUnknown("EndpointsPopulated", "NoHealthyBackends", "K8s Service is not ready");
  await updateStatusIfChanged(world.client, serverlessServiceKind, sks, {
    ...sks.status,
    conditions: manager.conditions,
    observedGeneration: sks.metadata.generation,
    privateServiceName: privateServiceName(key.name),
    serviceName: key.name,
  });
  return done;
}

/** The private Service comes first: the road from a request at zero to an instance leads through it. */
async function keepServices(world: World, sks: ServerlessService): Promise<void> {
  const key = keyOf(sks);
  for (const desired of [makePrivateService(sks), makePublicService(sks, world.gateway)]) {
    const existing = world.services.get(keyOf(desired));
    await createOrUpdate(world.client, serviceKind, existing, withAllocated(desired, existing));
  }
  await createOrUpdate(world.client, endpointsKind, world.endpoints.get(key), makePublicEndpoints(sks, world.gateway));
}

/** Name of a Service that stands where ours should, made by somebody else. */
function foreignService(world: World, sks: ServerlessService): string | undefined {
  const { namespace, name } = keyOf(sks);
  return [name, privateServiceName(name)].find((candidate) => {
    const service = world.services.get({ namespace, name: candidate });
    return service !== undefined && !isControlledBy(service, sks);
  });
}
