import { configurationKind, type Configuration } from "../../../../api/serving/configuration.ts";
import type { Revision } from "../../../../api/serving/revision.ts";
import { routeKind, type Route } from "../../../../api/serving/route.ts";
import { knativeServiceKind, type KnativeService, type ServiceStatus } from "../../../../api/serving/service.ts";
import {
  markConfigurationNotOwned,
  markRevisionNameTaken,
  markRouteNotOwned,
  SERVICE_CONDITIONS,
} from "../../../../api/serving/service-lifecycle.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { CONFIGURATION_GENERATION_LABEL } from "../../../../api/names/labels.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import { isControlledBy } from "../../../controller/owners.ts";
import type { Recorder } from "../../../controller/recorder.ts";
import { done, type Outcome } from "../../../controller/types.ts";
import { applyChild } from "../shared/apply-child.ts";
import { conditionsOf, isCurrent } from "../shared/conditions.ts";
import { alignConfiguration, makeConfiguration } from "./resources/configuration.ts";
import { alignRoute, makeRoute } from "./resources/route.ts";
import { propagateConfiguration, propagateRoute } from "./status.ts";

export interface ServiceWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly services: Informer<KnativeService>;
  readonly configurations: Informer<Configuration>;
  readonly routes: Informer<Route>;
  readonly revisions: Informer<Revision>;
}

/** A Service has a Configuration and a Route of its name, and says what they say. */
export async function reconcileService(world: ServiceWorld, key: ObjectKey): Promise<Outcome> {
  const service = world.services.get(key);
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) return done;
  const conditions = conditionsOf(SERVICE_CONDITIONS, service, world.clock.now());
  const status: ServiceStatus = { ...service.status };
  const conflict = await reconcileChildren(world, service, status, conditions);
  status.conditions = conditions.conditions;
  status.observedGeneration = service.metadata.generation;
  await updateStatusIfChanged(world.client, knativeServiceKind, service, status);
  return conflict === undefined ? done : { kind: "permanent", reason: conflict };
}

/** Answers why it went no further, if something that is not ours stands in the way. */
async function reconcileChildren(
  world: ServiceWorld,
  service: KnativeService,
  status: ServiceStatus,
  conditions: ConditionManager,
): Promise<string | undefined> {
  const name = service.metadata.name ?? "";
  const configuration = await applyConfiguration(world, service);
  if (configuration === undefined) {
    markConfigurationNotOwned(conditions, name);
    return warn(world, service, "configuration");
  }
  propagateConfiguration(status, conditions, configuration);
  // A revision name of the user's choice is claimed before traffic is sent to it.
  const chosen = configuration.spec.template.metadata?.name;
  if (chosen && !isCurrent(configuration)) return undefined;
  if (chosen && isTaken(world, configuration, chosen)) {
    markRevisionNameTaken(conditions, chosen);
    return undefined;
  }
  const route = await applyRoute(world, service);
  if (route === undefined) {
    markRouteNotOwned(conditions, name);
    return warn(world, service, "route");
  }
  propagateRoute(status, conditions, route, configuration);
  return undefined;
}

/** Undefined: one that is not ours has the name. */
async function applyConfiguration(world: ServiceWorld, service: KnativeService): Promise<Configuration | undefined> {
  const existing = world.configurations.get(keyOf(service));
  if (existing !== undefined && !isControlledBy(existing, service)) return undefined;
  const { result, object } = await applyChild(world.client, {
    kind: configurationKind,
    existing,
    desired: makeConfiguration(service),
    align: alignConfiguration,
  });
  if (result === "created") tellCreated(world, service, "Configuration");
  return object;
}

async function applyRoute(world: ServiceWorld, service: KnativeService): Promise<Route | undefined> {
  const existing = world.routes.get(keyOf(service));
  if (existing !== undefined && !isControlledBy(existing, service)) return undefined;
  const { result, object } = await applyChild(world.client, {
    kind: routeKind,
    existing,
    desired: makeRoute(service),
    align: alignRoute,
  });
  if (result === "created") tellCreated(world, service, "Route");
  return object;
}

/** Whether a revision of that name exists that this generation of the Configuration did not make. */
function isTaken(world: ServiceWorld, configuration: Configuration, name: string): boolean {
  const revision = world.revisions.get({ namespace: configuration.metadata.namespace ?? "", name });
  if (revision === undefined) return false;
  const generation = revision.metadata.labels?.[CONFIGURATION_GENERATION_LABEL];
  return !isControlledBy(revision, configuration) || generation !== String(configuration.metadata.generation);
}

function tellCreated({ recorder }: ServiceWorld, service: KnativeService, kind: string): void {
  const message = `Created ${kind} ${JSON.stringify(service.metadata.name)}`;
  recorder.record({ kind: knativeServiceKind, object: service, type: "Normal", reason: "Created", message });
}

function warn({ recorder }: ServiceWorld, service: KnativeService, child: string): string {
  const name = JSON.stringify(service.metadata.name);
  const message = `service: ${name} does not own ${child}: ${name}`;
  recorder.record({ kind: knativeServiceKind, object: service, type: "Warning", reason: "InternalError", message });
  return message;
}
