import { builtinKinds } from "./builtin.ts";
import { builtinDefinitions } from "./k8s/definitions.ts";
import { knativeKinds } from "./knative.ts";
import type { Kind } from "./meta/kind.ts";
import type { Definitions } from "./meta/schema.ts";

/** Every kind that the embedded API server serves. */
export const allKinds: readonly Kind[] = [...builtinKinds, ...knativeKinds];

/** The definitions of all kinds, by name. */
export function allDefinitions(): Definitions {
  return Object.assign({}, builtinDefinitions, ...allKinds.map((kind) => kind.definitions ?? {})) as Definitions;
}
