import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENTING_NAMESPACE } from "../names/kinetic.ts";
import { shippedEventingConfigMaps } from "../config/eventing/shipped.ts";
import { knativeKinds } from "../knative.ts";
import type { AdmissionContext } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";

const DENIED = 'admission webhook "validation.webhook.eventing.knative.dev" denied the request: validation failed: ';

type Configs = Readonly<Record<string, Readonly<Record<string, string>>>>;
type Draft = KubeObject & { spec?: unknown };

/** What the kind makes of the object, and why it refuses it. */
function admit(draft: Draft, { configs = {}, old, user = "admin" }: { configs?: Configs; old?: KubeObject; user?: string } = {}) {
  const shipped: Record<string, Readonly<Record<string, string>>> = {};
  for (const { metadata, data } of shippedEventingConfigMaps()) shipped[metadata?.name ?? ""] = data ?? {};
  const context: AdmissionContext = {
    operation: old === undefined ? "CREATE" : "UPDATE",
    subresource: "",
    user,
    now: 0,
    configMap: (namespace, name) => (namespace === EVENTING_NAMESPACE ? (configs[name] ?? shipped[name]) : undefined),
    ...(old === undefined ? {} : { old }),
  };
  const kind = knativeKinds.find((each) => each.kind === draft.kind && `${each.group}/${each.version}` === draft.apiVersion);
  assert.ok(kind, String(draft.kind));
  kind.strategy.prepare?.(draft, context);
  kind.strategy.default?.(draft, context);
  const refusal = kind.strategy.validate?.(draft, context);
  return { object: draft, refusal: refusal?.kind === "denied" ? refusal.message.replace(DENIED, "") : refusal };
}

function object(kind: string, spec: unknown, more: object = {}, apiVersion = "eventing.knative.dev/v1"): Draft {
  return { apiVersion, kind, metadata: { name: "x", namespace: "ns", ...more }, spec } as Draft;
}

const SUBSCRIBER = { ref: { apiVersion: "v1", kind: "Service", name: "s" } };
const source = (kind: string, spec: object) =>
  object(kind, { sink: { uri: "http://sink.example.com" }, ...spec }, {}, "sources.knative.dev/v1");

test("a Broker gets class, config and delivery from config-br-defaults", () => {
  const { object: broker, refusal } = admit(object("Broker", undefined));
  assert.equal(refusal, undefined);
  assert.deepEqual(broker.metadata.annotations, { "eventing.knative.dev/broker.class": "MTChannelBasedBroker" });
  assert.deepEqual(broker.spec, {
    config: { apiVersion: "v1", kind: "ConfigMap", name: "config-br-default-channel", namespace: "knative-eventing" },
    delivery: { retry: 10, backoffPolicy: "exponential", backoffDelay: "PT0.2S" },
  });
});

test("defaults of a namespace go before those of the cluster, and every field of a delivery counts", () => {
  const text = `clusterDefault: {brokerClass: A, kind: ConfigMap, name: a, apiVersion: v1}
namespaceDefaults:
  ns: {brokerClass: B, kind: ConfigMap, name: b, apiVersion: v1, delivery: {timeout: PT5S}, disallowDifferentNamespaceConfig: true}`;
  const configs = { "config-br-defaults": { "default-br-config": text } };
  const { object: broker } = admit(object("Broker", {}), { configs });
  assert.equal(broker.metadata.annotations?.["eventing.knative.dev/broker.class"], "B");
  assert.deepEqual(broker.spec, {
    config: { apiVersion: "v1", kind: "ConfigMap", name: "b", namespace: "ns" },
    delivery: { timeout: "PT5S" },
  });
  const elsewhere = { config: { apiVersion: "v1", kind: "ConfigMap", name: "b", namespace: "other" } };
  assert.equal(
    admit(object("Broker", elsewhere), { configs }).refusal,
    'mismatched namespaces: spec.config.namespace\nparent namespace: "ns" does not match ref: "other"',
  );
});

test("class and config of a Broker are for ever, its delivery is not", () => {
  const old = admit(object("Broker", {})).object;
  const change = (spec: object, annotations = old.metadata.annotations) =>
    admit(object("Broker", { ...(old.spec as object), ...spec }, { annotations }), { old }).refusal;
  assert.equal(change({ delivery: { retry: 1 } }), undefined);
  assert.equal(
    change({ config: { ...(old.spec as { config: object }).config, name: "other" } }),
    'Immutable fields changed (-old +new): spec\n{v1.BrokerSpec}.Config.Name:\n\t-: "config-br-default-channel"\n\t+: "other"',
  );
  assert.equal(
    change({}, { "eventing.knative.dev/broker.class": "Kafka" }),
    'Immutable annotations changed (-old +new): annotations\n{string}:\n\t-: "MTChannelBasedBroker"\n\t+: "Kafka"',
  );
  assert.equal(
    change({}, {}),
    'Immutable annotations changed (-old +new): annotations\n{string}:\n\t-: "MTChannelBasedBroker"\n\t+: ""' +
      "\nmissing field(s): eventing.knative.dev/broker.class",
  );
});

test("a Trigger gets an empty filter, the label of its Broker and the namespace of its subscriber", () => {
  const { object: trigger, refusal } = admit(object("Trigger", { broker: "b", subscriber: SUBSCRIBER }));
  assert.equal(refusal, undefined);
  assert.deepEqual(trigger.metadata.labels, { "eventing.knative.dev/broker": "b" });
  assert.deepEqual(trigger.spec, { broker: "b", filter: {}, subscriber: { ref: { ...SUBSCRIBER.ref, namespace: "ns" } } });
});

/** What is refused: kind, spec and the words. */
const trigger = (spec: object, more: object = {}) => object("Trigger", { broker: "default", subscriber: SUBSCRIBER, ...spec }, more);
const annotated = (key: string, value: string, spec = {}) => trigger(spec, { annotations: { [key]: value } });
const NAME_RULE = "Attribute name must start with a letter and can only contain lowercase alphanumeric";

const REFUSED: readonly (readonly [Draft, string])[] = [
  [object("Trigger", {}), "expected at least one, got none: spec.subscriber.ref, spec.subscriber.uri\nmissing field(s): spec.broker"],
  [trigger({ brokerRef: { name: "b" } }), "expected exactly one, got both: spec.broker, spec.brokerRef"],
  [trigger({ filter: { attributes: { Bad: "x" } } }), `invalid key name "Bad": spec.filter.attributes[Bad]\n${NAME_RULE}`],
  [
    trigger({ filters: [{ exact: { type: "a" } }, { prefix: { "0x": "y" } }] }),
    `invalid key name "0x": spec.filters[1].prefix[0x]\n${NAME_RULE}`,
  ],
  [
    trigger({ filters: [{ exact: { a: "1" }, suffix: { b: "2" } }] }),
    "multiple dialects found, filters can have only one dialect set: spec.filters[0]",
  ],
  [trigger({ filters: [{ not: { any: [] } }] }), "expected at least one filter, got none: spec.filters[0].not.any"],
  [trigger({ filters: [{}] }), "expected exactly one dialect of exact, prefix, suffix, all, any, not, cesql, got none: spec.filters[0]"],
  [trigger({ filters: [{ exact: { type: "" } }] }), "invalid value: : spec.filters[0].exact[type]"],
  [
    trigger({ subscriber: { uri: "/path" } }),
    "invalid value: Relative URI is not allowed when Ref and [apiVersion, kind, name] is absent: spec.subscriber.uri",
  ],
  [
    trigger({ subscriber: { ...SUBSCRIBER, uri: "http://a.example.com" } }),
    "Absolute URI is not allowed when Ref or [apiVersion, kind, name] is present: " +
      "spec.subscriber.ref, spec.subscriber.uri, spec.subscriber[apiVersion, kind, name]",
  ],
  [trigger({ subscriber: { ref: { name: "s" } } }), "missing field(s): spec.subscriber.ref.apiVersion, spec.subscriber.ref.kind"],
  [trigger({ delivery: { retry: -1 } }), "invalid value: -1: spec.delivery.retry"],
  [trigger({ delivery: { backoffDelay: "1s" } }), "invalid value: 1s: spec.delivery.backoffDelay"],
  [trigger({ delivery: { backoffPolicy: "cubic" } }), "invalid value: cubic: spec.delivery.backoffPolicy"],
  [trigger({ delivery: { timeout: "PT0S" } }), "invalid value: PT0S: spec.delivery.timeout"],
  [trigger({ delivery: { format: "xml" } }), "invalid value: xml: spec.delivery.format"],
  [trigger({ delivery: { retryAfterMax: "PT1S" } }), "must not set the field(s): spec.delivery.retryAfterMax"],
  [
    annotated("knative.dev/dependency", '{"namespace":"other","kind":"PingSource","apiVersion":"sources.knative.dev/v1"}'),
    'Namespace must be empty or equal to the trigger namespace "ns": metadata.annotations[knative.dev/dependency].namespace\n' +
      "missing field(s): metadata.annotations[knative.dev/dependency].name",
  ],
  [
    annotated("eventing.knative.dev/injection", "yes"),
    'The provided injection annotation value can only be "enabled" or "disabled", not "yes": ' +
      "metadata.annotations[eventing.knative.dev/injection]",
  ],
  [
    annotated("eventing.knative.dev/injection", "enabled", { broker: "b" }),
    'The provided injection annotation is only used for default broker, but non-default broker specified here: "b": ' +
      "metadata.annotations[eventing.knative.dev/injection]",
  ],
  [object("EventType", {}, {}, "eventing.knative.dev/v1beta2"), "missing field(s): spec.type"],
  [
    object("EventType", { attributes: [{ name: "type", value: "t" }] }, {}, "eventing.knative.dev/v1beta3"),
    "missing field(s): spec.attributes.id, spec.attributes.source, spec.attributes.specversion",
  ],
  [source("PingSource", { schedule: "@every 1s" }), "invalid value: unsupported descriptor @every: spec.schedule"],
  [source("PingSource", { timezone: "Mars/Base" }), "invalid value: unknown time zone Mars/Base: spec.timezone"],
  [source("PingSource", { data: "a", dataBase64: "YQ==" }), "expected exactly one, got both: spec.data, spec.dataBase64"],
  [source("PingSource", { dataBase64: "!" }), "invalid value: illegal base64 data: spec.dataBase64"],
  [
    source("PingSource", { data: "[1]", contentType: "application/json" }),
    "invalid value: json: cannot unmarshal array into Go value of type map[string]interface {}: spec.data",
  ],
  [source("ApiServerSource", { mode: "Other" }), "invalid value: Other: spec.mode\nmissing field(s): spec.resources"],
  [source("ApiServerSource", { resources: [{ apiVersion: "v1" }] }), "missing field(s): spec.resources[0].kind"],
  [
    source("ApiServerSource", { resources: [{ apiVersion: "v1", kind: "Event" }], filters: [{ exact: { type: "x" } }] }),
    "Filters is not empty but the NewAPIServerFilters feature is disabled.: spec.filters",
  ],
  [
    source("SinkBinding", { subject: { apiVersion: "apps/v1", kind: "Deployment", namespace: "other" } }),
    "expected exactly one, got neither: spec.subject.name, spec.subject.selector\ninvalid value: other: spec.subject.namespace",
  ],
  [source("ContainerSource", { template: { spec: { containers: [{ name: "a" }] } } }), "missing field(s): spec.containers[0].image"],
  [source("ContainerSource", {}), "missing field(s): spec.containers"],
  [
    source("PingSource", { ceOverrides: { extensions: { Bad: "x" } } }),
    'invalid key name "Bad": spec.ceOverrides.extensions[Bad]\n' +
      "keys MUST consist of lower-case letters ('a' to 'z') or digits ('0' to '9') from the ASCII character set",
  ],
  [
    object("Subscription", {}, {}, "messaging.knative.dev/v1"),
    "missing field(s): spec.channel\nthe Subscription must reference a channel\n" +
      "missing field(s): spec.subscriber\nthe Subscription must reference a subscriber",
  ],
  [
    object("Channel", { subscribers: [{ uid: "u" }] }, {}, "messaging.knative.dev/v1"),
    "must not set the field(s): spec.subscribable.subscribers",
  ],
  [
    object("InMemoryChannel", { subscribers: [{ uid: "u" }] }, {}, "messaging.knative.dev/v1"),
    "Channel.Spec.Subscribers changed by a user which was not the eventing-controller service account: spec.subscribers",
  ],
];

for (const [draft, words] of REFUSED) {
  test(`refused: ${draft.kind} ${JSON.stringify(draft.spec)} ${JSON.stringify(draft.metadata.annotations ?? {})}`, () => {
    assert.equal(admit(draft).refusal, words);
  });
}

test("CESQL must parse, and the refusal says where it does not", () => {
  const { refusal } = admit(trigger({ filters: [{ cesql: "type = " }] }));
  assert.match(String(refusal), /^invalid value: type = : spec\.filters\[0\]\.cesql\n\S/);
  assert.equal(admit(trigger({ filters: [{ any: [{ cesql: "type LIKE 'a%'" }, { not: { exact: { type: "b" } } }] }] })).refusal, undefined);
});

test("the Broker of a Trigger is for ever, its filter is not", () => {
  const old = admit(trigger({})).object;
  assert.equal(admit(trigger({ filter: { attributes: { type: "t" } } }), { old }).refusal, undefined);
  assert.equal(
    admit(trigger({ broker: "other" }), { old }).refusal,
    'Immutable fields changed (-old +new): broker, spec\n{string}:\n\t-: "default"\n\t+: "other"',
  );
});

test("features open what they guard", () => {
  const configs = {
    "config-features": { "delivery-retryafter": "Enabled", "delivery-timeout": "disabled", "kreference-group": "enabled" },
  };
  assert.equal(admit(trigger({ delivery: { retryAfterMax: "PT0S" } }), { configs }).refusal, undefined);
  assert.equal(admit(trigger({ delivery: { timeout: "PT1S" } }), { configs }).refusal, "must not set the field(s): spec.delivery.timeout");
  assert.equal(admit(trigger({ subscriber: { ref: { group: "g", kind: "K", name: "n" } } }), { configs }).refusal, undefined);
});

test("sources get their defaults", () => {
  assert.equal((admit(source("PingSource", {})).object.spec as { schedule: string }).schedule, "* * * * *");
  const api = admit(source("ApiServerSource", { resources: [{ apiVersion: "v1", kind: "Event" }] }));
  assert.equal(api.refusal, undefined);
  assert.partialDeepStrictEqual(api.object.spec, { mode: "Reference", serviceAccountName: "default" });
  const container = admit(source("ContainerSource", { template: { spec: { containers: [{ image: "i" }] } } }));
  assert.partialDeepStrictEqual(container.object.spec, { template: { spec: { containers: [{ name: "x-0" }] } } });
  const subject = { apiVersion: "apps/v1", kind: "Deployment", name: "d" };
  assert.partialDeepStrictEqual(admit(source("SinkBinding", { subject })).object.spec, { subject: { namespace: "ns" } });
  const channel = admit(object("Channel", {}, {}, "messaging.knative.dev/v1")).object;
  assert.deepEqual(channel.metadata.annotations, { "messaging.knative.dev/subscribable": "v1" });
  assert.deepEqual(channel.spec, { channelTemplate: { apiVersion: "messaging.knative.dev/v1", kind: "InMemoryChannel" } });
});

test("the data of a PingSource may have a limit", () => {
  const configs = { "config-ping-defaults": { "data-max-size": "3" } };
  assert.equal(
    admit(source("PingSource", { data: "four" }), { configs }).refusal,
    "invalid value: the data length of 4 bytes exceeds limit set at 3.: spec.data",
  );
});
