import type { DescribedGroup } from "./describe.ts";

const STATUS = "dev.knative.serving.v1.Status";
const CONDITION = "dev.knative.serving.v1.Condition";
const DUCK = "dev.knative.duck.v1.";

const address = "Where its events are taken.";
const addresses = "The same, one for each scheme.";
const sink = "Where the events go.";

/** Types that several kinds of Eventing share. */
export const duckTexts: DescribedGroup = {
  prefix: DUCK,
  types: {
    Destination: {
      ref: "An object that takes events: a Service of Kubernetes, or one with an address, such as a Knative Service, Broker or Channel.",
      uri: "An absolute URL; or, beside ref, a path that is resolved against the address of the object.",
      CACerts: "Certificates in PEM that the receiver is trusted by, beside those of the system.",
      audience: "For whom a token is meant. Not used: no tokens are sent.",
    },
    KReference: {
      apiVersion: "Group and version of the object, e.g. serving.knative.dev/v1.",
      group: "Group of the object, in place of apiVersion. Refused unless config-features enables kreference-group.",
      kind: "Kind of the object.",
      name: "Name of the object.",
      namespace: "Namespace of the object. Default: the one of whoever refers to it.",
      address: "Which of several addresses, by its name. Default: the first.",
    },
    Delivery: {
      retry: "Tries after the first before the event becomes a dead letter.",
      backoffPolicy: "linear: the delay each time. exponential: twice as long each time, beginning with the delay.",
      backoffDelay: "Wait before a try, as an ISO 8601 duration, e.g. PT0.5S.",
      timeout: "How long one try may take, as an ISO 8601 duration. Default: ten minutes.",
      deadLetterSink: "Where events go that could not be delivered. Without one they are parked, and kinetic dlq shows them.",
      retryAfterMax: "The longest Retry-After that is obeyed. Refused unless config-features enables delivery-retryafter.",
      format: "How the event is written: binary, with attributes as headers, or json, as one document. Default: binary.",
    },
    DeadLetterStatus: {
      deadLetterSinkUri: "The address of the dead letter sink.",
      deadLetterSinkCACerts: "Certificates that it is trusted by.",
      deadLetterSinkAudience: "Not used.",
    },
    Filter: {
      exact: "All of these attributes have exactly these values.",
      prefix: "All of these attributes begin with these values.",
      suffix: "All of these attributes end with these values.",
      all: "All of these filters match.",
      any: "One of these filters matches.",
      not: "This filter does not match.",
      cesql: "An expression of CloudEvents SQL that is true.",
    },
    Overrides: { extensions: "Attributes that each event gets, in place of its own of the same name." },
    SourceSpec: { sink, ceOverrides: "What is changed in each event." },
    SourceStatus: {
      sinkUri: "The address of the sink.",
      sinkCACerts: "Certificates that it is trusted by.",
      sinkAudience: "Not used.",
      auth: "Not used.",
      ceAttributes: "Type and source of the events that it sends.",
    },
    Auth: { serviceAccountName: "Not used.", serviceAccountNames: "Not used." },
    Policy: { apiVersion: "Not used.", name: "Not used." },
    EventAttributes: { type: "Type of the event.", source: "Source of the event." },
    Address: { url: "The address.", name: "Its scheme.", CACerts: "Certificates of the receiver.", audience: "Not used." },
  },
  bases: { SourceStatus: STATUS, DeadLetterStatus: STATUS },
  members: {
    "Destination.ref": "KReference",
    "Delivery.deadLetterSink": "Destination",
    "SourceSpec.sink": "Destination",
    "SourceSpec.ceOverrides": "Overrides",
    "SourceStatus.ceAttributes": "EventAttributes",
    "SourceStatus.auth": "Auth",
    "SourceStatus.conditions": CONDITION,
  },
};

export const eventingTexts: DescribedGroup = {
  prefix: "dev.knative.eventing.v1.",
  types: {
    Broker: { spec: "How its events are kept and delivered.", status: "Its address, and whether it takes events." },
    BrokerSpec: {
      config: "What the implementation is configured by. Default: config-br-defaults. For ever.",
      delivery: "What happens to events that could not be delivered, for Triggers that say nothing of their own.",
    },
    BrokerStatus: { address, addresses, policies: "Not used." },
    Trigger: { spec: "Which events go where.", status: "The address of the subscriber, and whether events arrive there." },
    TriggerSpec: {
      broker: "The Broker whose events these are. For ever.",
      brokerRef: "The Broker as a reference, in place of broker.",
      subscriber: "Where the events go. An answer that is an event goes to the Broker.",
      filter: "Attributes with exactly these values; an empty value asks for the attribute alone. Not looked at when there are filters.",
      filters: "Filters that must all match; each has one dialect.",
      delivery: "What happens to events that could not be delivered, in place of what the Broker says.",
    },
    AttributesFilter: { attributes: "Attribute -> value." },
    TriggerStatus: {
      subscriberUri: "The address of the subscriber.",
      subscriberCACerts: "Certificates that it is trusted by.",
      subscriberAudience: "Not used.",
      auth: "Not used.",
      ...{ deadLetterSinkUri: "The address of the dead letter sink, be it the Broker's.", deadLetterSinkAudience: "Not used." },
      deadLetterSinkCACerts: "Certificates that the dead letter sink is trusted by.",
    },
  },
  bases: { BrokerStatus: `${DUCK}DeadLetterStatus`, TriggerStatus: STATUS },
  members: {
    "Broker.spec": "BrokerSpec",
    "Broker.status": "BrokerStatus",
    "BrokerSpec.config": `${DUCK}KReference`,
    "BrokerSpec.delivery": `${DUCK}Delivery`,
    "BrokerStatus.address": `${DUCK}Address`,
    "BrokerStatus.addresses": `${DUCK}Address`,
    "BrokerStatus.policies": `${DUCK}Policy`,
    "BrokerStatus.conditions": CONDITION,
    "Trigger.spec": "TriggerSpec",
    "Trigger.status": "TriggerStatus",
    "TriggerSpec.brokerRef": `${DUCK}KReference`,
    "TriggerSpec.delivery": `${DUCK}Delivery`,
    "TriggerSpec.filter": "AttributesFilter",
    "TriggerSpec.filters": `${DUCK}Filter`,
    "TriggerSpec.subscriber": `${DUCK}Destination`,
    "TriggerStatus.auth": `${DUCK}Auth`,
    "TriggerStatus.conditions": CONDITION,
  },
};

const eventType = { spec: "What the events are, and where they are to be had.", status: "Whether the place is there." };
const eventTypeSpec = { reference: "The object that has them, e.g. a Broker.", description: "For people." };
const eventTypeMembers = {
  "EventType.spec": "EventTypeSpec",
  "EventType.status": STATUS,
  "EventTypeSpec.reference": `${DUCK}KReference`,
};

const olderEventTypes = ["v1beta1", "v1beta2"].map((version): DescribedGroup => ({
  prefix: `dev.knative.eventing.${version}.`,
  types: {
    EventType: eventType,
    EventTypeSpec: {
      ...eventTypeSpec,
      type: "Type of the events.",
      source: "Source of the events.",
      schema: "Where the schema of their data is.",
      schemaData: "The schema itself.",
      broker: "The Broker that has them. Say reference.",
    },
  },
  members: eventTypeMembers,
}));

const newestEventType: DescribedGroup = {
  prefix: "dev.knative.eventing.v1beta3.",
  types: {
    EventType: eventType,
    EventTypeSpec: {
      ...eventTypeSpec,
      attributes: "All attributes of the events.",
      variables: "Variables that stand in the values of attributes.",
    },
    EventAttribute: {
      name: "Name of the attribute.",
      required: "Whether each event has it.",
      value: "Its value, perhaps with {variables}.",
    },
    EventVariable: { name: "Name of the variable.", pattern: "A regular expression for its values.", example: "One of its values." },
  },
  members: { ...eventTypeMembers, "EventTypeSpec.attributes": "EventAttribute", "EventTypeSpec.variables": "EventVariable" },
};

export const eventTypesTexts: readonly DescribedGroup[] = [...olderEventTypes, newestEventType];

/** Of one resolved address. */
function physical(field: string, what: string): Record<string, string> {
  return {
    [`${field}Uri`]: `The address of the ${what}.`,
    [`${field}CACerts`]: `Certificates that the ${what} is trusted by.`,
    [`${field}Audience`]: "Not used.",
  };
}

export const messagingTexts: DescribedGroup = {
  prefix: "dev.knative.messaging.v1.",
  types: {
    Channel: { spec: "What stands behind it.", status: "Its address, and whether it takes events." },
    InMemoryChannel: { spec: "Who reads it.", status: "Its address, and whether it takes events." },
    ChannelSpec: {
      channelTemplate: "The kind of channel that is made. Default: default-ch-webhook. For ever.",
      delivery: "What happens to events that could not be delivered, for Subscriptions that say nothing of their own.",
      subscribers: "Who reads it. Written by the controller of Subscriptions alone.",
    },
    ChannelStatus: {
      address,
      addresses,
      channel: "The channel that was made.",
      policies: "Not used.",
      subscribers: "Who reads it, and whether that works.",
    },
    ChannelTemplate: { apiVersion: "Group and version of the kind.", kind: "The kind of channel.", spec: "The spec that it is made with." },
    Subscriber: {
      uid: "Of the Subscription.",
      name: "Of the Subscription.",
      generation: "Of the Subscription.",
      delivery: "What happens to events that could not be delivered.",
      ...physical("subscriber", "subscriber"),
      ...physical("reply", "receiver of answers"),
    },
    SubscriberState: {
      uid: "Of the Subscription.",
      observedGeneration: "Of the Subscription, when this was said.",
      ready: "True when events are delivered.",
      message: "Why not.",
    },
    PhysicalSubscription: {
      ...physical("subscriber", "subscriber"),
      ...physical("reply", "receiver of answers"),
      ...physical("deadLetterSink", "dead letter sink"),
    },
    Subscription: { spec: "Which channel's events go where.", status: "The addresses, and whether events arrive there." },
    SubscriptionSpec: {
      channel: "The channel, in the same namespace. For ever.",
      subscriber: "Where the events go.",
      reply: "Where the subscriber's answers go. Without it they are dropped.",
      delivery: "What happens to events that could not be delivered.",
    },
    SubscriptionStatus: { physicalSubscription: "The resolved addresses.", auth: "Not used." },
  },
  bases: { ChannelStatus: `${DUCK}DeadLetterStatus`, SubscriptionStatus: STATUS },
  members: {
    "Channel.spec": "ChannelSpec",
    "Channel.status": "ChannelStatus",
    "InMemoryChannel.spec": "ChannelSpec",
    "InMemoryChannel.status": "ChannelStatus",
    "ChannelSpec.channelTemplate": "ChannelTemplate",
    "ChannelSpec.delivery": `${DUCK}Delivery`,
    "ChannelSpec.subscribers": "Subscriber",
    "Subscriber.delivery": `${DUCK}Delivery`,
    "ChannelStatus.address": `${DUCK}Address`,
    "ChannelStatus.addresses": `${DUCK}Address`,
    "ChannelStatus.channel": `${DUCK}KReference`,
    "ChannelStatus.policies": `${DUCK}Policy`,
    "ChannelStatus.subscribers": "SubscriberState",
    "ChannelStatus.conditions": CONDITION,
    "Subscription.spec": "SubscriptionSpec",
    "Subscription.status": "SubscriptionStatus",
    "SubscriptionSpec.channel": `${DUCK}KReference`,
    "SubscriptionSpec.delivery": `${DUCK}Delivery`,
    "SubscriptionSpec.reply": `${DUCK}Destination`,
    "SubscriptionSpec.subscriber": `${DUCK}Destination`,
    "SubscriptionStatus.auth": `${DUCK}Auth`,
    "SubscriptionStatus.physicalSubscription": "PhysicalSubscription",
    "SubscriptionStatus.conditions": CONDITION,
  },
};

const pingTypes = {
  PingSource: { spec: "What is sent, when and where to.", status: "Whether it is sent." },
  PingSourceSpec: {
    schedule: "When: five or six fields of cron, seconds first, or a descriptor such as @daily. Default: every minute.",
    timezone: "Zone of the schedule, e.g. Europe/Berlin. Default: UTC.",
    contentType: "Media type of the data. The data of application/json must be an object.",
    data: "The data, as text.",
    dataBase64: "The data, as base64.",
  },
};

const sourceTypes = {
  ApiServerSource: { spec: "Which objects are watched, and where their changes go.", status: "Whether they are watched." },
  ApiServerSourceSpec: {
    resources: "What is watched.",
    owner: "Only objects that are controlled by one of this kind.",
    mode: "Reference: events name the object. Resource: they contain it. Default: Reference.",
    namespaceSelector: "Namespaces that are watched, by their labels; an empty selector means all. Default: the source's own.",
    serviceAccountName: "Who must be allowed to get, list and watch. Default: default.",
    filters: "Only events that match. Refused unless config-features enables new-apiserversource-filters.",
  },
  ApiServerSourceStatus: { namespaces: "The namespaces that are watched." },
  WatchedResource: { apiVersion: "Group and version.", kind: "Kind.", selector: "Only objects with these labels." },
  SinkBinding: { spec: "Which workloads send where.", status: "Whether they know it." },
  SinkBindingSpec: { subject: "Workloads of the same namespace, by name or by labels. Their containers get K_SINK and K_CE_OVERRIDES." },
  SinkBindingStatus: { oidcTokenSecretName: "Not used." },
  Subject: {
    apiVersion: "Group and version of the workloads.",
    kind: "Kind of the workloads.",
    name: "Name of the workload.",
    namespace: "The binding's own.",
    selector: "Labels of the workloads.",
  },
  ContainerSource: { spec: "Which containers run, and where their events go.", status: "Whether they run." },
  ContainerSourceSpec: { template: "The Pod. Its containers get K_SINK and K_CE_OVERRIDES." },
};

const members = (kind: string, status = `${DUCK}SourceStatus`) => ({
  [`${kind}.spec`]: `${kind}Spec`,
  [`${kind}.status`]: status,
});

const bases = Object.fromEntries([
  ...["ApiServerSource", "SinkBinding", "ContainerSource"].map((kind) => [`${kind}Spec`, `${DUCK}SourceSpec`]),
  ...["ApiServerSource", "SinkBinding"].map((kind) => [`${kind}Status`, `${DUCK}SourceStatus`]),
]) as Record<string, string>;

const pingTexts = ["v1", "v1beta2"].map((version): DescribedGroup => ({
  prefix: `dev.knative.sources.${version}.`,
  types: pingTypes,
  bases: { PingSourceSpec: `${DUCK}SourceSpec` },
  members: members("PingSource"),
}));

const otherSources: DescribedGroup = {
  prefix: "dev.knative.sources.v1.",
  types: sourceTypes,
  bases,
  members: {
    ...members("ApiServerSource", "ApiServerSourceStatus"),
    ...members("SinkBinding", "SinkBindingStatus"),
    ...members("ContainerSource"),
    "ApiServerSourceSpec.resources": "WatchedResource",
    "ApiServerSourceSpec.owner": "WatchedResource",
    "ApiServerSourceSpec.filters": `${DUCK}Filter`,
    "SinkBindingSpec.subject": "Subject",
  },
};

export const sourcesTexts: readonly DescribedGroup[] = [...pingTexts, otherSources];
