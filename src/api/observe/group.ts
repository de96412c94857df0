import type { Kind } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";

/** What the platform knows and no object says: asked of the event plane, stored nowhere else. */
export const OBSERVE_GROUP = "observe.kinetic.dev";
export const OBSERVE_VERSION = "v1alpha1";
export const OBSERVE_API_VERSION = `${OBSERVE_GROUP}/${OBSERVE_VERSION}`;

/** An event in the JSON format of CloudEvents. */
export type EventJson = Readonly<Record<string, unknown>>;

type Declared<T extends KubeObject> = Pick<Kind<T>, "kind" | "plural" | "singular" | "shortNames" | "verbs" | "columns">;

/** A kind of this group: namespaced, without a schema, because nothing of it is stored by the API server. */
export function observeKind<T extends KubeObject>(declared: Declared<T>): Kind<T> {
  return {
    group: OBSERVE_GROUP,
    version: OBSERVE_VERSION,
    namespaced: true,
    categories: [],
    definition: "",
    subresources: {},
    generation: "none",
    strategy: {},
    ...declared,
  };
}
