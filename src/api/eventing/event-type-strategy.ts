import { validateReference } from "../duck/destination.ts";
import { missingField, viaField } from "../duck/field-error.ts";
import { immutableFaults } from "../duck/immutable.ts";
import { failsEarlier } from "../duck/refusals.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { dropStatus, oldOf } from "../meta/strategy.ts";
import type { EventType } from "./event-type.ts";
import { denied } from "./webhook.ts";

export const eventTypeStrategy: Strategy<EventType> = {
  prepare: dropStatus,
  default({ metadata, spec }, context) {
    if (context.subresource !== "" || spec?.reference === undefined || !metadata.namespace) return;
    spec.reference.namespace ||= metadata.namespace;
  },
  validate: (eventType, context) => (context.subresource === "" ? validate(eventType, context) : undefined),
};

/** All but the description is for ever. */
function validate(eventType: EventType, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "eventing.knative.dev", kind: "EventType" }, eventType, context)) return undefined;
  const { description: _description, ...spec } = eventType.spec ?? {};
  const old = oldOf<EventType>(context);
  const { description: _old, ...before } = old?.spec ?? {};
  return denied([
    ...viaField("spec", [
      ...(spec.type ? [] : missingField("type")),
      ...(spec.reference === undefined ? [] : viaField("reference", validateReference(spec.reference))),
    ]),
    ...(old === undefined ? [] : immutableFaults({ type: "v1beta2.EventTypeSpec", old: before, now: spec })),
  ]);
}
