import assert from "node:assert/strict";
import { test } from "node:test";
import { shippedConfigMaps } from "../../../../api/config/shipped.ts";
import type { ConfigData } from "../../../../api/config/parse.ts";
import { certificateKind, type Certificate } from "../../../../api/networking-internal/certificate.ts";
import { ingressKind } from "../../../../api/networking-internal/ingress.ts";
import { routeKind } from "../../../../api/serving/route.ts";
import { knativeServiceKind } from "../../../../api/serving/service.ts";
import { adler32 } from "../../../../std/adler32.ts";
import { Life, NAMESPACE } from "../fixtures/life.ts";

const HELLO = { template: { spec: { containers: [{ image: "dev.local/hello:v1" }] } } };

function configMaps(network: ConfigData) {
  return shippedConfigMaps({ domain: "example.com" }).map((map) =>
    map.metadata?.name === "config-network" ? { ...map, data: { ...map.data, "external-domain-tls": "Enabled", ...network } } : map,
  );
}

/** A Service with a tag, whose Route is ready but for its certificates. */
async function taggedHello({ network = {}, labels = {} }: { network?: ConfigData; labels?: Record<string, string> } = {}): Promise<Life> {
  const life = new Life({ externalPort: 8080, configMaps: configMaps(network) });
  const traffic = [{ latestRevision: true, percent: 100, tag: "now" }];
  await life.applyService({ ...HELLO, traffic }, { labels });
  await life.instancesReady("hello-00001");
  await life.programmed();
  return life;
}

async function fulfil(life: Life, certificate: Certificate): Promise<void> {
  const status = { observedGeneration: certificate.metadata.generation, conditions: [{ type: "Ready", status: "True" as const }] };
  await life.world.client.updateStatus(certificateKind, { ...certificate, status });
  await life.quiet();
  await life.programmed();
}

function provisioned(life: Life): string {
  const { conditions = [] } = life.get(routeKind, "hello").status ?? {};
  const { status, reason } = conditions.find(({ type }) => type === "CertificateProvisioned") ?? {};
  return [status, reason].filter((word) => word !== undefined).join(" ");
}

test("each public name of a Route asks for a certificate, and is https once it is there", async () => {
  const life = await taggedHello();
  const { uid } = life.get(routeKind, "hello").metadata;
  const own = life.get(certificateKind, `route-${uid}`);
  const tagged = life.get(certificateKind, `route-${uid}-${adler32("now")}`);
  assert.deepEqual(own.spec, { dnsNames: ["hello.life.example.com"], domain: "example.com", secretName: `route-${uid}` });
  assert.deepEqual(tagged.spec.dnsNames, ["now-hello.life.example.com"]);
  assert.equal(own.metadata.labels?.["serving.knative.dev/route"], "hello");
  assert.equal(life.get(knativeServiceKind, "hello").status?.url, "http://hello.life.example.com:8080");
  assert.equal(provisioned(life), "True HTTPDowngrade");
  await fulfil(life, own);
  assert.equal(provisioned(life), "True HTTPDowngrade", "one is missing");
  await fulfil(life, tagged);
  assert.equal(provisioned(life), "True");
  const { status } = life.get(knativeServiceKind, "hello");
  assert.deepEqual([status?.url, status?.traffic?.[0]?.url], ["https://hello.life.example.com", "https://now-hello.life.example.com"]);
  assert.deepEqual(
    life.get(ingressKind, "hello").spec.tls?.map(({ hosts, secretNamespace }) => [hosts, secretNamespace]),
    [
      [["hello.life.example.com"], NAMESPACE],
      [["now-hello.life.example.com"], NAMESPACE],
    ],
  );
});

test("where plain http is redirected, a Route is not ready without its certificates", async () => {
  const life = await taggedHello({ network: { "http-protocol": "Redirected" } });
  assert.equal(life.get(ingressKind, "hello").spec.httpOption, "Redirected");
  assert.equal(life.get(knativeServiceKind, "hello").status?.url, "https://hello.life.example.com");
  assert.equal(provisioned(life), "Unknown CertificateNotReady");
});

test("names of the inside get no certificates", async () => {
  const life = await taggedHello({ labels: { "networking.knative.dev/visibility": "cluster-local" } });
  assert.deepEqual(life.world.list(certificateKind), []);
  assert.equal(provisioned(life), "True TLSNotEnabled");
});

test("the certificate of a tag goes with the tag, and all go when the Route wants none", async () => {
  const life = await taggedHello();
  await life.applyService({ ...HELLO, traffic: [{ latestRevision: true, percent: 100 }] });
  assert.deepEqual(
    life.world.list(certificateKind).map(({ spec }) => spec.dnsNames),
    [["hello.life.example.com"]],
  );
  await life.applyService(HELLO, { annotations: { "networking.knative.dev/disable-external-domain-tls": "true" } });
  assert.deepEqual(life.world.list(certificateKind), []);
  assert.equal(provisioned(life), "True TLSNotEnabled");
});
