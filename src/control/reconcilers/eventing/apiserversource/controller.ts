import { namespaceKind } from "../../../../api/core/namespace.ts";
import type { Namespace } from "../../../../api/k8s/types.generated.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { SKIP_PERMISSIONS_ANNOTATION } from "../../../../api/names/eventing.ts";
import type { EventPlaneView } from "../../../../api/ports/events.ts";
import {
  apiServerEventTypes,
  apiServerSourceKind,
  type ApiServerSource,
  type ApiServerSourceStatus,
} from "../../../../api/sources/api-server-source.ts";
import { API_SERVER_SOURCE_CONDITIONS, markSourceOidcDisabled, SUFFICIENT_PERMISSIONS } from "../../../../api/sources/lifecycle.ts";
import { matchesSelector } from "../../../../client/selectors.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { informerSource, sourcesOf } from "../../../controller/sources.ts";
import { Tracker, type Reference } from "../../../controller/tracker.ts";
import { done, requeueAfter, type Controller, type Outcome } from "../../../controller/types.ts";
import { conditionsOf } from "../../serving/shared/conditions.ts";
import { DestinationResolver } from "../shared/destination.ts";
import type { EventingOptions } from "../shared/options.ts";
import { planeSource } from "../shared/plane.ts";
import { markDeployed, resolveSink } from "../shared/sink.ts";
import { missingPermissions } from "./permissions.ts";

/** Nothing tells when somebody is allowed more. */
const ASK_AGAIN_MS = 10_000;
/** The `source` of the events: the API server's own address, as pods know it. */
const API_SERVER = "https://kubernetes.default.svc";

interface ApiServerSourceWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly sources: Informer<ApiServerSource>;
  readonly namespaces: Informer<Namespace>;
  readonly resolver: DestinationResolver;
  readonly tracker: Tracker;
  readonly events: EventPlaneView;
}

export function apiServerSourceController(deps: ControllerDeps, { kinds, events }: EventingOptions): Controller {
  const world: ApiServerSourceWorld = {
    client: deps.client,
    clock: deps.clock,
    sources: deps.informers.of(apiServerSourceKind),
    namespaces: deps.informers.of(namespaceKind),
    resolver: new DestinationResolver(deps, kinds),
    tracker: new Tracker(deps.informers),
    events,
  };
  const selecting = () => world.sources.list().filter(({ spec }) => spec.namespaceSelector !== undefined);
  return {
    name: "apiserversource-controller",
    sources: sourcesOf(
      world.sources,
      informerSource(world.namespaces, () => selecting().map(keyOf)),
      world.tracker,
      planeSource(events, world.sources),
    ),
    reconcile: (key) => reconcileApiServerSource(world, key),
  };
}

async function reconcileApiServerSource(world: ApiServerSourceWorld, key: ObjectKey): Promise<Outcome> {
  const source = world.sources.get(key);
  if (source === undefined || source.metadata.deletionTimestamp !== undefined) {
    world.tracker.forget(key);
    return done;
  }
  const conditions = conditionsOf(API_SERVER_SOURCE_CONDITIONS, source, world.clock.now());
  const status: ApiServerSourceStatus = { ...source.status };
  const references: Reference[] = [];
  resolveSink(status, conditions, { resolver: world.resolver, sink: source.spec.sink, namespace: key.namespace, references });
  status.namespaces = namespacesOf(source, world.namespaces);
  status.ceAttributes = apiServerEventTypes(source.spec.mode).map((type) => ({ type, source: API_SERVER }));
  const missing = await permissionsOf(world, source, status.namespaces);
  if (missing === "") conditions.markTrue(SUFFICIENT_PERMISSIONS);
  else conditions.markFalse(SUFFICIENT_PERMISSIONS, "", missing);
  markDeployed(conditions, world.events.source(source.metadata.uid ?? ""));
  markSourceOidcDisabled(conditions);
  world.tracker.track(key, references);
  status.conditions = conditions.conditions;
  status.observedGeneration = source.metadata.generation;
  await updateStatusIfChanged(world.client, apiServerSourceKind, source, status);
  return missing === "" ? done : requeueAfter(ASK_AGAIN_MS);
}

/** Without a selector its own; `""` stands for all of them. */
function namespacesOf({ metadata, spec }: ApiServerSource, namespaces: Informer<Namespace>): string[] {
  const selector = spec.namespaceSelector;
  if (selector === undefined) return [metadata.namespace ?? ""];
  const isEmpty = Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
  if (isEmpty) return [""];
  const chosen = namespaces.list().filter((namespace) => matchesSelector(selector, namespace.metadata.labels));
  return chosen.map((namespace) => namespace.metadata.name ?? "").toSorted();
}

function permissionsOf(world: ApiServerSourceWorld, source: ApiServerSource, namespaces: readonly string[]): Promise<string> | string {
  if (source.metadata.annotations?.[SKIP_PERMISSIONS_ANNOTATION] === "true") return "";
  return missingPermissions(world.client, {
    user: `system:serviceaccount:${source.metadata.namespace ?? ""}:${source.spec.serviceAccountName ?? "default"}`,
    namespaces,
    resources: (source.spec.resources ?? []).map(({ apiVersion = "", kind = "" }) => {
      const known = world.resolver.kinds.find({ apiVersion, kind });
      return known ?? { group: apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "", plural: `${kind.toLowerCase()}s` };
    }),
  });
}
