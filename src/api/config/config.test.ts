import assert from "node:assert/strict";
import test from "node:test";
import type { ConfigMap } from "../k8s/types.generated.ts";
import { SERVING_NAMESPACE } from "../names/kinetic.ts";
import { parseAutoscalerConfig } from "./autoscaler.ts";
import { parseDefaultsConfig, renderName } from "./defaults.ts";
import { parseDeploymentConfig } from "./deployment.ts";
import { domainFor, parseDomainConfig } from "./domain.ts";
import { isAllowed, isEnabled, parseFeaturesConfig } from "./features.ts";
import { parseGcConfig } from "./gc.ts";
import { parseNetworkConfig, renderHost, renderTag } from "./network.ts";
import { exampleChecksum, refuseConfigMap } from "./refusal.ts";
import { shippedConfigMaps } from "./shipped.ts";

const configMap = (name: string, data: Record<string, string>, annotations = {}): ConfigMap => ({
  metadata: { namespace: SERVING_NAMESPACE, name, annotations },
  data,
});

const DENIED = 'admission webhook "config.webhook.serving.knative.dev" denied the request: validation failed: ';
const refused = (name: string, data: Record<string, string>) => {
  const refusal = refuseConfigMap(configMap(name, data));
  return refusal?.kind === "denied" ? refusal.message.replace(DENIED, "") : refusal;
};

test("defaults are upstream's", () => {
  const autoscaler = parseAutoscalerConfig();
  assert.deepEqual(
    [autoscaler.targetUtilization, autoscaler.targetBurstCapacity, autoscaler.stableWindowMs, autoscaler.initialScale],
    [0.7, 211, 60_000, 1],
  );
  const defaults = parseDefaultsConfig();
  assert.deepEqual([defaults.revisionTimeoutSeconds, defaults.maxRevisionTimeoutSeconds, defaults.enableServiceLinks], [300, 600, false]);
  assert.deepEqual(parseGcConfig().retainSinceCreateTimeMs, 48 * 3_600_000);
  assert.equal(parseDeploymentConfig().progressDeadlineMs, 600_000);
  assert.equal(parseNetworkConfig().tagTemplate, "{{.Tag}}-{{.Name}}");
});

test("a utilisation is a percentage or a fraction", () => {
  assert.equal(parseAutoscalerConfig({ "container-concurrency-target-percentage": "0.5" }).targetUtilization, 0.5);
  assert.equal(parseAutoscalerConfig({ "container-concurrency-target-percentage": "50" }).targetUtilization, 0.5);
});

const REFUSALS: readonly (readonly [string, Record<string, string>, string])[] = [
  [
    "config-autoscaler",
    { "max-scale": "abc" },
    'failed to parse data: failed to parse "max-scale": strconv.ParseInt: parsing "abc": invalid syntax',
  ],
  ["config-autoscaler", { "stable-window": "1s" }, "stable-window = 1s, must be in [6s; 1h0m0s] range"],
  [
    "config-autoscaler",
    { "stable-window": "5" },
    'failed to parse data: failed to parse "stable-window": time: missing unit in duration "5"',
  ],
  [
    "config-autoscaler",
    { "initial-scale": "0" },
    "initial-scale = 0, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)",
  ],
  [
    "config-defaults",
    { "revision-timeout-seconds": "700" },
    "revision-timeout-seconds (700) cannot be greater than max-revision-timeout-seconds (600)",
  ],
  ["config-deployment", { "progress-deadline": "0s" }, "progress-deadline cannot be a non-positive duration, was 0s"],
  [
    "config-gc",
    { "min-non-active-revisions": "2", "max-non-active-revisions": "1" },
    "min-non-active-revisions(2) must be <= max-non-active-revisions(1)",
  ],
  [
    "config-network",
    { "cluster-local-domain-tls": "Enabled" },
    "cluster-local-domain-tls is not supported: hosts of the inside are served over http",
  ],
  [
    "config-network",
    { "system-internal-tls": "enabled" },
    "system-internal-tls is not supported: the gateway speaks http with the instances",
  ],
  ["config-network", { "domain-template": "{{.Nope}}" }, 'error executing domain-template "{{.Nope}}"'],
];

for (const [name, data, text] of REFUSALS) {
  test(`${name} with ${JSON.stringify(data)} is refused`, () => assert.equal(refused(name, data), text));
}

test("unknown keys, other ConfigMaps and other namespaces are nobody's business", () => {
  assert.equal(refused("config-autoscaler", { "no-such-key": "x" }), undefined);
  assert.equal(refused("somebodys", { "max-scale": "abc" }), undefined);
  const elsewhere: ConfigMap = { metadata: { namespace: "default", name: "config-autoscaler" }, data: { "max-scale": "abc" } };
  assert.equal(refuseConfigMap(elsewhere), undefined);
});

test("an edit below _example is refused with a hint", () => {
  const annotations = { "knative.dev/example-checksum": exampleChecksum("old") };
  const refusal = refuseConfigMap(configMap("config-gc", { _example: "new" }, annotations));
  assert.match(refusal?.kind === "denied" ? refusal.message : "", /the update modifies a key in "_example"/);
  assert.equal(refuseConfigMap(configMap("config-gc", { _example: "old\n" }, annotations)), undefined);
});

test("everything that we ship is accepted, and says what makes it ours", () => {
  const shipped = shippedConfigMaps({ domain: "example.com", registriesSkippingTagResolving: ["reg.test"] });
  for (const map of shipped) assert.equal(refuseConfigMap(map), undefined, String(map.metadata?.name));
  const data = (name: string) => shipped.find(({ metadata }) => metadata?.name === name)?.data;
  assert.equal(parseAutoscalerConfig(data("config-autoscaler")).allowZeroInitialScale, true);
  assert.equal(parseNetworkConfig(data("config-network")).ingressClass, "kinetic.ingress.networking.knative.dev");
  assert.equal(domainFor(parseDomainConfig(data("config-domain")), {}, "none"), "example.com");
  assert.ok(parseDeploymentConfig(data("config-deployment")).registriesSkippingTagResolving.has("reg.test"));
});

test("the domain with the most specific selector wins", () => {
  const config = parseDomainConfig({
    "a.test": "",
    "b.test": "selector:\n  app: shop\n",
    "c.test": "selector:\n  app: shop\n  tier: gold\n",
  });
  assert.equal(domainFor(config, {}, "none"), "a.test");
  assert.equal(domainFor(config, { app: "shop" }, "none"), "b.test");
  assert.equal(domainFor(config, { app: "shop", tier: "gold" }, "none"), "c.test");
  assert.equal(domainFor(parseDomainConfig({}), {}, "svc.cluster.local"), "svc.cluster.local");
});

test("flags read Enabled, Allowed and Disabled in any case and ignore what they do not know", () => {
  const features = parseFeaturesConfig({
    "kubernetes.podspec-nodeselector": "allowed",
    "multi-container": "DISABLED",
    nonsense: "Enabled",
  });
  assert.equal(isAllowed(features, "kubernetes.podspec-nodeselector"), true);
  assert.equal(isEnabled(features, "kubernetes.podspec-nodeselector"), false);
  assert.equal(isAllowed(features, "multi-container"), false);
  assert.equal(isAllowed(features, "kubernetes.podspec-volumes-emptydir"), true);
});

test("templates render names and hosts", () => {
  const values = { Name: "hello", Namespace: "life", Domain: "x.test", Annotations: { sub: "deep" }, Labels: {} };
  assert.equal(renderHost("{{.Name}}-{{ .Namespace }}.{{.Domain}}", values), "hello-life.x.test");
  assert.equal(renderHost('{{.Name}}.{{index .Annotations "sub"}}.{{.Domain}}', values), "hello.deep.x.test");
  assert.equal(renderHost("{{.Name | upper}}", values), undefined);
  assert.equal(renderTag("{{.Tag}}-{{.Name}}", "hello", "v1"), "v1-hello");
  assert.equal(renderName("{{.Name}}-user", { name: "hello" }), "hello-user");
});
