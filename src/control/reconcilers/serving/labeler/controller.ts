import { configurationKind, type Configuration } from "../../../../api/serving/configuration.ts";
import { revisionKind, type Revision } from "../../../../api/serving/revision.ts";
import { routeKind, type Route } from "../../../../api/serving/route.ts";
import type { TrafficTarget } from "../../../../api/serving/traffic.ts";
import { isNotFound } from "../../../../api/meta/errors.ts";
import type { KindRef } from "../../../../api/meta/kind.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../../../../api/meta/object.ts";
import { CONFIGURATION_LABEL } from "../../../../api/names/labels.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { deepEqual } from "../../../../std/json.ts";
import { childrenOf, indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import {
  changeSource,
  ECHO_MS,
  informerSource,
  isMoreThanStatus,
  SETTLE_MS,
  type Timing,
  whileThere,
} from "../../../controller/sources.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { configurationPatch, revisionPatch, routesToConfiguration, routesToRevision, targetsOf, type MetadataPatch } from "./routing.ts";

interface LabelerWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly routes: Informer<Route>;
  readonly configurations: Informer<Configuration>;
  /** Indexed by controller. */
  readonly revisions: Informer<Revision>;
}

/**
 * Writes on Configurations and Revisions which routes lead to them. It looks at one Configuration at a time with all
 * routes there are, so a route that goes away needs no finalizer.
 */
export function labelerController(deps: ControllerDeps): Controller {
  const world: LabelerWorld = {
    client: deps.client,
    clock: deps.clock,
    routes: deps.informers.of(routeKind),
    configurations: deps.informers.of(configurationKind),
    revisions: deps.informers.of(revisionKind),
  };
  indexByController(world.revisions);
  world.routes.addIndex(TARGET, (route) => targetsOf(route).flatMap((target) => targetIds(route.metadata.namespace, target)));
  const revisions = changeSource(
    world.revisions,
    (change) => (isMoreThanStatus(change) ? configurationOf(change.object) : []),
    revisionTiming,
  );
  return {
    name: "labeler-controller",
    sources: [
      informerSource(world.configurations, undefined, configurationTiming),
      whileThere(
        world.configurations,
        informerSource(world.routes, (route) => configurationsOf(world, route), routeTiming),
      ),
      whileThere(world.configurations, revisions),
    ],
    concurrency: 16,
    reconcile: (key) => reconcileLabels(world, key),
  };
}

/** Labels that we write come back. */
const revisionTiming: Timing<Revision> = ({ type }) => (type === "added" ? 0 : ECHO_MS);

const configurationTiming: Timing<Configuration> = (change) => {
  if (change.type !== "updated") return 0;
  return change.object.status?.latestCreatedRevisionName === change.old.status?.latestCreatedRevisionName ? ECHO_MS : SETTLE_MS;
};

const routeTiming: Timing<Route> = (change) =>
  change.type === "updated" && deepEqual(targetsOf(change.object), targetsOf(change.old)) ? ECHO_MS : 0;

function configurationOf({ metadata }: KubeObject): ObjectKey[] {
  const name = metadata.labels?.[CONFIGURATION_LABEL];
  return name === undefined ? [] : [{ namespace: metadata.namespace ?? "", name }];
}

function configurationsOf(world: LabelerWorld, route: Route): ObjectKey[] {
  const { namespace = "" } = route.metadata;
  return targetsOf(route).flatMap(({ configurationName, revisionName }) => {
    if (configurationName) return [{ namespace, name: configurationName }];
    const revision = world.revisions.get({ namespace, name: revisionName ?? "" });
    return revision === undefined ? [] : configurationOf(revision);
  });
}

async function reconcileLabels(world: LabelerWorld, key: ObjectKey): Promise<Outcome> {
  const configuration = world.configurations.get(key);
  if (configuration === undefined || configuration.metadata.deletionTimestamp !== undefined) return done;
  const revisions = childrenOf(world.revisions, configuration).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const routes = routesTo(world, configuration, revisions);
  const leading = routesToConfiguration(routes, configuration, revisions);
  for (const revision of revisions) {
    const own = routesToRevision(routes, revision, configuration);
    await patch(world.client, revisionKind, revision, revisionPatch(revision, own, leading !== "", world.clock.now()));
  }
  await patch(world.client, configurationKind, configuration, configurationPatch(configuration, leading));
  return done;
}

/** The routes that name the Configuration or one of its revisions. */
function routesTo(world: LabelerWorld, { metadata: { namespace, name } }: Configuration, revisions: readonly Revision[]): readonly Route[] {
  const ids = [{ configurationName: name }, ...revisions.map(({ metadata }) => ({ revisionName: metadata.name }))];
  const found = new Set(ids.flatMap((target) => targetIds(namespace, target)).flatMap((id) => world.routes.byIndex(TARGET, id)));
  return [...found].filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

const TARGET = "target";

function targetIds(namespace: string | undefined, { configurationName, revisionName }: TrafficTarget): string[] {
  const named = { configuration: configurationName, revision: revisionName };
  return Object.entries(named).flatMap(([kind, name]) => (name ? [`${namespace}/${kind}/${name}`] : []));
}

async function patch<T extends KubeObject>(client: Client, kind: KindRef<T>, object: T, body: MetadataPatch): Promise<void> {
  if (body === undefined) return;
  try {
    await client.patch(kind, keyOf(object), { type: "merge", body });
  } catch (error) {
    if (!isNotFound(error)) throw error; // gone meanwhile: nothing to label
  }
}
