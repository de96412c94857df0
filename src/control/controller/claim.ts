import type { KindRef } from "../../api/meta/kind.ts";
import { isNotFound } from "../../api/meta/errors.ts";
import { keyOf, type KubeObject } from "../../api/meta/object.ts";
import type { Client, Informer } from "../../client/types.ts";
import { controllerOf, controllerRef } from "./owners.ts";

const CONTROLLER_INDEX = "controller";

/** Indexes children by the uid of their controller, and those without one by namespace. */
export function indexByController<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndex(CONTROLLER_INDEX, (object) => [controllerOf(object)?.uid ?? orphansOf(object.metadata.namespace)]);
}

/** Children that say they belong to `owner`. Needs `indexByController`. */
export function childrenOf<T extends KubeObject>(informer: Informer<T>, owner: KubeObject): readonly T[] {
  return informer.byIndex(CONTROLLER_INDEX, owner.metadata.uid ?? "");
}

/** Objects of the namespace that nobody controls. Needs `indexByController`. */
export function orphansIn<T extends KubeObject>(informer: Informer<T>, namespace: string): readonly T[] {
  return informer.byIndex(CONTROLLER_INDEX, orphansOf(namespace));
}

function orphansOf(namespace: string | undefined): string {
  return `none/${namespace ?? ""}`;
}

export interface Claim<O extends KubeObject, T extends KubeObject> {
  readonly client: Client;
  readonly ownerKind: KindRef<O>;
  readonly owner: O;
  readonly childKind: KindRef<T>;
  readonly children: Informer<T>;
  /** Whether the owner's selector picks the child. */
  matches(child: T): boolean;
}

/**
 * The children of `owner`: orphans that match are adopted, children that no longer match are released. A deleted owner
 * adopts nothing, which is asked of the server and not of the cache.
 */
export async function claimChildren<O extends KubeObject, T extends KubeObject>(claim: Claim<O, T>): Promise<T[]> {
  const { owner, children } = claim;
  const own = childrenOf(children, owner);
  const lost = own.filter((child) => !claim.matches(child) && child.metadata.deletionTimestamp === undefined);
  const orphans = orphansIn(children, owner.metadata.namespace ?? "");
  const found = orphans.filter((child) => claim.matches(child) && child.metadata.deletionTimestamp === undefined);
  await Promise.all(lost.map((child) => release(claim, child)));
  const adopted = found.length === 0 ? [] : await adoptAll(claim, found);
  return [...own.filter((child) => claim.matches(child)), ...adopted];
}

async function adoptAll<O extends KubeObject, T extends KubeObject>(claim: Claim<O, T>, found: readonly T[]): Promise<T[]> {
  if (claim.owner.metadata.deletionTimestamp !== undefined) return [];
  const fresh = await claim.client.get(claim.ownerKind, keyOf(claim.owner));
  if (fresh?.metadata.uid !== claim.owner.metadata.uid || fresh?.metadata.deletionTimestamp !== undefined) return [];
  const adopted = await Promise.all(found.map((child) => adopt(claim, child)));
  return adopted.filter((child) => child !== undefined);
}

async function adopt<O extends KubeObject, T extends KubeObject>(claim: Claim<O, T>, child: T): Promise<T | undefined> {
  const ownerReferences = [...(child.metadata.ownerReferences ?? []), controllerRef(claim.ownerKind, claim.owner)];
  return changeOwners(claim, child, ownerReferences);
}

async function release<O extends KubeObject, T extends KubeObject>(claim: Claim<O, T>, child: T): Promise<void> {
  const ownerReferences = child.metadata.ownerReferences?.filter(({ uid }) => uid !== claim.owner.metadata.uid) ?? [];
  await changeOwners(claim, child, ownerReferences);
}

/** Undefined when the child has gone meanwhile. */
async function changeOwners<O extends KubeObject, T extends KubeObject>(
  { client, childKind }: Claim<O, T>,
  child: T,
  ownerReferences: readonly object[],
): Promise<T | undefined> {
  const { uid, resourceVersion } = child.metadata;
  try {
    return await client.patch(childKind, keyOf(child), { type: "merge", body: { metadata: { uid, resourceVersion, ownerReferences } } });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
