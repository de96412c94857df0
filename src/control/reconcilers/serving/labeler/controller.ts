import { configurationKind, type Configuration } from "../../../../api/serving/configuration.ts";
import { revisionKind, type Revision } from "../../../../api/serving/revision.ts";
import { routeKind, type Route } from "../../../../api/serving/route.ts";
import { isNotFound } from "../../../../api/meta/errors.ts";
import type { KindRef } from "../../../../api/meta/kind.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../../../../api/meta/object.ts";
import { CONFIGURATION_LABEL } from "../../../../api/names/labels.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { childrenOf, indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, informerSource, isMoreThanStatus } from "../../../controller/sources.ts";
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
  const revisions = changeSource(world.revisions, (change) => (isMoreThanStatus(change) ? configurationOf(change.object) : []));
  return {
    name: "labeler-controller",
    sources: [informerSource(world.configurations), informerSource(world.routes, (route) => configurationsOf(world, route)), revisions],
    concurrency: 16,
    reconcile: (key) => reconcileLabels(world, key),
  };
}

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
  const routes = world.routes.list(key.namespace).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const leading = routesToConfiguration(routes, configuration, revisions);
  for (const revision of revisions) {
    const own = routesToRevision(routes, revision, configuration);
    await patch(world.client, revisionKind, revision, revisionPatch(revision, own, leading !== "", world.clock.now()));
  }
  await patch(world.client, configurationKind, configuration, configurationPatch(configuration, leading));
  return done;
}

async function patch<T extends KubeObject>(client: Client, kind: KindRef<T>, object: T, body: MetadataPatch): Promise<void> {
  if (body === undefined) return;
  try {
    await client.patch(kind, keyOf(object), { type: "merge", body });
  } catch (error) {
    if (!isNotFound(error)) throw error; // gone meanwhile: nothing to label
  }
}
