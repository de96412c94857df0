import type { ConfigData } from "../parse.ts";

export const EVENTING_FEATURES_CONFIG = "config-features";

const FLAGS = {
  "kreference-group": "disabled",
  "kreference-mapping": "disabled",
  "delivery-retryafter": "disabled",
  "delivery-timeout": "enabled",
  "eventtype-auto-create": "disabled",
  "cross-namespace-event-links": "disabled",
  "new-apiserversource-filters": "disabled",
  "authentication-oidc": "disabled",
} as const;

export type EventingFeature = keyof typeof FLAGS;
type FlagValue = "enabled" | "allowed" | "disabled";

/** `config-features` of Eventing. */
export interface EventingFeatures {
  readonly flags: Readonly<Record<EventingFeature, FlagValue>>;
  readonly transportEncryption: "disabled" | "permissive" | "strict";
  /** ISO 8601. */
  readonly requestReplyTimeout: string;
}

/** Values in any case; unknown ones leave the default, as upstream. */
export function parseEventingFeatures(data: ConfigData = {}): EventingFeatures {
  const names = Object.keys(FLAGS) as EventingFeature[];
  const flags = Object.fromEntries(names.map((name) => [name, flagValue(data[name]) ?? FLAGS[name]]));
  const encryption = data["transport-encryption"]?.trim().toLowerCase();
  return {
    flags: flags as Record<EventingFeature, FlagValue>,
    transportEncryption: encryption === "permissive" || encryption === "strict" ? encryption : "disabled",
    requestReplyTimeout: data["requestreply-default-timeout"] ?? "PT30S",
  };
}

export function isFeatureOn(features: EventingFeatures, feature: EventingFeature): boolean {
  return features.flags[feature] === "enabled";
}

function flagValue(text: string | undefined): FlagValue | undefined {
  const value = text?.trim().toLowerCase();
  return value === "enabled" || value === "allowed" || value === "disabled" ? value : undefined;
}
