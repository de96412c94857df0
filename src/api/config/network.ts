import { bool, ConfigError, int, text, type ConfigData } from "./parse.ts";

export const NETWORK_CONFIG = "config-network";

/** `config-network`. */
export interface NetworkConfig {
  readonly ingressClass: string;
  readonly certificateClass: string;
  readonly domainTemplate: string;
  readonly tagTemplate: string;
  readonly externalDomainTls: boolean;
  readonly clusterLocalDomainTls: boolean;
  readonly systemInternalTls: boolean;
  readonly namespaceWildcardCertSelector: string;
  readonly httpProtocol: "Enabled" | "Redirected" | "Disabled";
  readonly rolloutDurationSeconds: number;
  readonly autocreateClusterDomainClaims: boolean;
  readonly defaultExternalScheme: string;
}

/** What upstream uses when nothing is said; our install writes its own. */
const UPSTREAM_INGRESS_CLASS = "istio.ingress.networking.knative.dev";

/** Throws ConfigError. */
export function parseNetworkConfig(data: ConfigData = {}): NetworkConfig {
  const config = {
    ingressClass: oneOf(data, ["ingress-class", "ingress.class"], UPSTREAM_INGRESS_CLASS),
    certificateClass: oneOf(data, ["certificate-class", "certificate.class"], "cert-manager.certificate.networking.knative.dev"),
    domainTemplate: text(data, "domain-template", "{{.Name}}.{{.Namespace}}.{{.Domain}}"),
    tagTemplate: text(data, "tag-template", "{{.Tag}}-{{.Name}}"),
    externalDomainTls: onOff(data, ["external-domain-tls", "auto-tls", "autoTLS"]),
    clusterLocalDomainTls: onOff(data, ["cluster-local-domain-tls"]),
    systemInternalTls: onOff(data, ["system-internal-tls", "internal-encryption"]),
    namespaceWildcardCertSelector: text(data, "namespace-wildcard-cert-selector", ""),
    httpProtocol: httpProtocol(oneOf(data, ["http-protocol", "httpProtocol"], "Enabled")),
    rolloutDurationSeconds: int(data, "rollout-duration", 0),
    autocreateClusterDomainClaims: bool(data, "autocreate-cluster-domain-claims", false),
    defaultExternalScheme: text(data, "default-external-scheme", "http"),
  };
  checkTemplates(config.domainTemplate, config.tagTemplate);
  if (config.rolloutDurationSeconds < 0)
    throw new ConfigError(`rollout-duration must be a positive integer, but was ${config.rolloutDurationSeconds}`);
  return config;
}

/** Throws ConfigError for what Kinetic does not do; only said to who writes it, never of what is stored. */
export function checkNetworkSupport({ clusterLocalDomainTls, systemInternalTls }: NetworkConfig): void {
  if (clusterLocalDomainTls) throw new ConfigError("cluster-local-domain-tls is not supported: hosts of the inside are served over http");
  if (systemInternalTls) throw new ConfigError("system-internal-tls is not supported: the gateway speaks http with the instances");
}

function oneOf(data: ConfigData, keys: readonly string[], byDefault: string): string {
  const key = keys.find((candidate) => data[candidate] !== undefined);
  return key === undefined ? byDefault : text(data, key, byDefault);
}

function onOff(data: ConfigData, keys: readonly string[]): boolean {
  return oneOf(data, keys, "Disabled").trim().toLowerCase() === "enabled";
}

function httpProtocol(value: string): NetworkConfig["httpProtocol"] {
  const known = (["Enabled", "Redirected", "Disabled"] as const).find((option) => option.toLowerCase() === value.trim().toLowerCase());
  if (known === undefined) throw new ConfigError(`httpProtocol ${value} in config-network ConfigMap is not supported`);
  return known;
}

function checkTemplates(domainTemplate: string, tagTemplate: string): void {
  const values = { Name: "foo", Namespace: "bar", Domain: "baz.com", Annotations: {}, Labels: {} };
  if (renderHost(domainTemplate, values) === undefined)
    throw new ConfigError(`error executing domain-template ${JSON.stringify(domainTemplate)}`);
  if (renderTag(tagTemplate, "foo", "v2") === undefined)
    throw new ConfigError(`error executing tag-template ${JSON.stringify(tagTemplate)}`);
}

export interface HostValues {
  readonly Name: string;
  readonly Namespace: string;
  readonly Domain: string;
  readonly Annotations: Readonly<Record<string, string>>;
  readonly Labels: Readonly<Record<string, string>>;
}

/** A host from the domain template; undefined when the template uses more than fields and `index`. */
export function renderHost(template: string, values: HostValues): string | undefined {
  return render(template, (expression) => {
    if (expression === ".Name" || expression === ".Namespace" || expression === ".Domain") return values[expression.slice(1) as "Name"];
    const index = /^index \.(Annotations|Labels) "([^"]*)"$/.exec(expression);
    return index === null ? undefined : (values[index[1] as "Labels"][index[2] ?? ""] ?? "");
  });
}

/** The name that stands for a tag of a route. */
export function renderTag(template: string, name: string, tag: string): string | undefined {
  return render(template, (expression) => (expression === ".Name" ? name : expression === ".Tag" ? tag : undefined));
}

function render(template: string, evaluate: (expression: string) => string | undefined): string | undefined {
  let known = true;
  const rendered = template.replaceAll(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_all, expression: string) => {
    const value = evaluate(expression);
    if (value === undefined) known = false;
    return value ?? "";
  });
  return known && !rendered.includes("{{") ? rendered : undefined;
}
