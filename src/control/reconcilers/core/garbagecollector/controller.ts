import type { KindRef } from "../../../../api/meta/kind.ts";
import type { KubeObject, ObjectKey } from "../../../../api/meta/object.ts";
import type { Change, Informer } from "../../../../client/types.ts";
import { deepEqual } from "../../../../std/json.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource } from "../../../controller/sources.ts";
import type { Controller, Source } from "../../../controller/types.ts";
import { ownableKinds } from "../collected-kinds.ts";
import { isDeletedAsOrphaning, isDeletedInForeground } from "./classify.ts";
import { OwnerGraph, workKeyOf } from "./graph.ts";
import { reconcileItem } from "./reconcile.ts";

/** Deletes what has lost all its owners. `kinds` are all that can own or be owned, built-in and custom. */
export function garbageCollectorController(deps: ControllerDeps, kinds: readonly KindRef[]): Controller {
  const graph = new OwnerGraph(deps.informers, ownableKinds(kinds));
  const world = { client: deps.client, graph };
  return {
    name: "garbage-collector",
    sources: graph.informers.map((informer, number) => itemSource(graph, informer, number)),
    concurrency: 16,
    reconcile: (key) => reconcileItem(world, key),
  };
}

function itemSource(graph: OwnerGraph, informer: Informer<KubeObject>, number: number): Source {
  return changeSource(informer, (change) => {
    if (change.type === "deleted") {
      graph.gone(change.object);
      return [...dependentKeys(graph, change.object), ...waitingOwnerKeys(graph, change.object)];
    }
    return isNews(graph, change) ? [workKeyOf(number, change.object)] : [];
  });
}

/** Whether owners or life of the object changed: other updates cannot make it garbage. */
function isNews(graph: OwnerGraph, change: Exclude<Change<KubeObject>, { type: "deleted" }>): boolean {
  const { object } = change;
  const concerns = object.metadata.ownerReferences !== undefined || isDeletedInForeground(object) || isDeletedAsOrphaning(object);
  if (change.type === "added") return concerns && !isHeld(graph, object);
  const facts = ({ metadata }: KubeObject) => [metadata.ownerReferences, metadata.deletionTimestamp, metadata.finalizers];
  return (concerns || change.old.metadata.ownerReferences !== undefined) && !deepEqual(facts(object), facts(change.old));
}

/** Whether all its owners are there and stay for now: when one goes, that wakes its dependents. */
function isHeld(graph: OwnerGraph, { metadata }: KubeObject): boolean {
  const { ownerReferences = [], namespace = "", deletionTimestamp } = metadata;
  const stays = (owner: KubeObject | undefined) => owner !== undefined && owner.metadata.deletionTimestamp === undefined;
  return deletionTimestamp === undefined && ownerReferences.every((reference) => stays(graph.cachedOwner(reference, namespace)));
}

function dependentKeys(graph: OwnerGraph, owner: KubeObject): ObjectKey[] {
  return graph.dependents(owner).map(({ kind, object }) => workKeyOf(graph.kinds.indexOf(kind), object));
}

/** Owners that wait in the foreground for this object to go. */
function waitingOwnerKeys(graph: OwnerGraph, { metadata }: KubeObject): ObjectKey[] {
  return (metadata.ownerReferences ?? []).flatMap((reference) => {
    const kind = graph.kindOf(reference);
    const owner = graph.cachedOwner(reference, metadata.namespace ?? "");
    if (kind === undefined || owner === undefined || !isDeletedInForeground(owner)) return [];
    return [workKeyOf(graph.kinds.indexOf(kind), owner)];
  });
}
