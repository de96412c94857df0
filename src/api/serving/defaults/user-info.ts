import type { AdmissionContext } from "../../meta/kind.ts";
import type { KubeObject } from "../../meta/object.ts";
import { CREATOR_ANNOTATION, LAST_MODIFIER_ANNOTATION } from "../../names/labels.ts";
import { deepEqual } from "../../../std/json.ts";

type WithSpec = KubeObject & { spec?: unknown };

/** Notes who created the object and who changed its spec last. Changes `draft`. */
export function setUserInfo(draft: WithSpec, context: AdmissionContext): void {
  if (context.user === "") return;
  const old = context.old as WithSpec | undefined;
  if (context.operation === "UPDATE" && deepEqual(old?.spec, draft.spec)) return;
  draft.metadata.annotations = {
    ...draft.metadata.annotations,
    ...(context.operation === "CREATE" ? { [CREATOR_ANNOTATION]: context.user } : {}),
    [LAST_MODIFIER_ANNOTATION]: context.user,
  };
}
