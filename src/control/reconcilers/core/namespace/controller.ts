import { namespaceKind } from "../../../../api/core/namespace.ts";
import type { KindRef } from "../../../../api/meta/kind.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import type { Informer } from "../../../../client/types.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, filteredSource, isMoreThanStatus } from "../../../controller/sources.ts";
import type { Controller, Source } from "../../../controller/types.ts";
import { collectedKinds, ownableKinds } from "../collected-kinds.ts";
import { reconcileNamespace, type NamespaceWorld } from "./reconcile.ts";

/** Empties namespaces that are being deleted. `kinds` are all that can stand in one; cluster-scoped ones are left out. */
export function namespaceController(deps: ControllerDeps, kinds: readonly KindRef[]): Controller {
  const namespaces = deps.informers.of(namespaceKind);
  const namespaced = collectedKinds(kinds).filter((kind) => kind.namespaced);
  const world: NamespaceWorld = { client: deps.client, clock: deps.clock, namespaces, kinds: namespaced };
  const isTerminating = (name: string) => namespaces.get({ namespace: "", name })?.metadata.deletionTimestamp !== undefined;
  const deletions = (informer: Informer<KubeObject>): Source =>
    changeSource(informer, ({ type, object }) => {
      const name = object.metadata.namespace ?? "";
      return type === "deleted" && isTerminating(name) ? [{ namespace: "", name }] : [];
    });
  return {
    name: "namespace-controller",
    // Not our own conditions: a failure whose words change would wake us again and again. Nor Events, which go at once.
    sources: [filteredSource(namespaces, isMoreThanStatus), ...ownableKinds(namespaced).map((kind) => deletions(deps.informers.of(kind)))],
    concurrency: 4,
    reconcile: (key) => reconcileNamespace(world, key),
  };
}
