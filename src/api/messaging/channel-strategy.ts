import { deepClone, deepEqual } from "../../std/json.ts";
import { CHANNEL_DEFAULTS_CONFIG, channelTemplateFor, parseChannelDefaults } from "../config/eventing/channel-defaults.ts";
import { defaultDelivery, validateDelivery } from "../duck/delivery.ts";
import { disallowedFields, fieldError, invalidValue, missingField, viaField, type FieldErrors } from "../duck/field-error.ts";
import { immutableFaults } from "../duck/immutable.ts";
import { failsEarlier } from "../duck/refusals.ts";
import { denied, destinationRules, eventingConfig, featuresOf } from "../eventing/webhook.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { dropStatus, oldOf } from "../meta/strategy.ts";
import { EVENTING_CONTROLLER, SCOPE_ANNOTATION, SUBSCRIBABLE_ANNOTATION } from "../names/eventing.ts";
import type { Channel, InMemoryChannel } from "./channel.ts";

const CHANGERS: readonly string[] = [EVENTING_CONTROLLER, "system:kinetic"];

export const channelStrategy: Strategy<Channel> = {
  prepare: dropStatus,
  default(draft, context) {
    if (context.subresource !== "") return;
    mark(draft);
    draft.spec.channelTemplate ??= templateFor(draft.metadata.namespace ?? "", context);
    defaultDelivery(draft.spec.delivery, draft.metadata.namespace);
  },
  validate: (channel, context) => (context.subresource === "" ? validateChannel(channel, context) : undefined),
};

export const inMemoryChannelStrategy: Strategy<InMemoryChannel> = {
  prepare: dropStatus,
  default(draft, context) {
    if (context.subresource !== "") return;
    mark(draft);
    defaultDelivery(draft.spec.delivery, draft.metadata.namespace);
  },
  validate: (channel, context) => (context.subresource === "" ? validateInMemory(channel, context) : undefined),
};

/** Says which form of the duck type its subscribers have. */
function mark(draft: Channel | InMemoryChannel): void {
  draft.spec ??= {};
  draft.metadata.annotations = { ...draft.metadata.annotations, [SUBSCRIBABLE_ANNOTATION]: "v1" };
}

function templateFor(namespace: string, context: AdmissionContext): Channel["spec"]["channelTemplate"] {
  const template = channelTemplateFor(eventingConfig(context, CHANNEL_DEFAULTS_CONFIG, parseChannelDefaults), namespace);
  return template === undefined ? undefined : deepClone(template);
}

function validateChannel(channel: Channel, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "messaging.knative.dev", kind: "Channel" }, channel, context)) return undefined;
  const { channelTemplate, subscribers = [], delivery } = channel.spec;
  const features = featuresOf(context);
  const old = oldOf<Channel>(context);
  return denied([
    ...viaField("spec", [
      ...(channelTemplate === undefined ? missingField("channelTemplate") : viaField("channelTemplate", templateFaults(channelTemplate))),
      ...(subscribers.length > 0 ? disallowedFields("subscribable.subscribers") : []),
      ...viaField("delivery", validateDelivery(delivery, { ...destinationRules(features), features })),
    ]),
    ...(old === undefined
      ? []
      : immutableFaults({ type: "v1.ChannelSpec", old: withoutSubscribers(old), now: withoutSubscribers(channel) })),
  ]);
}

function templateFaults({ kind, apiVersion }: NonNullable<Channel["spec"]["channelTemplate"]>): FieldErrors {
  return [...(kind ? [] : missingField("kind")), ...(apiVersion ? [] : missingField("apiVersion"))];
}

function withoutSubscribers({ spec }: Channel): object {
  const { subscribers: _subscribers, ...rest } = spec;
  return rest;
}

function validateInMemory(channel: InMemoryChannel, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "messaging.knative.dev", kind: "InMemoryChannel" }, channel, context)) return undefined;
  const scope = channel.metadata.annotations?.[SCOPE_ANNOTATION];
  const features = featuresOf(context);
  const { delivery, subscribers = [] } = channel.spec;
  const before = oldOf<InMemoryChannel>(context)?.spec.subscribers ?? [];
  return denied([
    ...(scope === undefined || scope === "cluster" || scope === "namespace"
      ? []
      : viaField("metadata.annotations", invalidValue(scope, `[${SCOPE_ANNOTATION}]`, "expected either 'cluster' or 'namespace'"))),
    ...viaField("spec.delivery", validateDelivery(delivery, { ...destinationRules(features), features })),
    ...(CHANGERS.includes(context.user) || deepEqual(subscribers, before) ? [] : fieldError(SUBSCRIBERS_CHANGED, "spec.subscribers")),
  ]);
}

const SUBSCRIBERS_CHANGED = "Channel.Spec.Subscribers changed by a user which was not the eventing-controller service account";
