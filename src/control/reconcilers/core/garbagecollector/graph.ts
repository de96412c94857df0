import { apiVersionOf, type KindRef } from "../../../../api/meta/kind.ts";
import type { KubeObject, ObjectKey } from "../../../../api/meta/object.ts";
import type { OwnerReference } from "../../../../api/k8s/types.generated.ts";
import type { Informer, Informers } from "../../../../client/types.ts";
import { refersTo } from "../../../controller/owners.ts";

const OWNER = "owner-uid";
/** Dependents are told within moments; whoever comes later asks the server. */
const REMEMBERED = 10_000;

/** One object with the number of its kind. */
export interface Item {
  readonly kind: KindRef;
  readonly object: KubeObject;
}

/**
 * Who owns whom, over all given kinds. A work key must name the kind too, so its name is `<number of the kind>:<name>`.
 */
export class OwnerGraph {
  readonly kinds: readonly KindRef[];
  readonly informers: readonly Informer<KubeObject>[];

  /** Uids of objects that the watch told to be gone, the latest last: no object ever has one of them again. */
  readonly #gone = new Set<string>();

  constructor(informers: Informers, kinds: readonly KindRef[]) {
    this.kinds = kinds;
    this.informers = kinds.map((kind) => informers.of(kind));
    for (const informer of this.informers)
      informer.addIndex(OWNER, ({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? []);
  }

  find(workKey: ObjectKey): Item | undefined {
    const colon = workKey.name.indexOf(":");
    const number = Number(workKey.name.slice(0, colon));
    const kind = this.kinds[number];
    const object = this.informers[number]?.get({ namespace: workKey.namespace, name: workKey.name.slice(colon + 1) });
    return kind === undefined || object === undefined ? undefined : { kind, object };
  }

  /** Objects that name this one, by uid, among their owners. */
  dependents(owner: KubeObject): readonly Item[] {
    const { uid } = owner.metadata;
    if (uid === undefined) return [];
    return this.informers.flatMap((informer) => informer.byIndex(OWNER, uid).map((object) => ({ kind: informer.kind, object })));
  }

  gone({ metadata: { uid } }: KubeObject): void {
    if (uid === undefined) return;
    this.#gone.add(uid);
    if (this.#gone.size <= REMEMBERED) return;
    for (const oldest of this.#gone) {
      this.#gone.delete(oldest);
      return;
    }
  }

  /** Whether it is known without asking that no object has this uid any more. */
  isGone(uid: string): boolean {
    return this.#gone.has(uid);
  }

  kindOf(reference: OwnerReference): KindRef | undefined {
    const candidates = this.kinds.filter((kind) => refersTo(reference, kind));
    return candidates.find((kind) => apiVersionOf(kind) === reference.apiVersion) ?? candidates[0];
  }

  /** The owner in the cache; undefined when it is not there or is another object of that name. */
  cachedOwner(reference: OwnerReference, namespace: string): KubeObject | undefined {
    const kind = this.kindOf(reference);
    if (kind === undefined) return undefined;
    const owner = this.informers[this.kinds.indexOf(kind)]?.get(ownerKey(kind, reference, namespace));
    return owner?.metadata.uid === reference.uid ? owner : undefined;
  }
}

export function workKeyOf(number: number, { metadata }: KubeObject): ObjectKey {
  return { namespace: metadata.namespace ?? "", name: `${number}:${metadata.name ?? ""}` };
}

/** A namespaced owner lives in its child's namespace. */
export function ownerKey(kind: KindRef, reference: OwnerReference, namespace: string): ObjectKey {
  return { namespace: kind.namespaced ? namespace : "", name: reference.name };
}
