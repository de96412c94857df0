import { bool, ConfigError, durationMs, formatGoDuration, stringSet, text, type ConfigData } from "./parse.ts";

export const DEPLOYMENT_CONFIG = "config-deployment";

/** `config-deployment`: what there is of it without a queue-proxy sidecar. Times in milliseconds. */
export interface DeploymentConfig {
  readonly registriesSkippingTagResolving: ReadonlySet<string>;
  readonly digestResolutionTimeoutMs: number;
  readonly progressDeadlineMs: number;
  readonly defaultAffinityType: "prefer-spread-revision-over-nodes" | "none";
  readonly podIsAlwaysSchedulable: boolean;
}

/** Throws ConfigError. */
export function parseDeploymentConfig(data: ConfigData = {}): DeploymentConfig {
  const config = {
    registriesSkippingTagResolving: stringSet(data, "registries-skipping-tag-resolving", ["kind.local", "ko.local", "dev.local"]),
    digestResolutionTimeoutMs: durationMs(data, "digest-resolution-timeout", 10_000),
    progressDeadlineMs: durationMs(data, "progress-deadline", 600_000),
    defaultAffinityType: affinity(text(data, "default-affinity-type", "prefer-spread-revision-over-nodes")),
    podIsAlwaysSchedulable: bool(data, "pod-is-always-schedulable", false),
  };
  const { progressDeadlineMs: deadline, digestResolutionTimeoutMs: timeout } = config;
  if (deadline <= 0) throw new ConfigError(`progress-deadline cannot be a non-positive duration, was ${formatGoDuration(deadline)}`);
  if (deadline % 1000 !== 0)
    throw new ConfigError(`progress-deadline must be rounded to a whole second, was: ${formatGoDuration(deadline)}`);
  if (timeout <= 0) throw new ConfigError(`digest-resolution-timeout cannot be a non-positive duration, was ${formatGoDuration(timeout)}`);
  return config;
}

function affinity(value: string): DeploymentConfig["defaultAffinityType"] {
  if (value === "" || value === "none") return "none";
  if (value === "prefer-spread-revision-over-nodes") return value;
  throw new ConfigError(`unsupported default-affinity-type value: ${value}, supported values are: none, prefer-spread-revision-over-nodes`);
}
