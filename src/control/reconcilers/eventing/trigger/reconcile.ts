import { brokerClass, type Broker } from "../../../../api/eventing/broker.ts";
import { parseDependency } from "../../../../api/eventing/dependency.ts";
import {
  BROKER_READY,
  DEAD_LETTER_RESOLVED,
  DEPENDENCY_READY,
  markBacklog,
  markOidcDisabled,
  propagateBroker,
  propagateDependency,
  SUBSCRIBER_RESOLVED,
  SUBSCRIPTION_READY,
  TRIGGER_CONDITIONS,
} from "../../../../api/eventing/trigger-lifecycle.ts";
import { brokerOf, type Trigger } from "../../../../api/eventing/trigger.ts";
import type { Condition } from "../../../../api/meta/conditions.ts";
import type { KubeObject, ObjectKey } from "../../../../api/meta/object.ts";
import { BROKER_CLASS, DEPENDENCY_ANNOTATION } from "../../../../api/names/eventing.ts";
import type { TriggerView } from "../../../../api/ports/events.ts";
import type { Informer } from "../../../../client/types.ts";
import { done, type Outcome } from "../../../controller/types.ts";
import { resolveDeadLetterSink, setDeadLetterSink } from "../shared/dead-letter.ts";
import { beginPass, endPass, presentObject, type EventingWorld, type Pass } from "../shared/world.ts";

export interface TriggerWorld extends EventingWorld<Trigger> {
  readonly brokers: Informer<Broker>;
}

type Conditioned = KubeObject & {
  readonly status?: { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number };
};

/** What one pass has found out so far. */
interface TriggerPass extends Pass<Trigger> {
  readonly broker: Broker | undefined;
}

/** Triggers of Brokers of our class, and those whose Broker is not there. */
export async function reconcileTrigger(world: TriggerWorld, key: ObjectKey): Promise<Outcome> {
  const trigger = presentObject(world, key);
  if (trigger === undefined) return done;
  const broker = world.brokers.get({ namespace: key.namespace, name: brokerOf(trigger) });
  if (broker !== undefined && brokerClass(broker) !== BROKER_CLASS) return done;
  const pass: TriggerPass = { ...beginPass(world, trigger, TRIGGER_CONDITIONS), broker };
  markBroker(pass);
  markDependency(world, pass);
  resolveSubscriber(world, pass);
  resolveDeadLetters(world, pass);
  markOidcDisabled(pass.conditions);
  markSubscription(pass, world.events.trigger(trigger.metadata.uid ?? ""));
  await endPass(world, pass);
  return done;
}

function markBroker({ object: trigger, broker, conditions }: TriggerPass): void {
  const name = JSON.stringify(brokerOf(trigger));
  if (broker === undefined) conditions.markFalse(BROKER_READY, "BrokerDoesNotExist", `Broker ${name} does not exist`);
  else propagateBroker(conditions, broker.status?.conditions);
}

function markDependency({ resolver }: TriggerWorld, { object: trigger, conditions, references }: TriggerPass): void {
  const text = trigger.metadata.annotations?.[DEPENDENCY_ANNOTATION];
  if (text === undefined) return conditions.markTrue(DEPENDENCY_READY);
  const parsed = parseDependency(text);
  if (parsed.kind === "invalid") {
    return conditions.markFalse(DEPENDENCY_READY, "ReferenceError", `Unable to unmarshal objectReference: ${parsed.message}`);
  }
  const { apiVersion, kind: kindName, name = "" } = parsed.reference;
  const kind = resolver.kinds.find({ apiVersion, kind: kindName });
  if (kind === undefined)
    return conditions.markFalse(DEPENDENCY_READY, "ListerDoesNotExist", `There is no kind ${kindName} of ${apiVersion}`);
  const object = resolver.find(kind, { namespace: trigger.metadata.namespace ?? "", name }, references) as Conditioned | undefined;
  if (object === undefined) {
    return conditions.markFalse(
      DEPENDENCY_READY,
      "DependencyDoesNotExist",
      `Dependency does not exist: ${kind.kind} ${JSON.stringify(name)}`,
    );
  }
  const { generation } = object.metadata;
  const observed = object.status?.observedGeneration;
  if (generation !== observed) {
    const message = `The dependency's metadata.generation, ${generation}, is not equal to its status.observedGeneration, ${observed ?? 0}.`;
    return conditions.markUnknown(DEPENDENCY_READY, "GenerationNotEqual", message);
  }
  propagateDependency(conditions, object.status?.conditions);
}

function resolveSubscriber({ resolver }: TriggerWorld, { object: trigger, status, conditions, references }: TriggerPass): void {
  const found = resolver.resolve(trigger.spec.subscriber ?? {}, trigger.metadata.namespace ?? "", references);
  const address = found.kind === "resolved" ? found.address : undefined;
  status.subscriberUri = address?.url;
  status.subscriberCACerts = address?.CACerts;
  status.subscriberAudience = address?.audience;
  if (found.kind === "resolved") conditions.markTrue(SUBSCRIBER_RESOLVED);
  else conditions.markFalse(SUBSCRIBER_RESOLVED, "Unable to get the Subscriber's URI", found.message);
}

/** The Trigger's own sink, else the Broker's. */
function resolveDeadLetters({ resolver }: TriggerWorld, { object: trigger, broker, status, conditions, references }: TriggerPass): void {
  const { delivery } = trigger.spec;
  const inherits = delivery?.deadLetterSink === undefined && broker?.spec.delivery?.deadLetterSink !== undefined;
  if (!inherits) {
    return resolveDeadLetterSink(status, conditions, { resolver, delivery, namespace: trigger.metadata.namespace ?? "", references });
  }
  const { deadLetterSinkUri: url, deadLetterSinkCACerts: CACerts, deadLetterSinkAudience: audience } = broker?.status ?? {};
  if (!url) {
    setDeadLetterSink(status, undefined);
    return conditions.markFalse(DEAD_LETTER_RESOLVED, `Broker ${brokerOf(trigger)} didn't set status.deadLetterSinkURI`, "");
  }
  setDeadLetterSink(status, { url, ...(CACerts ? { CACerts } : {}), ...(audience ? { audience } : {}) });
  conditions.markTrue(DEAD_LETTER_RESOLVED);
}

/** Ready only once nothing that is accepted from then on can be missed: its cursor is durable. */
function markSubscription({ broker, conditions }: TriggerPass, view: TriggerView | undefined): void {
  if (broker === undefined) {
    return conditions.markUnknown(SUBSCRIPTION_READY, "SubscriptionNotConfigured", "The Trigger waits for its Broker.");
  }
  if (view === undefined || !view.durable) {
    const message = view?.problem ?? "The event plane has not yet taken up this Trigger.";
    return conditions.markUnknown(SUBSCRIPTION_READY, "SubscriptionNotConfigured", message);
  }
  markBacklog(conditions, view.parkedForBacklog ?? 0);
  if (view.problem === undefined) conditions.markTrue(SUBSCRIPTION_READY);
  else conditions.markUnknown(SUBSCRIPTION_READY, "NotSubscribed", view.problem);
}
