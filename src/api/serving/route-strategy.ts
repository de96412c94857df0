import { viaField } from "../duck/field-error.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { SERVICE_LABEL } from "../names/labels.ts";
import { defaultTargets } from "./defaults/traffic.ts";
import { setUserInfo } from "./defaults/user-info.ts";
import type { Route } from "./route.ts";
import { validateMetadata, validateOwnerLabel } from "./validation/metadata.ts";
import { denied, isRefusedAnyway } from "./validation/refusals.ts";
import { validateUsers, validateRolloutDuration } from "./validation/serving-annotations.ts";
import { validateTraffic } from "./validation/traffic-validation.ts";

export const routeStrategy: Strategy<Route> = {
  prepare(draft, context) {
    if (context.operation === "CREATE") delete draft.status;
  },
  default(draft, context) {
    if (context.subresource !== "") return;
    draft.spec ??= {};
    defaultTargets(draft.spec.traffic);
    if ((draft.metadata.ownerReferences?.length ?? 0) === 0) setUserInfo(draft, context);
  },
  validate: (route, context) => (context.subresource === "" ? validate(route, context) : undefined),
};

function validate(route: Route, context: AdmissionContext): Refusal | undefined {
  if (isRefusedAnyway("Route", route, context)) return undefined;
  const { metadata, spec } = route;
  const old = context.operation === "UPDATE" ? (context.old as Route | undefined) : undefined;
  return denied([
    ...viaField("metadata", [
      ...validateMetadata(metadata),
      ...validateOwnerLabel(metadata, SERVICE_LABEL, "Service"),
      ...validateRolloutDuration(metadata.annotations),
    ]),
    ...viaField("spec", validateTraffic(spec.traffic, "Route")),
    ...viaField("metadata", validateUsers(route, old)),
  ]);
}
