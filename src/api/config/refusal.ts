import type { ConfigMap } from "../k8s/types.generated.ts";
import type { Refusal } from "../meta/kind.ts";
import { EVENTING_NAMESPACE, SERVING_NAMESPACE } from "../names/kinetic.ts";
import { crc32 } from "../../std/crc32.ts";
import { AUTOSCALER_CONFIG, parseAutoscalerConfig } from "./autoscaler.ts";
import { DEFAULTS_CONFIG, parseDefaultsConfig } from "./defaults.ts";
import { DEPLOYMENT_CONFIG, parseDeploymentConfig } from "./deployment.ts";
import { DOMAIN_CONFIG, parseDomainConfig } from "./domain.ts";
import { BROKER_DEFAULTS_CONFIG, parseBrokerDefaults } from "./eventing/broker-defaults.ts";
import { BROKER_CHANNEL_CONFIG, CHANNEL_DEFAULTS_CONFIG, parseBrokerChannel, parseChannelDefaults } from "./eventing/channel-defaults.ts";
import { KREFERENCE_MAPPING_CONFIG, parseKReferenceMapping } from "./eventing/kreference-mapping.ts";
import { parsePingDefaults, PING_DEFAULTS_CONFIG } from "./eventing/ping-defaults.ts";
import { parseSugarConfig, SUGAR_CONFIG } from "./eventing/sugar.ts";
import { FEATURES_CONFIG, parseFeaturesConfig } from "./features.ts";
import { GC_CONFIG, parseGcConfig } from "./gc.ts";
import { checkNetworkSupport, NETWORK_CONFIG, parseNetworkConfig } from "./network.ts";
import { OBSERVABILITY_CONFIG, parseObservabilityConfig } from "./observability.ts";
import { ConfigError, type ConfigData } from "./parse.ts";

type Parsers = Readonly<Record<string, (data: ConfigData) => unknown>>;

const SERVING_PARSERS: Parsers = {
  [AUTOSCALER_CONFIG]: parseAutoscalerConfig,
  [DEFAULTS_CONFIG]: parseDefaultsConfig,
  [DEPLOYMENT_CONFIG]: parseDeploymentConfig,
  [DOMAIN_CONFIG]: parseDomainConfig,
  [FEATURES_CONFIG]: parseFeaturesConfig,
  [GC_CONFIG]: parseGcConfig,
  [NETWORK_CONFIG]: (data) => checkNetworkSupport(parseNetworkConfig(data)),
  [OBSERVABILITY_CONFIG]: parseObservabilityConfig,
};

/** Of the others no value is wrong: an unknown one leaves the default. */
const EVENTING_PARSERS: Parsers = {
  [BROKER_DEFAULTS_CONFIG]: parseBrokerDefaults,
  [BROKER_CHANNEL_CONFIG]: parseBrokerChannel,
  [CHANNEL_DEFAULTS_CONFIG]: parseChannelDefaults,
  [KREFERENCE_MAPPING_CONFIG]: parseKReferenceMapping,
  [PING_DEFAULTS_CONFIG]: parsePingDefaults,
  [SUGAR_CONFIG]: parseSugarConfig,
};

const WEBHOOKS: Readonly<Record<string, { readonly name: string; readonly parsers: Parsers }>> = {
  [SERVING_NAMESPACE]: { name: "config.webhook.serving.knative.dev", parsers: SERVING_PARSERS },
  [EVENTING_NAMESPACE]: { name: "config.webhook.eventing.knative.dev", parsers: EVENTING_PARSERS },
};

const EXAMPLE_CHECKSUM = "knative.dev/example-checksum";

/** Why Knative's webhook would not take this ConfigMap; undefined for good ones and for all that are none of Knative's. */
export function refuseConfigMap(
  configMap: ConfigMap & { metadata: { namespace?: string | undefined; name?: string | undefined } },
): Refusal | undefined {
  const { namespace = "", name = "" } = configMap.metadata;
  const webhook = WEBHOOKS[namespace];
  const parse = webhook?.parsers[name];
  if (webhook === undefined || parse === undefined) return undefined;
  const fault = exampleFault(configMap) ?? parseFault(parse, configMap.data ?? {});
  if (fault === undefined) return undefined;
  return {
    kind: "denied",
    message: `admission webhook ${JSON.stringify(webhook.name)} denied the request: validation failed: ${fault}`,
  };
}

function parseFault(parse: (data: ConfigData) => unknown, data: ConfigData): string | undefined {
  try {
    parse(data);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.startsWith("failed to parse ") ? `failed to parse data: ${error.message}` : error.message;
  }
}

/** Edits below `_example` are a mistake that many make; the checksum tells. */
function exampleFault(configMap: ConfigMap): string | undefined {
  const example = configMap.data?.["_example"];
  const checksum = configMap.metadata?.annotations?.[EXAMPLE_CHECKSUM];
  if (example === undefined || checksum === undefined || exampleChecksum(example) === checksum) return undefined;
  return (
    'the update modifies a key in "_example" which is probably not what you want. ' +
    'Instead, copy the respective setting to the top-level of the ConfigMap, directly below "data"'
  );
}

/** Eight hex digits over the text, in the form that upstream's tools write. */
export function exampleChecksum(example: string): string {
  return crc32(example.trim()).toString(16).padStart(8, "0");
}
