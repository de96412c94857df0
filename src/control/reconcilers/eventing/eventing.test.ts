import assert from "node:assert/strict";
import { test } from "node:test";
import { brokerKind, type Broker } from "../../../api/eventing/broker.ts";
import { eventTypeKind } from "../../../api/eventing/event-type.ts";
import { triggerKind, type Trigger } from "../../../api/eventing/trigger.ts";
import type { Condition } from "../../../api/meta/conditions.ts";
import type { KindRef } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { EventPlaneState } from "../../../api/ports/events.ts";
import { pingSourceKind } from "../../../api/sources/ping-source.ts";
import { reconcileTable, type TableRow } from "../../../testing/reconcile-table.ts";
import { World } from "../../../testing/world.ts";
import { brokerController } from "./broker/controller.ts";
import { eventTypeController } from "./eventtype/controller.ts";
import { planeSaying } from "./fixtures/plane.ts";
import { pingSourceController } from "./pingsource/controller.ts";
import { sugarController } from "./sugar/controller.ts";
import { triggerController } from "./trigger/controller.ts";

type Row = Omit<TableRow, "key"> & { readonly key?: string; readonly plane?: Partial<EventPlaneState> };

const EVENTING = "eventing.knative.dev/v1";

function broker(more: Partial<Broker> = {}, brokerClass = "MTChannelBasedBroker"): Broker {
  const annotations = { "eventing.knative.dev/broker.class": brokerClass };
  const metadata = { name: "b", namespace: "ns", uid: "uid-b", generation: 1, annotations };
  return { apiVersion: EVENTING, kind: "Broker", metadata, spec: {}, ...more };
}

const READY = { conditions: [{ type: "Ready", status: "True" as const }], observedGeneration: 1 };
const SERVICE = { apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "ns" }, spec: {} };
const SERVICE_REF = { ref: { apiVersion: "v1", kind: "Service", name: "s", namespace: "ns" } };

function trigger(spec: object = {}, annotations: Record<string, string> = {}): Trigger {
  const metadata = { name: "t", namespace: "ns", uid: "uid-t", generation: 1, annotations };
  return { apiVersion: EVENTING, kind: "Trigger", metadata, spec: { broker: "b", filter: {}, subscriber: SERVICE_REF, ...spec } };
}

type Checked = KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] | undefined } | undefined };

/** Conditions of an object as `Type=Status Reason: message`. */
function says<T extends Checked>(kind: KindRef<T>, name: string, wanted: readonly string[]): (world: World) => void {
  return (world) => {
    const conditions = world.get(kind, { namespace: "ns", name })?.status?.conditions ?? [];
    const said = conditions.map(({ type, status, reason, message }) => {
      const why = [reason, message].filter(Boolean).join(": ");
      return why === "" ? `${type}=${status}` : `${type}=${status} ${why}`;
    });
    for (const text of wanted) assert.ok(said.includes(text), `${text} is not among\n${said.join("\n")}`);
  };
}

/** What every row of a kind has in common: one status is written and then nothing more. */
function rowsOf(kind: string, key: string, rows: readonly Row[]): TableRow[] {
  return rows.map(({ plane: _plane, ...row }) => ({ key, writes: [{ verb: "status", kind, key }], settles: true, ...row }));
}

function table(
  make: (world: World, state: Partial<EventPlaneState>) => ReturnType<typeof brokerController>,
  rows: readonly Row[],
  of: string,
) {
  const [kind = "", key = ""] = of.split(" ");
  rows.forEach((row) => reconcileTable((world) => make(world, row.plane ?? {}), rowsOf(kind, key, [row])));
}

const BROKER_ROWS: readonly Row[] = [
  {
    name: "a Broker that no event plane has taken up is Unknown, and has its address",
    world: [broker()],
    check: (world) => {
      const why = "EventPlaneNotStarted: The event plane has not yet taken up this Broker.";
      says(brokerKind, "b", [`Ready=Unknown ${why}`, `IngressReady=Unknown ${why}`, "Addressable=True"])(world);
      const { status } = world.get(brokerKind, { namespace: "ns", name: "b" }) ?? {};
      assert.equal(status?.address?.url, "http://broker-ingress.knative-eventing.svc.cluster.local/ns/b");
      assert.equal(status?.observedGeneration, 1);
    },
  },
  {
    name: "a Broker that the event plane serves is Ready; what makes no sense here is True with a reason",
    world: [broker()],
    plane: { brokers: { "uid-b": { ready: true, message: "" } } },
    check: says(brokerKind, "b", [
      "Ready=True",
      "FilterReady=True EventPlane: The event plane filters for all Triggers.",
      "DeadLetterSinkResolved=True DeadLetterSinkNotConfigured: No dead letter sink is configured.",
      "EventPoliciesReady=True OIDCDisabled: Feature authentication-oidc must be enabled to support Authorization",
    ]),
  },
  {
    name: "a quarantined segment of its journal makes a Broker not Ready, in the journal's words",
    world: [broker()],
    plane: { brokers: { "uid-b": { ready: true, message: "segment 3 is quarantined" } } },
    check: says(brokerKind, "b", ["Ready=False JournalNeedsAttention: segment 3 is quarantined"]),
  },
  {
    name: "a dead letter sink that is not there is named",
    world: [broker({ spec: { delivery: { deadLetterSink: SERVICE_REF } } })],
    plane: { brokers: { "uid-b": { ready: true, message: "" } } },
    check: says(brokerKind, "b", [
      `Ready=False Unable to get the dead letter sink's URI: failed to get object ns/s: services "s" not found`,
    ]),
  },
  {
    name: "the dead letter sink is resolved into the status",
    world: [broker({ spec: { delivery: { deadLetterSink: { ...SERVICE_REF, uri: "/dead" } } } }), SERVICE],
    check: (world) => {
      const { status } = world.get(brokerKind, { namespace: "ns", name: "b" }) ?? {};
      assert.equal(status?.deadLetterSinkUri, "http://s.ns.svc.cluster.local/dead");
    },
  },
  { name: "a Broker of another class stays as it is", world: [broker({}, "Kafka")], writes: [] },
];

table((world, state) => brokerController(world, planeSaying(state)), BROKER_ROWS, "Broker ns/b");

const DURABLE = { triggers: { "uid-t": { durable: true } } };
const PING = {
  apiVersion: "sources.knative.dev/v1",
  kind: "PingSource",
  metadata: { name: "p", namespace: "ns", uid: "uid-p", generation: 2 },
  spec: { sink: SERVICE_REF },
  status: { observedGeneration: 1 },
};
const DEPENDENCY = { "knative.dev/dependency": JSON.stringify({ apiVersion: PING.apiVersion, kind: PING.kind, name: "p" }) };

const TRIGGER_ROWS: readonly Row[] = [
  {
    name: "a Trigger whose Broker is not there says so, and where it would send",
    world: [trigger(), SERVICE],
    check: says(triggerKind, "t", ['Ready=False BrokerDoesNotExist: Broker "b" does not exist', "SubscriberResolved=True"]),
  },
  {
    name: "a Trigger is not Ready before its cursor is durable",
    world: [trigger(), SERVICE, broker({ status: READY })],
    plane: { triggers: { "uid-t": { durable: false } } },
    check: says(triggerKind, "t", [
      "Ready=Unknown SubscriptionNotConfigured: The event plane has not yet taken up this Trigger.",
      "BrokerReady=True",
    ]),
  },
  {
    name: "a Trigger with a durable cursor and all it needs is Ready",
    world: [trigger(), SERVICE, broker({ status: READY })],
    plane: DURABLE,
    check: (world) => {
      says(triggerKind, "t", ["Ready=True", "DependencyReady=True", "OIDCIdentityCreated=True authentication-oidc feature disabled"])(
        world,
      );
      assert.equal(world.get(triggerKind, { namespace: "ns", name: "t" })?.status?.subscriberUri, "http://s.ns.svc.cluster.local");
    },
  },
  {
    name: "a Trigger whose oldest events were parked for its backlog says so, and stays Ready",
    world: [trigger(), SERVICE, broker({ status: READY })],
    plane: { triggers: { "uid-t": { durable: true, parkedForBacklog: 3 } } },
    check: says(triggerKind, "t", [
      "Ready=True",
      "BacklogWithinLimit=False BacklogExceeded: 3 of the oldest events were parked: 'kinetic dlq list' shows them.",
    ]),
  },
  {
    name: "a subscriber that is not there is named",
    world: [trigger(), broker({ status: READY })],
    plane: DURABLE,
    check: says(triggerKind, "t", [`Ready=False Unable to get the Subscriber's URI: failed to get object ns/s: services "s" not found`]),
  },
  {
    name: "a Broker that waits makes its Triggers wait, for the same reason",
    world: [trigger(), SERVICE, broker({ status: { conditions: [{ type: "Ready", status: "Unknown", reason: "R", message: "m" }] } })],
    plane: DURABLE,
    check: says(triggerKind, "t", ["Ready=Unknown R: m"]),
  },
  {
    name: "a Trigger takes over the dead letter sink of its Broker",
    world: [
      trigger(),
      SERVICE,
      broker({ spec: { delivery: { deadLetterSink: SERVICE_REF } }, status: { ...READY, deadLetterSinkUri: "http://dead.example.com" } }),
    ],
    plane: DURABLE,
    check: (world) => {
      assert.equal(world.get(triggerKind, { namespace: "ns", name: "t" })?.status?.deadLetterSinkUri, "http://dead.example.com");
      says(triggerKind, "t", ["DeadLetterSinkResolved=True"])(world);
    },
  },
  {
    name: "a dependency that its controller has not looked at is waited for",
    world: [trigger({}, DEPENDENCY), SERVICE, broker({ status: READY }), PING],
    plane: DURABLE,
    check: says(triggerKind, "t", [
      "Ready=Unknown GenerationNotEqual: The dependency's metadata.generation, 2, is not equal to its status.observedGeneration, 1.",
    ]),
  },
  {
    name: "a dependency that is not there makes the Trigger not Ready",
    world: [trigger({}, DEPENDENCY), SERVICE, broker({ status: READY })],
    plane: DURABLE,
    check: says(triggerKind, "t", ['Ready=False DependencyDoesNotExist: Dependency does not exist: PingSource "p"']),
  },
  { name: "a Trigger of a Broker of another class stays as it is", world: [trigger(), broker({}, "Kafka")], writes: [] },
];

table((world, state) => triggerController(world, planeSaying(state)), TRIGGER_ROWS, "Trigger ns/t");

const eventType = (spec: object) => ({
  apiVersion: "eventing.knative.dev/v1beta2",
  kind: "EventType",
  metadata: { name: "e", namespace: "ns", generation: 1 },
  spec: { type: "t", ...spec },
});

test("a change of the features wakes the objects whose destinations they may change", () => {
  const world = new World({ objects: [trigger()] });
  const woken: string[] = [];
  for (const source of triggerController(world, planeSaying()).sources) source.start(({ name }) => woken.push(name));
  woken.length = 0;
  world.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "config-features", namespace: "knative-eventing" } });
  assert.deepEqual(woken, ["t"]);
});

const EVENT_TYPE_ROWS: readonly Row[] = [
  {
    name: "an EventType without a reference is Ready",
    world: [eventType({})],
    check: says(eventTypeKind, "e", ["Ready=True", "ReferenceExists=True ReferenceNotSet"]),
  },
  {
    name: "an EventType of a Broker that is not there is not Ready",
    world: [eventType({ broker: "b" })],
    check: says(eventTypeKind, "e", ["Ready=False ResourceDoesNotExist: The resource Broker ns/b does not exist"]),
  },
  {
    name: "an EventType of a Broker that is there is Ready",
    world: [eventType({ reference: { apiVersion: EVENTING, kind: "Broker", name: "b" } }), broker()],
    check: says(eventTypeKind, "e", ["Ready=True"]),
  },
];

table((world, state) => eventTypeController(world, planeSaying(state)), EVENT_TYPE_ROWS, "EventType ns/e");

const PING_ROWS: readonly Row[] = [
  {
    name: "a PingSource that runs is Ready and says what it sends",
    world: [PING, SERVICE],
    plane: { sources: { "uid-p": { running: true } } },
    check: (world) => {
      says(pingSourceKind, "p", ["Ready=True", "SinkProvided=True", "Deployed=True"])(world);
      const { status } = world.get(pingSourceKind, { namespace: "ns", name: "p" }) ?? {};
      assert.deepEqual(status?.ceAttributes, [{ type: "dev.knative.sources.ping", source: "/apis/v1/namespaces/ns/pingsources/p" }]);
      assert.equal(status?.sinkUri, "http://s.ns.svc.cluster.local");
    },
  },
  {
    name: "a PingSource without a sink is not Ready",
    world: [PING],
    check: says(pingSourceKind, "p", [`Ready=False NotFound: failed to get object ns/s: services "s" not found`]),
  },
];

table((world, state) => pingSourceController(world, planeSaying(state)), PING_ROWS, "PingSource ns/p");

const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ns", labels: { wants: "broker" } } };
const sugar = (data: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "config-sugar", namespace: "knative-eventing" },
  data,
});
const MADE: TableRow["writes"] = [{ verb: "create", kind: "Broker", key: "ns/default" }];

reconcileTable(
  (world) => sugarController(world),
  [
    { name: "without a selector nobody gets a Broker", world: [namespace, sugar({})], key: "ns" },
    {
      name: "a Namespace that the selector chooses gets the Broker default, once",
      world: [namespace, sugar({ "namespace-selector": "matchLabels: {wants: broker}" })],
      key: "ns",
      writes: MADE,
      settles: true,
    },
    {
      name: "a Trigger with the annotation gets its Broker",
      world: [namespace, sugar({}), trigger({ broker: "default" }, { "eventing.knative.dev/injection": "enabled" })],
      key: "ns",
      writes: MADE,
      settles: true,
    },
    {
      name: "an empty selector of Triggers chooses all that are of default and do not refuse",
      world: [namespace, sugar({ "trigger-selector": "{}" }), trigger({ broker: "default" })],
      key: "ns",
      writes: MADE,
    },
  ],
);
