import { isNotFound } from "../../../../api/meta/errors.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../../../../api/meta/object.ts";
import type { Client, DeleteOptions } from "../../../../client/types.ts";
import { done, type Outcome } from "../../../controller/types.ts";
import { classifyOwners, FOREGROUND, isDeletedAsOrphaning, isDeletedInForeground, ORPHAN } from "./classify.ts";
import type { Item, OwnerGraph } from "./graph.ts";

export interface CollectorWorld {
  readonly client: Client;
  readonly graph: OwnerGraph;
}

/**
 * Decides about one object by its owners and its finalizers.
 *
 * - I1 an object is deleted only when each of its owners was found absent, or waits in the foreground, by uid.
 * - I2 one living owner keeps it; references to the others are taken off.
 * - I3 an owner deleted in the foreground stays until no dependent blocks it; one deleted as orphaning lets its
 *   dependents go first.
 */
export async function reconcileItem(world: CollectorWorld, key: ObjectKey): Promise<Outcome> {
  const item = world.graph.find(key);
  if (item === undefined) return done;
  if (isDeletedAsOrphaning(item.object)) await orphanDependents(world, item);
  else if (isDeletedInForeground(item.object)) await deleteDependents(world, item);
  else if (item.object.metadata.deletionTimestamp === undefined) await judge(world, item);
  return done;
}

async function judge(world: CollectorWorld, item: Item): Promise<void> {
  if (!item.object.metadata.ownerReferences?.length) return;
  const { solid, waiting, absent } = await classifyOwners(world.graph, world.client, item.object);
  const gone = new Set([...waiting, ...absent].map(({ uid }) => uid));
  if (gone.size === 0) return;
  if (solid.length > 0) return dropReferences(world, item, gone); // I2
  const hasDependents = world.graph.dependents(item.object).length > 0;
  await remove(world, item, waiting.length > 0 && hasDependents ? "Foreground" : policyOf(item.object)); // I1
}

/** What the object's own finalizers ask for. */
function policyOf({ metadata }: KubeObject): NonNullable<DeleteOptions["propagationPolicy"]> {
  if (metadata.finalizers?.includes(ORPHAN)) return "Orphan";
  return metadata.finalizers?.includes(FOREGROUND) ? "Foreground" : "Background";
}

/** A change of the object since the cache saw it makes this a conflict, which is tried again. */
async function remove({ client }: CollectorWorld, { kind, object }: Item, propagationPolicy: ReturnType<typeof policyOf>): Promise<void> {
  const { uid, resourceVersion } = object.metadata;
  const preconditions = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  await client.delete(kind, keyOf(object), { propagationPolicy, preconditions });
}

/** I3 */
async function deleteDependents(world: CollectorWorld, owner: Item): Promise<void> {
  const dependents = world.graph.dependents(owner.object);
  const blocking = dependents.filter(({ object }) => blocks(object, owner.object));
  if (blocking.length === 0) return dropFinalizer(world, owner, FOREGROUND);
  await Promise.all(dependents.filter(({ object }) => object.metadata.deletionTimestamp === undefined).map((item) => judge(world, item)));
}

function blocks({ metadata }: KubeObject, owner: KubeObject): boolean {
  return (
    metadata.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true) === true
  );
}

/** I3 */
async function orphanDependents(world: CollectorWorld, owner: Item): Promise<void> {
  const { uid } = owner.object.metadata;
  const gone = new Set(uid === undefined ? [] : [uid]);
  await Promise.all(world.graph.dependents(owner.object).map((item) => dropReferences(world, item, gone)));
  await dropFinalizer(world, owner, ORPHAN);
}

async function dropReferences({ client }: CollectorWorld, { kind, object }: Item, gone: ReadonlySet<string>): Promise<void> {
  const { uid, resourceVersion } = object.metadata;
  const ownerReferences = object.metadata.ownerReferences?.filter((reference) => !gone.has(reference.uid)) ?? [];
  await ignoringAbsence(
    client.patch(kind, keyOf(object), { type: "merge", body: { metadata: { uid, resourceVersion, ownerReferences } } }),
  );
}

async function dropFinalizer({ client }: CollectorWorld, { kind, object }: Item, finalizer: string): Promise<void> {
  const { uid, resourceVersion } = object.metadata;
  const finalizers = object.metadata.finalizers?.filter((name) => name !== finalizer) ?? [];
  await ignoringAbsence(client.patch(kind, keyOf(object), { type: "merge", body: { metadata: { uid, resourceVersion, finalizers } } }));
}

async function ignoringAbsence(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
