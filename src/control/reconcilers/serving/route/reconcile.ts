import type { Configuration } from "../../../../api/serving/configuration.ts";
import { configurationKind } from "../../../../api/serving/configuration.ts";
import { revisionKind, type Revision } from "../../../../api/serving/revision.ts";
import { routeKind, type Route, type RouteStatus } from "../../../../api/serving/route.ts";
import {
  INGRESS_READY,
  markBadTarget,
  markIngressNotConfigured,
  markIngressNotOwned,
  markRolloutInProgress,
  markServiceNotOwned,
  markTlsNotEnabled,
  markTrafficAssigned,
  propagateIngress,
  ROUTE_CONDITIONS,
} from "../../../../api/serving/route-lifecycle.ts";
import type { TrafficTarget } from "../../../../api/serving/traffic.ts";
import { ingressKind, type Ingress } from "../../../../api/networking-internal/ingress.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { ROLLOUT_DURATION_ANNOTATION, ROLLOUT_DURATION_OLD_ANNOTATION, ROLLOUT_STATE_ANNOTATION } from "../../../../api/names/labels.ts";
import { clusterHost } from "../../../../api/names/serving.ts";
import { parseGoDuration } from "../../../../std/duration.ts";
import type { Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import { isControlledBy } from "../../../controller/owners.ts";
import type { Reference, Tracker } from "../../../controller/tracker.ts";
import { done, requeueAfter, type Outcome } from "../../../controller/types.ts";
import { applyChild } from "../shared/apply-child.ts";
import { conditionsOf, isCurrent, isReady } from "../shared/conditions.ts";
import { alignIngress } from "../shared/ingress.ts";
import { wantsCertificates, type CertificateWorld } from "../shared/certificates.ts";
import { secureNames } from "./certificates.ts";
import { hostsOf, type RouteConfig } from "./hosts.ts";
import { applyPlaceholders, foreignService, isLabelledLocal, type PlaceholderWorld } from "./placeholders.ts";
import { gatewayOf, makeIngress, type NamedHosts, type Traffic } from "./resources/ingress.ts";
import { isRollingOut, nextStepAt, parseRollout, rolloutGoal, stepRollout, type Rollout } from "./rollout.ts";
import { resolveTraffic, tagsOf, withRollout, type ResolvedTarget } from "./traffic.ts";

export interface RouteWorld extends PlaceholderWorld, CertificateWorld {
  readonly clock: Clock;
  readonly tracker: Tracker;
  readonly routes: Informer<Route>;
  readonly configurations: Informer<Configuration>;
  readonly revisions: Informer<Revision>;
  readonly ingresses: Informer<Ingress>;
  config(): RouteConfig;
}

/** A Route sends traffic to revisions: it has an Ingress, a name in DNS, and says where the traffic goes. */
export async function reconcileRoute(world: RouteWorld, key: ObjectKey): Promise<Outcome> {
  const route = world.routes.get(key);
  if (route === undefined || route.metadata.deletionTimestamp !== undefined) {
    world.tracker.forget(key);
    return done;
  }
  world.tracker.track(key, referencesOf(route));
  const conditions = conditionsOf(ROUTE_CONDITIONS, route, world.clock.now());
  const status: RouteStatus = { ...route.status };
  const outcome = await reconcileTraffic(world, route, status, conditions);
  status.conditions = conditions.conditions;
  status.observedGeneration = route.metadata.generation;
  await updateStatusIfChanged(world.client, routeKind, route, status);
  return outcome;
}

/** What the route depends on, whether it exists yet or not. */
function referencesOf(route: Route): Reference[] {
  const { namespace = "" } = route.metadata;
  return (route.spec.traffic ?? []).map(({ configurationName, revisionName }) =>
    configurationName
      ? { kind: configurationKind, key: { namespace, name: configurationName } }
      : { kind: revisionKind, key: { namespace, name: revisionName ?? "" } },
  );
}

async function reconcileTraffic(world: RouteWorld, route: Route, status: RouteStatus, conditions: ConditionManager): Promise<Outcome> {
  const { namespace = "", name: routeName = "" } = route.metadata;
  const config = world.config();
  status.url = namesOf(world, route, [""], config)[0]?.url;
  if (!wantsCertificates(route, config.network)) markTlsNotEnabled(conditions);
  const resolution = resolveTraffic(route, {
    configuration: (name) => world.configurations.get({ namespace, name }),
    revision: (name) => world.revisions.get({ namespace, name }),
  });
  if (resolution.kind === "fault") {
    // What was routed before stays routed; nothing is torn down for a target that is not there yet.
    if (conditions.get(INGRESS_READY)?.reason === undefined && conditions.get(INGRESS_READY)?.status !== "True")
      markIngressNotConfigured(conditions);
    markBadTarget(conditions, resolution.fault);
    return done;
  }
  markTrafficAssigned(conditions);
  const plain = namesOf(world, route, tagsOf(resolution.targets), config);
  const names = await secureNames(world, { route, config }, plain, conditions);
  status.url = names[0]?.url;
  status.address = { url: `http://${clusterHost(routeName, namespace)}` };
  const rollout = rolloutOf(world, route, resolution.targets, config);
  status.traffic = trafficStatus(withRollout(resolution.targets, rollout), names);
  return reconcileNetwork(world, { route, traffic: { targets: resolution.targets, rollout }, names, config }, conditions);
}

/** How far the traffic has moved to the latest revisions, from what the Ingress says and whether the gateway serves that. */
function rolloutOf(world: RouteWorld, route: Route, targets: readonly ResolvedTarget[], config: RouteConfig): Rollout {
  const { namespace = "" } = route.metadata;
  const ingress = world.ingresses.get(keyOf(route));
  const isOwn = ingress !== undefined && isControlledBy(ingress, route);
  return stepRollout(rolloutGoal(targets), {
    previous: isOwn ? parseRollout(ingress.metadata.annotations?.[ROLLOUT_STATE_ANNOTATION]) : [],
    isServed: isOwn && isReady(ingress),
    isAlive: (name) => isAlive(world.revisions.get({ namespace, name })),
    durationMs: rolloutDurationMs(route, config),
    now: world.clock.now(),
  });
}

function isAlive(revision: Revision | undefined): boolean {
  return revision !== undefined && revision.metadata.deletionTimestamp === undefined;
}

/** The route's own duration, else that of config-network. */
function rolloutDurationMs({ metadata: { annotations } }: Route, { network }: RouteConfig): number {
  const text = annotations?.[ROLLOUT_DURATION_ANNOTATION] ?? annotations?.[ROLLOUT_DURATION_OLD_ANNOTATION] ?? "";
  return parseGoDuration(text) ?? network.rolloutDurationSeconds * 1000;
}

function namesOf(world: RouteWorld, route: Route, tags: readonly string[], config: RouteConfig): NamedHosts[] {
  return tags.map((tag) => {
    const { name } = hostsOf(route, tag, config, false);
    return { tag, ...hostsOf(route, tag, config, isLabelledLocal(world, route, name)) };
  });
}

function trafficStatus(targets: readonly ResolvedTarget[], names: readonly NamedHosts[]): TrafficTarget[] {
  return targets.map(({ latestRevision, percent, revisionName, tag }) => ({
    latestRevision,
    percent,
    revisionName,
    ...(tag === "" ? {} : { tag, url: names.find((hosts) => hosts.tag === tag)?.url }),
  }));
}

interface Plan {
  readonly route: Route;
  readonly traffic: Traffic;
  readonly names: readonly NamedHosts[];
  readonly config: RouteConfig;
}

async function reconcileNetwork(world: RouteWorld, plan: Plan, conditions: ConditionManager): Promise<Outcome> {
  const { route, names } = plan;
  const taken = foreignService(world, route, names);
  if (taken !== undefined) {
    markServiceNotOwned(conditions, taken);
    return { kind: "permanent", reason: `there is a Service ${taken} that the route does not own` };
  }
  const existing = world.ingresses.get(keyOf(route));
  if (existing !== undefined && !isControlledBy(existing, route)) {
    markIngressNotOwned(conditions, route.metadata.name ?? "");
    return { kind: "permanent", reason: `there is an Ingress ${route.metadata.name} that the route does not own` };
  }
  await applyPlaceholders(world, route, names, gatewayOf(route, existing, plan.config.network));
  const ingress = await applyIngress(world, plan, existing);
  if (isCurrent(ingress)) propagateIngress(conditions, ingress.status?.conditions);
  else markIngressNotConfigured(conditions);
  const { rollout } = plan.traffic;
  if (isRollingOut(rollout)) markRolloutInProgress(conditions);
  const stepAt = nextStepAt(rollout);
  return stepAt === undefined ? done : requeueAfter(Math.max(1, Math.ceil(stepAt - world.clock.now())));
}

async function applyIngress(world: RouteWorld, { route, traffic, names, config }: Plan, existing: Ingress | undefined): Promise<Ingress> {
  const desired = makeIngress(route, traffic, names, config);
  const { result, object } = await applyChild(world.client, { kind: ingressKind, existing, desired, align: alignIngress });
  if (result === "created") {
    const message = `Created Ingress ${JSON.stringify(route.metadata.name)}`;
    world.recorder.record({ kind: routeKind, object: route, type: "Normal", reason: "Created", message });
  }
  return object;
}
