import { parseSugarConfig, SUGAR_CONFIG } from "../../../../api/config/eventing/sugar.ts";
import { namespaceKind } from "../../../../api/core/namespace.ts";
import { brokerKind, type Broker } from "../../../../api/eventing/broker.ts";
import { brokerOf, triggerKind, type Trigger } from "../../../../api/eventing/trigger.ts";
import { isAlreadyExists } from "../../../../api/meta/errors.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import { DEFAULT_BROKER, INJECTION_ANNOTATION } from "../../../../api/names/eventing.ts";
import { EVENTING_NAMESPACE } from "../../../../api/names/kinetic.ts";
import { matchesSelector } from "../../../../client/selectors.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { informerSource } from "../../../controller/sources.ts";
import { done, type Controller } from "../../../controller/types.ts";
import { configReader, configSource } from "../../serving/shared/config-reader.ts";

const PLACE = { namespace: EVENTING_NAMESPACE };

/** Makes the Broker `default` where a Namespace or a Trigger asks for it. Keys are namespaces. What it made is the user's. */
export function sugarController(deps: ControllerDeps): Controller {
  const { client, informers } = deps;
  const config = configReader(deps, SUGAR_CONFIG, parseSugarConfig, PLACE);
  const namespaces = informers.of(namespaceKind);
  const triggers = informers.of(triggerKind);
  const brokers = informers.of(brokerKind);
  const keyOfNamespace = (name = ""): ObjectKey => ({ namespace: "", name });
  const all = () => namespaces.list().map(({ metadata }) => keyOfNamespace(metadata.name));
  const wanted = (name: string) => {
    const namespace = namespaces.get(keyOfNamespace(name));
    if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return false;
    const { namespaceSelector, triggerSelector } = config();
    if (matchesSelector(namespaceSelector, namespace.metadata.labels)) return true;
    return triggers
      .list(name)
      .some((trigger) => asks(trigger) || (isOfDefault(trigger) && matchesSelector(triggerSelector, trigger.metadata.labels)));
  };
  return {
    name: "sugar-controller",
    sources: [
      informerSource(namespaces),
      informerSource(triggers, ({ metadata }) => [keyOfNamespace(metadata.namespace)]),
      configSource(deps, [SUGAR_CONFIG], all, PLACE),
    ],
    async reconcile({ name }) {
      const key = { namespace: name, name: DEFAULT_BROKER };
      if (brokers.get(key) === undefined && wanted(name)) await client.create(brokerKind, makeDefaultBroker(name)).catch(unlessThere);
      return done;
    },
  };
}

function asks({ metadata }: Trigger): boolean {
  return metadata.annotations?.[INJECTION_ANNOTATION] === "enabled";
}

function isOfDefault(trigger: Trigger): boolean {
  return brokerOf(trigger) === DEFAULT_BROKER && trigger.metadata.annotations?.[INJECTION_ANNOTATION] !== "disabled";
}

export function makeDefaultBroker(namespace: string): Broker {
  return { apiVersion: "eventing.knative.dev/v1", kind: "Broker", metadata: { namespace, name: DEFAULT_BROKER }, spec: {} };
}

function unlessThere(error: unknown): void {
  if (!isAlreadyExists(error)) throw error;
}
