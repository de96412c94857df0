import type { ObjectMeta } from "../meta/object.ts";
import { parseQuantity } from "../../std/quantity.ts";
import { bool, ConfigError, failToParse, int, text, type ConfigData } from "./parse.ts";

export const DEFAULTS_CONFIG = "config-defaults";

/** CPU, memory and ephemeral storage that containers get when they say nothing. */
export type ResourceDefaults = Readonly<Partial<Record<"cpu" | "memory" | "ephemeral-storage", string>>>;

/** `config-defaults`. Times in seconds. */
export interface DefaultsConfig {
  readonly revisionTimeoutSeconds: number;
  readonly maxRevisionTimeoutSeconds: number;
  readonly revisionResponseStartTimeoutSeconds: number;
  readonly revisionIdleTimeoutSeconds: number;
  readonly requests: ResourceDefaults;
  readonly limits: ResourceDefaults;
  readonly containerNameTemplate: string;
  readonly initContainerNameTemplate: string;
  readonly containerConcurrency: number;
  readonly containerConcurrencyMaxLimit: number;
  readonly allowContainerConcurrencyZero: boolean;
  /** undefined: left to Kubernetes. */
  readonly enableServiceLinks: boolean | undefined;
}

/** Throws ConfigError. */
export function parseDefaultsConfig(data: ConfigData = {}): DefaultsConfig {
  const timeout = int(data, "revision-timeout-seconds", 300, 64);
  const config: DefaultsConfig = {
    revisionTimeoutSeconds: timeout,
    maxRevisionTimeoutSeconds: int(data, "max-revision-timeout-seconds", 600, 64),
    revisionResponseStartTimeoutSeconds: int(data, "revision-response-start-timeout-seconds", timeout, 64),
    revisionIdleTimeoutSeconds: int(data, "revision-idle-timeout-seconds", 0, 64),
    requests: resources(data, "request"),
    limits: resources(data, "limit"),
    containerNameTemplate: template(data, "container-name-template", "user-container"),
    initContainerNameTemplate: template(data, "init-container-name-template", "init-container"),
    containerConcurrency: int(data, "container-concurrency", 0, 64),
    containerConcurrencyMaxLimit: int(data, "container-concurrency-max-limit", 1000, 64),
    allowContainerConcurrencyZero: bool(data, "allow-container-concurrency-zero", true),
    enableServiceLinks: serviceLinks(data),
  };
  validate(config);
  return config;
}

function resources(data: ConfigData, bound: "request" | "limit"): ResourceDefaults {
  const found: Partial<Record<string, string>> = {};
  for (const resource of ["cpu", "memory", "ephemeral-storage"]) {
    const key = `revision-${resource}-${bound}`;
    const value = data[key]?.trim();
    if (value === undefined || value === "") continue;
    if (parseQuantity(value) === undefined) failToParse(key, QUANTITY_FAULT);
    found[resource] = value;
  }
  return found as ResourceDefaults;
}

const QUANTITY_FAULT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function serviceLinks(data: ConfigData): boolean | undefined {
  const value = text(data, "enable-service-links", "false").trim().toLowerCase();
  return value === "default" ? undefined : value === "true";
}

function validate(config: DefaultsConfig): void {
  const { revisionTimeoutSeconds: timeout, maxRevisionTimeoutSeconds: max } = config;
  if (timeout > max)
    throw new ConfigError(`revision-timeout-seconds (${timeout}) cannot be greater than max-revision-timeout-seconds (${max})`);
  const start = config.revisionResponseStartTimeoutSeconds;
  if (start > 0 && start > timeout) {
    throw new ConfigError(
      `revision-response-start-timeout-seconds (${start}) cannot be greater than revision-timeout-seconds (${timeout})`,
    );
  }
  const idle = config.revisionIdleTimeoutSeconds;
  if (idle > 0 && idle > timeout) {
    throw new ConfigError(`revision-idle-timeout-seconds (${idle}) cannot be greater than revision-timeout-seconds (${timeout})`);
  }
  const limit = config.containerConcurrencyMaxLimit;
  if (limit < 1) throw new ConfigError(`container-concurrency-max-limit: expected 1 <= ${limit} <= 2147483647`);
  if (config.containerConcurrency < 0 || config.containerConcurrency > limit) {
    throw new ConfigError(`container-concurrency: expected 0 <= ${config.containerConcurrency} <= ${limit}`);
  }
}

function template(data: ConfigData, key: string, byDefault: string): string {
  const value = text(data, key, byDefault);
  if (renderName(value, {}) === undefined) failToParse(key, `template: container-template:1: cannot execute ${JSON.stringify(value)}`);
  return value;
}

/**
 * A container name from its template: literal text with `{{.Name}}`, `{{.Namespace}}`, `{{index .Labels "k"}}`
 * and `{{index .Annotations "k"}}`. Undefined when the template is more than that.
 */
export function renderName(templateText: string, metadata: ObjectMeta): string | undefined {
  let known = true;
  const name = templateText.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (_all, expression: string) => {
    const value = evaluate(expression, metadata);
    if (value === undefined) known = false;
    return value ?? "";
  });
  return known ? name : undefined;
}

function evaluate(expression: string, metadata: ObjectMeta): string | undefined {
  if (expression === ".Name") return metadata.name ?? "";
  if (expression === ".Namespace") return metadata.namespace ?? "";
  const index = /^index \.(Labels|Annotations) "([^"]*)"$/.exec(expression);
  if (index === null) return undefined;
  return (index[1] === "Labels" ? metadata.labels : metadata.annotations)?.[index[2] ?? ""] ?? "";
}
