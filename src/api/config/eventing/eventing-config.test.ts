import assert from "node:assert/strict";
import { test } from "node:test";
import { refuseConfigMap } from "../refusal.ts";
import { isFeatureOn, parseEventingFeatures } from "./features.ts";
import { shippedEventingConfigMaps } from "./shipped.ts";
import { parseSugarConfig } from "./sugar.ts";

function refusal(name: string, data: Record<string, string>): string | undefined {
  const refused = refuseConfigMap({ metadata: { namespace: "knative-eventing", name }, data });
  return refused?.kind === "denied" ? refused.message : undefined;
}

test("what is shipped is taken", () => {
  const shipped = shippedEventingConfigMaps();
  assert.equal(shipped.length, 11);
  for (const { metadata, data } of shipped) assert.equal(refusal(metadata?.name ?? "", data ?? {}), undefined, metadata?.name ?? "");
});

const DENIED = 'admission webhook "config.webhook.eventing.knative.dev" denied the request: validation failed: ';

const REFUSED: readonly (readonly [name: string, data: Record<string, string>, words: RegExp])[] = [
  ["config-br-defaults", { "default-br-config": "clusterDefault: [" }, /default-br-config is no YAML/],
  ["config-br-defaults", { "default-br-config": "clusterDefault: {delivery: 3}" }, /delivery is not a mapping/],
  ["config-br-default-channel", { "channel-template-spec": "kind: InMemoryChannel" }, /needs an apiVersion and a kind/],
  ["default-ch-webhook", { "default-ch-config": "namespaceDefaults: {ns: {kind: X}}" }, /ns needs an apiVersion and a kind/],
  ["config-ping-defaults", { "data-max-size": "big" }, /failed to parse "data-max-size"/],
  ["config-sugar", { "namespace-selector": "matchExpressions: [{key: a, operator: Near}]" }, /matchExpressions is not a list/],
  [
    "config-kreference-mapping",
    { "A.v1.g": "https://{{ .Nothing }}" },
    /the template knows Name, Namespace, UID, SystemNamespace, not Nothing/,
  ],
];

for (const [name, data, words] of REFUSED) {
  test(`${name} is refused: ${JSON.stringify(data)}`, () => {
    const message = refusal(name, data) ?? "";
    assert.ok(message.startsWith(DENIED), message);
    assert.match(message, words);
  });
}

test("features: any case, unknown values leave the default", () => {
  const features = parseEventingFeatures({
    "kreference-group": "Enabled",
    "delivery-timeout": "perhaps",
    "transport-encryption": "Strict",
  });
  assert.deepEqual(
    [isFeatureOn(features, "kreference-group"), isFeatureOn(features, "delivery-timeout"), features.transportEncryption],
    [true, true, "strict"],
  );
  assert.equal(isFeatureOn(parseEventingFeatures(), "authentication-oidc"), false);
});

test("config-sugar: absent means nobody, an empty selector everybody", () => {
  assert.equal(parseSugarConfig({}).namespaceSelector, undefined);
  assert.deepEqual(parseSugarConfig({ "namespace-selector": "{}" }).namespaceSelector, {});
});
