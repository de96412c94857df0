import type { OwnerReference } from "../../../../api/k8s/types.generated.ts";
import { keyOf, type KubeObject } from "../../../../api/meta/object.ts";
import type { Client } from "../../../../client/types.ts";
import { ownerKey, type OwnerGraph } from "./graph.ts";

export const FOREGROUND = "foregroundDeletion";
export const ORPHAN = "orphan";

/** The owners of one object, told apart. */
export interface Owners {
  /** They live, or nobody can tell. */
  readonly solid: readonly OwnerReference[];
  /** They wait in the foreground for this object to go. */
  readonly waiting: readonly OwnerReference[];
  /** They are gone: the server said so. */
  readonly absent: readonly OwnerReference[];
}

type Fate = keyof Owners;

/** An owner that is not in the cache and was not seen to go is asked of the server before it counts as gone: it may just be new. */
export async function classifyOwners(graph: OwnerGraph, client: Client, object: KubeObject): Promise<Owners> {
  const references = object.metadata.ownerReferences ?? [];
  const fates = await Promise.all(references.map((reference) => fateOf(graph, client, reference, keyOf(object).namespace)));
  const of = (fate: Fate) => references.filter((_reference, i) => fates[i] === fate);
  return { solid: of("solid"), waiting: of("waiting"), absent: of("absent") };
}

async function fateOf(graph: OwnerGraph, client: Client, reference: OwnerReference, namespace: string): Promise<Fate> {
  const kind = graph.kindOf(reference);
  if (kind === undefined) return "solid"; // a kind that we do not know is not ours to judge
  if (graph.isGone(reference.uid)) return "absent";
  const cached = graph.cachedOwner(reference, namespace);
  const owner = cached ?? (await client.get(kind, ownerKey(kind, reference, namespace)));
  if (owner?.metadata.uid !== reference.uid) return "absent";
  return isDeletedInForeground(owner) ? "waiting" : "solid";
}

export function isDeletedInForeground({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(FOREGROUND) === true;
}

export function isDeletedAsOrphaning({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(ORPHAN) === true;
}
