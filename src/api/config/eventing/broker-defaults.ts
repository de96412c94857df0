import type { DeliverySpec } from "../../duck/delivery.ts";
import type { KReference } from "../../duck/destination.ts";
import { isRecord } from "../../../std/json.ts";
import { ConfigError, type ConfigData } from "../parse.ts";
import { recordOf, textOf, yamlRecord } from "./yaml.ts";

export const BROKER_DEFAULTS_CONFIG = "config-br-defaults";
const KEY = "default-br-config";

/** What a Broker gets that says nothing of its own. */
export interface BrokerConfig {
  readonly reference: KReference | undefined;
  readonly delivery: DeliverySpec | undefined;
}

/** Defaults of the cluster, or of one namespace. */
interface ScopedBrokerDefaults extends BrokerConfig {
  readonly brokerClass: string | undefined;
  readonly brokerClasses: Readonly<Record<string, BrokerConfig>>;
  readonly disallowDifferentNamespaceConfig: boolean | undefined;
}

/** `config-br-defaults`. */
export interface BrokerDefaults {
  readonly cluster: ScopedBrokerDefaults | undefined;
  readonly namespaces: Readonly<Record<string, ScopedBrokerDefaults>>;
}

/** Throws ConfigError. */
export function parseBrokerDefaults(data: ConfigData = {}): BrokerDefaults {
  const root = yamlRecord(data[KEY], KEY);
  if (root === undefined) return { cluster: undefined, namespaces: {} };
  const namespaces = Object.entries(recordOf(root["namespaceDefaults"]));
  return {
    cluster: isRecord(root["clusterDefault"]) ? scoped(root["clusterDefault"]) : undefined,
    namespaces: Object.fromEntries(namespaces.map(([name, value]) => [name, scoped(recordOf(value))])),
  };
}

/** The class of a Broker in this namespace that names none. */
export function defaultBrokerClass({ cluster, namespaces }: BrokerDefaults, namespace: string): string | undefined {
  return namespaces[namespace]?.brokerClass ?? cluster?.brokerClass;
}

/** The most special defaults that there are for this class in this namespace. */
export function brokerConfigFor(defaults: BrokerDefaults, namespace: string, brokerClass: string): BrokerConfig | undefined {
  const own = defaults.namespaces[namespace];
  const { cluster } = defaults;
  const candidates = [own?.brokerClasses[brokerClass], ofClass(own, brokerClass), cluster?.brokerClasses[brokerClass]];
  const found = candidates.find((candidate) => candidate !== undefined) ?? ofClass(cluster, brokerClass);
  return found === undefined ? undefined : { reference: found.reference, delivery: found.delivery ?? own?.delivery ?? cluster?.delivery };
}

/** Whether a Broker of this namespace may have its config in another one. */
export function allowsForeignConfig({ cluster, namespaces }: BrokerDefaults, namespace: string): boolean {
  return (namespaces[namespace]?.disallowDifferentNamespaceConfig ?? cluster?.disallowDifferentNamespaceConfig) !== true;
}

/** The config that stands beside `brokerClass` is for that class; without a class it is for all. */
function ofClass(scope: ScopedBrokerDefaults | undefined, brokerClass: string): BrokerConfig | undefined {
  if (scope?.reference === undefined) return undefined;
  return scope.brokerClass === undefined || scope.brokerClass === brokerClass ? scope : undefined;
}

function scoped(value: Readonly<Record<string, unknown>>): ScopedBrokerDefaults {
  const classes = Object.entries(recordOf(value["brokerClasses"]));
  const disallowed = value["disallowDifferentNamespaceConfig"];
  return {
    ...configOf(value),
    brokerClass: textOf(value["brokerClass"]),
    brokerClasses: Object.fromEntries(classes.map(([name, config]) => [name, configOf(recordOf(config))])),
    disallowDifferentNamespaceConfig: typeof disallowed === "boolean" ? disallowed : undefined,
  };
}

function configOf(value: Readonly<Record<string, unknown>>): BrokerConfig {
  const { delivery } = value;
  if (delivery !== undefined && delivery !== null && !isRecord(delivery)) throw new ConfigError("delivery is not a mapping");
  const members = ["apiVersion", "kind", "name", "namespace"].flatMap((key) => {
    const text = textOf(value[key]);
    return text === undefined ? [] : [[key, text] as const];
  });
  return {
    reference: members.length === 0 ? undefined : (Object.fromEntries(members) as KReference),
    delivery: isRecord(delivery) ? (delivery as DeliverySpec) : undefined,
  };
}
