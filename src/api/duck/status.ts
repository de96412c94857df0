import { Type, type Static } from "typebox";
import type { Condition } from "../meta/conditions.ts";
import { int64, optional, stringMap } from "./typebox.ts";

/** Schema of one condition of a Knative kind. */
export const conditionSchema = Type.Unsafe<Condition>({
  type: "object",
  required: ["type", "status"],
  properties: {
    type: { type: "string" },
    status: { type: "string" },
    severity: { type: "string" },
    lastTransitionTime: { type: "string", format: "date-time" },
    reason: { type: "string" },
    message: { type: "string" },
  },
});

/** What every status of Knative has (`duckv1.Status`). Spread into the properties of a status. */
export const statusProperties = {
  annotations: optional(stringMap()),
  conditions: optional(Type.Array(conditionSchema)),
  observedGeneration: optional(int64()),
};

/** `duckv1.Addressable` */
export const addressSchema = Type.Object({
  CACerts: optional(Type.String()),
  audience: optional(Type.String()),
  name: optional(Type.String()),
  url: optional(Type.String()),
});

/** Of kinds that events can be sent to (`duckv1.AddressStatus`). Spread into the properties of a status. */
export const addressStatusProperties = {
  address: optional(addressSchema),
  addresses: optional(Type.Array(addressSchema)),
};
export type Address = Static<typeof addressSchema>;

/** The policies that hold for an object (`AppliedEventPoliciesStatus`). */
export const policiesStatusProperties = {
  policies: optional(Type.Array(Type.Object({ apiVersion: optional(Type.String()), name: optional(Type.String()) }))),
};

/** Resolved (`duckv1.AuthStatus`). */
export const authStatusProperties = {
  auth: optional(
    Type.Object({
      serviceAccountName: optional(Type.String()),
      serviceAccountNames: optional(Type.Array(Type.String())),
    }),
  ),
};
