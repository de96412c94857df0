import { bool, text, type ConfigData } from "./parse.ts";

export const OBSERVABILITY_CONFIG = "config-observability";

/** The part of `config-observability` that reconcilers read. */
export interface ObservabilityConfig {
  readonly enableVarLogCollection: boolean;
  /** `${REVISION_UID}` is replaced; "" leaves status.logUrl out. */
  readonly revisionUrlTemplate: string;
}

export function parseObservabilityConfig(data: ConfigData = {}): ObservabilityConfig {
  return {
    enableVarLogCollection: bool(data, "logging.enable-var-log-collection", false),
    revisionUrlTemplate: text(data, "logging.revision-url-template", ""),
  };
}
