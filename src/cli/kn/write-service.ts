import type { KnativeService } from "../../api/serving/service.ts";
import type { Context } from "./kn.ts";
import { SERVICE } from "./refs.ts";
import { updateObject, type Updated as UpdatedObject } from "./update-object.ts";

export type Updated = UpdatedObject<KnativeService>;

/** GET, change, PUT; again when somebody else was faster. `known` saves the first GET. */
export function updateService(
  context: Context,
  name: string,
  change: (old: KnativeService) => Promise<KnativeService>,
  known?: KnativeService,
): Promise<Updated> {
  return updateObject(context, SERVICE, { name, change, known });
}
