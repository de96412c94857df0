import { defaultDelivery, validateDelivery } from "../duck/delivery.ts";
import { defaultDestination, validateDestination, validateReference, type Destination } from "../duck/destination.ts";
import { disallowedFields, fieldError, viaField, type FieldErrors } from "../duck/field-error.ts";
import { immutableFaults } from "../duck/immutable.ts";
import { failsEarlier } from "../duck/refusals.ts";
import { denied, destinationRules, featuresOf } from "../eventing/webhook.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { dropStatus, oldOf } from "../meta/strategy.ts";
import type { Subscription } from "./subscription.ts";

export const subscriptionStrategy: Strategy<Subscription> = {
  prepare: dropStatus,
  default(draft, context) {
    if (context.subresource !== "") return;
    draft.spec ??= {};
    for (const destination of [draft.spec.subscriber, draft.spec.reply]) defaultDestination(destination, draft.metadata.namespace);
    defaultDelivery(draft.spec.delivery, draft.metadata.namespace);
  },
  validate: (subscription, context) => (context.subresource === "" ? validate(subscription, context) : undefined),
};

function validate(subscription: Subscription, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "messaging.knative.dev", kind: "Subscription" }, subscription, context)) return undefined;
  const { subscriber, reply, delivery } = subscription.spec;
  const features = featuresOf(context);
  const rules = { ...destinationRules(features), features };
  const old = oldOf<Subscription>(context);
  return denied([
    ...viaField("spec", [
      ...channelFaults(subscription),
      ...(isEmpty(subscriber)
        ? fieldError("missing field(s)", ["subscriber"], "the Subscription must reference a subscriber")
        : viaField("subscriber", validateDestination(subscriber, rules))),
      ...(isEmpty(reply) ? [] : viaField("reply", validateDestination(reply, rules))),
      ...viaField("delivery", validateDelivery(delivery, rules)),
    ]),
    ...(old === undefined ? [] : changes(subscription, old)),
  ]);
}

/** Relative to the spec. */
function channelFaults({ metadata, spec: { channel } }: Subscription): FieldErrors {
  if (channel === undefined || Object.keys(channel).length === 0) {
    return fieldError("missing field(s)", ["channel"], "the Subscription must reference a channel");
  }
  const elsewhere = channel.namespace && channel.namespace !== metadata.namespace;
  return viaField("channel", [...validateReference(channel), ...(elsewhere ? disallowedFields("namespace") : [])]);
}

/** Subscriber, reply and delivery may change, nothing else. */
function changes(now: Subscription, old: Subscription): FieldErrors {
  const [before, after] = [old, now].map(({ spec: { channel } }) => ({ channel }));
  return immutableFaults({ type: "v1.SubscriptionSpec", old: before, now: after });
}

function isEmpty(destination: Destination | undefined): boolean {
  return destination === undefined || Object.keys(destination).length === 0;
}
