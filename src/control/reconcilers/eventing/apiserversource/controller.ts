import { namespaceKind } from "../../../../api/core/namespace.ts";
import type { Namespace } from "../../../../api/k8s/types.generated.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { SKIP_PERMISSIONS_ANNOTATION } from "../../../../api/names/eventing.ts";
import { apiServerEventTypes, apiServerSourceKind, type ApiServerSource } from "../../../../api/sources/api-server-source.ts";
import { API_SERVER_SOURCE_CONDITIONS, markSourceOidcDisabled, SUFFICIENT_PERMISSIONS } from "../../../../api/sources/lifecycle.ts";
import { matchesSelector } from "../../../../client/selectors.ts";
import type { Informer } from "../../../../client/types.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { informerSource, sourcesOf } from "../../../controller/sources.ts";
import { done, requeueAfter, type Controller, type Outcome } from "../../../controller/types.ts";
import type { EventingOptions } from "../shared/options.ts";
import { planeSource } from "../shared/plane.ts";
import { markDeployed, resolveSink } from "../shared/sink.ts";
import { beginPass, endPass, eventingWorld, presentObject, settingsSource, type EventingWorld } from "../shared/world.ts";
import { missingPermissions } from "./permissions.ts";

/** Nothing tells when somebody is allowed more. */
const ASK_AGAIN_MS = 10_000;
/** The `source` of the events: the API server's own address, as pods know it. */
const API_SERVER = "https://kubernetes.default.svc";

interface ApiServerSourceWorld extends EventingWorld<ApiServerSource> {
  readonly namespaces: Informer<Namespace>;
}

export function apiServerSourceController(deps: ControllerDeps, options: EventingOptions): Controller {
  const namespaces = deps.informers.of(namespaceKind);
  const world: ApiServerSourceWorld = { ...eventingWorld(deps, options, apiServerSourceKind), namespaces };
  const selecting = () => world.objects.list().filter(({ spec }) => spec.namespaceSelector !== undefined);
  return {
    name: "apiserversource-controller",
    sources: sourcesOf(
      world.objects,
      informerSource(namespaces, () => selecting().map(keyOf)),
      world.tracker,
      settingsSource(deps, world),
      planeSource(options.events, world.objects),
    ),
    reconcile: (key) => reconcileApiServerSource(world, key),
  };
}

async function reconcileApiServerSource(world: ApiServerSourceWorld, key: ObjectKey): Promise<Outcome> {
  const source = presentObject(world, key);
  if (source === undefined) return done;
  const pass = beginPass(world, source, API_SERVER_SOURCE_CONDITIONS);
  const { status, conditions, references } = pass;
  resolveSink(status, conditions, { resolver: world.resolver, sink: source.spec.sink, namespace: key.namespace, references });
  status.namespaces = namespacesOf(source, world.namespaces);
  status.ceAttributes = apiServerEventTypes(source.spec.mode).map((type) => ({ type, source: API_SERVER }));
  const missing = await permissionsOf(world, source, status.namespaces);
  if (missing === "") conditions.markTrue(SUFFICIENT_PERMISSIONS);
  else conditions.markFalse(SUFFICIENT_PERMISSIONS, "", missing);
  markDeployed(conditions, world.events.source(source.metadata.uid ?? ""));
  markSourceOidcDisabled(conditions);
  await endPass(world, pass);
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
