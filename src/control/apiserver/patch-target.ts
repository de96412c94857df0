import { apiVersionOf, type Kind } from "../../api/meta/kind.ts";
import type { Definitions } from "../../api/meta/schema.ts";
import type { Target } from "./patch/patch.ts";

/** What patches and field managers need to know of a kind. `definitions` are those of all kinds. */
export function patchTarget(kind: Kind, definitions: Definitions): Target {
  return {
    definitions,
    definition: kind.definition,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    hasStatus: kind.subresources.status === true,
    custom: kind.definitions !== undefined,
  };
}
