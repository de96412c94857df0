import { namespaceKind } from "../../../../api/core/namespace.ts";
import type { Namespace } from "../../../../api/k8s/types.generated.ts";
import { isConflict, isNotFound } from "../../../../api/meta/errors.ts";
import type { KindRef } from "../../../../api/meta/kind.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../../../../api/meta/object.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import { done, requeueAfter, type Outcome } from "../../../controller/types.ts";
import { deletionConditions, type Remaining } from "./conditions.ts";

export interface NamespaceWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly namespaces: Informer<Namespace>;
  /** All namespaced kinds. */
  readonly kinds: readonly KindRef[];
}

/** `kubernetes`, in spec.finalizers: ours to take off. */
const FINALIZER = "kubernetes";
/** Each deletion wakes us; this is for those that nobody told us of. */
const LOOK_AGAIN_MS = 5_000;
const PASSES = 2;

/** Empties a namespace that is being deleted, and lets it go once the server shows nothing in it. */
export async function reconcileNamespace(world: NamespaceWorld, key: ObjectKey): Promise<Outcome> {
  const namespace = world.namespaces.get(key);
  if (namespace?.metadata.deletionTimestamp === undefined || !namespace.spec?.finalizers?.includes(FINALIZER)) return done;
  const remaining = await empty(world, key.name);
  const conditions = deletionConditions(remaining, namespace.status?.conditions ?? [], world.clock.now());
  if (remaining.resources.size > 0 || remaining.failures.length > 0) {
    await updateStatusIfChanged(world.client, namespaceKind, namespace, { phase: "Terminating", conditions });
    return requeueAfter(LOOK_AGAIN_MS);
  }
  await finalize(world.client, namespace);
  return done;
}

/** Deletes everything and looks again: most content goes at once, and then nobody has to wait for an event. */
async function empty(world: NamespaceWorld, namespace: string): Promise<Remaining> {
  const failures: string[] = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    const content = await contentOf(world, namespace);
    if (content.length === 0) return count([], []);
    failures.push(...(await deleteAll(world.client, content)));
  }
  return count(await contentOf(world, namespace), failures);
}

interface Content {
  readonly kind: KindRef;
  readonly object: KubeObject;
}

/** Asked of the server: a cache could miss what was made a moment ago. */
async function contentOf({ client, kinds }: NamespaceWorld, namespace: string): Promise<Content[]> {
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const { items } = await client.list(kind, { namespace });
      return items.map((object) => ({ kind, object }));
    }),
  );
  return lists.flat();
}

/** Answers why some could not be deleted. */
async function deleteAll(client: Client, content: readonly Content[]): Promise<string[]> {
  const doomed = content.filter(({ object }) => object.metadata.deletionTimestamp === undefined);
  const results = await Promise.allSettled(
    doomed.map(({ kind, object }) => client.delete(kind, keyOf(object), { propagationPolicy: "Background" })),
  );
  return results.flatMap((result) => (result.status === "rejected" && !isConflict(result.reason) ? [String(result.reason)] : []));
}

function count(content: readonly Content[], failures: readonly string[]): Remaining {
  const resources = new Map<string, number>();
  const finalizers = new Map<string, number>();
  for (const { kind, object } of content) {
    add(resources, `${kind.plural}.${kind.group}`);
    for (const finalizer of object.metadata.finalizers ?? []) add(finalizers, finalizer);
  }
  return { resources, finalizers, failures: [...new Set(failures)] };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

async function finalize(client: Client, namespace: Namespace): Promise<void> {
  const finalizers = namespace.spec?.finalizers?.filter((name) => name !== FINALIZER) ?? [];
  try {
    await client.update(namespaceKind, { ...namespace, spec: { ...namespace.spec, finalizers } }, { subresource: "finalize" });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
