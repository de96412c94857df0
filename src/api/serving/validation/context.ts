import { AUTOSCALER_CONFIG, parseAutoscalerConfig, type AutoscalerConfig } from "../../config/autoscaler.ts";
import { DEFAULTS_CONFIG, parseDefaultsConfig, type DefaultsConfig } from "../../config/defaults.ts";
import { FEATURES_CONFIG, parseFeaturesConfig, type FeaturesConfig } from "../../config/features.ts";
import { ConfigError, type ConfigData } from "../../config/parse.ts";
import type { AdmissionContext } from "../../meta/kind.ts";
import { SERVING_NAMESPACE } from "../../names/kinetic.ts";

/** The settings that defaulting and validation of Serving's kinds go by. */
export interface ServingSettings {
  readonly autoscaler: AutoscalerConfig;
  readonly defaults: DefaultsConfig;
  readonly features: FeaturesConfig;
}

/** Each ConfigMap as it is; one that cannot be read counts as empty, because refusing every Service for it would help nobody. */
export function settingsOf(context: Pick<AdmissionContext, "configMap">): ServingSettings {
  return {
    autoscaler: read(context, AUTOSCALER_CONFIG, parseAutoscalerConfig),
    defaults: read(context, DEFAULTS_CONFIG, parseDefaultsConfig),
    features: read(context, FEATURES_CONFIG, parseFeaturesConfig),
  };
}

function read<T>(context: Pick<AdmissionContext, "configMap">, name: string, parse: (data?: ConfigData) => T): T {
  try {
    return parse(context.configMap(SERVING_NAMESPACE, name));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return parse();
  }
}
