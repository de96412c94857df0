import { type ConfigData } from "./parse.ts";

export const FEATURES_CONFIG = "config-features";

export type Flag = "Enabled" | "Allowed" | "Disabled";

const BY_DEFAULT = {
  "multi-container": "Enabled",
  "multi-container-probing": "Disabled",
  "kubernetes.podspec-affinity": "Disabled",
  "kubernetes.podspec-topologyspreadconstraints": "Disabled",
  "kubernetes.podspec-hostaliases": "Disabled",
  "kubernetes.podspec-nodeselector": "Disabled",
  "kubernetes.podspec-runtimeclassname": "Disabled",
  "kubernetes.podspec-tolerations": "Disabled",
  "kubernetes.podspec-securitycontext": "Disabled",
  "kubernetes.podspec-shareprocessnamespace": "Disabled",
  "kubernetes.podspec-priorityclassname": "Disabled",
  "kubernetes.podspec-schedulername": "Disabled",
  "kubernetes.podspec-init-containers": "Disabled",
  "kubernetes.podspec-dnspolicy": "Disabled",
  "kubernetes.podspec-dnsconfig": "Disabled",
  "kubernetes.podspec-hostipc": "Disabled",
  "kubernetes.podspec-hostpid": "Disabled",
  "kubernetes.podspec-hostnetwork": "Disabled",
  "kubernetes.podspec-fieldref": "Disabled",
  "kubernetes.podspec-persistent-volume-claim": "Disabled",
  "kubernetes.podspec-persistent-volume-write": "Disabled",
  "kubernetes.podspec-volumes-emptydir": "Enabled",
  "kubernetes.podspec-volumes-hostpath": "Disabled",
  "kubernetes.podspec-volumes-csi": "Disabled",
  "kubernetes.podspec-volumes-image": "Disabled",
  "kubernetes.podspec-volumes-ephemeral": "Disabled",
  "kubernetes.podspec-volumes-mount-propagation": "Disabled",
  "kubernetes.podspec-dryrun": "Allowed",
  "kubernetes.containerspec-addcapabilities": "Disabled",
  "tag-header-based-routing": "Disabled",
  "autodetect-http2": "Disabled",
  "queueproxy.mount-podinfo": "Disabled",
  "queueproxy.resource-defaults": "Disabled",
} as const satisfies Record<string, Flag>;

export type Feature = keyof typeof BY_DEFAULT;
export type SecurePodDefaults = "Disabled" | "AllowRootBounded" | "Enabled";

/** `config-features`. */
export interface FeaturesConfig {
  readonly flags: Readonly<Record<Feature, Flag>>;
  readonly securePodDefaults: SecurePodDefaults;
}

/** Unknown keys and values are ignored, as upstream does. */
export function parseFeaturesConfig(data: ConfigData = {}): FeaturesConfig {
  const flags: Record<string, Flag> = { ...BY_DEFAULT };
  for (const feature of Object.keys(BY_DEFAULT)) flags[feature] = flagOf(data[feature]) ?? flags[feature] ?? "Disabled";
  return { flags: flags as Record<Feature, Flag>, securePodDefaults: securePodDefaults(data["secure-pod-defaults"]) };
}

export function isEnabled(features: FeaturesConfig, feature: Feature): boolean {
  return features.flags[feature] === "Enabled";
}

/** Whether the field behind a flag may be used: Enabled or Allowed. */
export function isAllowed(features: FeaturesConfig, feature: Feature): boolean {
  return features.flags[feature] !== "Disabled";
}

function flagOf(value: string | undefined): Flag | undefined {
  return (["Enabled", "Allowed", "Disabled"] as const).find((flag) => flag.toLowerCase() === value?.trim().toLowerCase());
}

function securePodDefaults(value: string | undefined): SecurePodDefaults {
  const found = (["Enabled", "AllowRootBounded"] as const).find((known) => known.toLowerCase() === value?.trim().toLowerCase());
  return found ?? "Disabled";
}
