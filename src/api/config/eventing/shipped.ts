import type { ConfigMap } from "../../k8s/types.generated.ts";
import { EVENTING_NAMESPACE } from "../../names/kinetic.ts";
import type { ConfigData } from "../parse.ts";
import { BROKER_DEFAULTS_CONFIG } from "./broker-defaults.ts";
import { BROKER_CHANNEL_CONFIG, CHANNEL_DEFAULTS_CONFIG } from "./channel-defaults.ts";
import { EVENTING_FEATURES_CONFIG } from "./features.ts";
import { KREFERENCE_MAPPING_CONFIG } from "./kreference-mapping.ts";
import { PING_DEFAULTS_CONFIG } from "./ping-defaults.ts";
import { SUGAR_CONFIG } from "./sugar.ts";

const BROKER_DEFAULTS = `clusterDefault:
  brokerClass: MTChannelBasedBroker
  apiVersion: v1
  kind: ConfigMap
  name: ${BROKER_CHANNEL_CONFIG}
  namespace: ${EVENTING_NAMESPACE}
  delivery:
    retry: 10
    backoffPolicy: exponential
    backoffDelay: PT0.2S
`;

const CHANNEL = "apiVersion: messaging.knative.dev/v1\nkind: InMemoryChannel\n";
const CHANNEL_DEFAULTS = `clusterDefault:\n${CHANNEL.replace(/^/gm, "  ").trimEnd()}\n`;

/** The ConfigMaps that our install writes into `knative-eventing` when they are missing. */
export function shippedEventingConfigMaps(): ConfigMap[] {
  const data: Readonly<Record<string, ConfigData>> = {
    [BROKER_DEFAULTS_CONFIG]: { "default-br-config": BROKER_DEFAULTS },
    [BROKER_CHANNEL_CONFIG]: { "channel-template-spec": CHANNEL },
    [CHANNEL_DEFAULTS_CONFIG]: { "default-ch-config": CHANNEL_DEFAULTS },
    [PING_DEFAULTS_CONFIG]: { "data-max-size": "-1" },
    [SUGAR_CONFIG]: {},
    [EVENTING_FEATURES_CONFIG]: {},
    [KREFERENCE_MAPPING_CONFIG]: {},
    "config-leader-election": {},
    "config-logging": {},
    "config-observability": {},
    "config-tracing": {},
  };
  return Object.entries(data).map(([name, content]) => configMap(name, content));
}

function configMap(name: string, data: ConfigData): ConfigMap {
  const labels = { "app.kubernetes.io/name": "knative-eventing", "app.kubernetes.io/version": "1.23.0" };
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: EVENTING_NAMESPACE, labels }, data: { ...data } };
}
