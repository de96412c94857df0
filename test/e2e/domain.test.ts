/** A host of one's own in front of a service, as people set it up with kubectl and kn. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { test } from "node:test";
import { createAuthority, issueCertificate } from "../../src/security/certificates.ts";
import { base64OfText } from "../../src/std/base64.ts";
import { systemClock } from "../../src/std/clock.ts";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, type Kinetic } from "./harness.ts";

const HOST = "hello.example.com";
const TARGET = { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "hello" };

const mapping = (namespace: string, spec: object = {}) =>
  JSON.stringify({
    apiVersion: "serving.knative.dev/v1beta1",
    kind: "DomainMapping",
    metadata: { name: HOST, namespace },
    spec: { ref: TARGET, ...spec },
  });

/** Answers `body subject-alternative-names` of a request over HTTPS that trusts `ca` alone. */
async function getSecurely(kinetic: Kinetic, ca: string): Promise<string> {
  const { port } = new URL(kinetic.running.gatewayTls);
  const sent = request({ host: "127.0.0.1", port, servername: HOST, ca, headers: { host: HOST }, agent: false });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of answer) body += String(chunk);
  return body;
}

test("a domain of one's own", { skip: requires("kubectl", "linux"), timeout: 120_000 }, async (t) => {
  const kinetic = await startKinetic(t, { args: ["--sample"] });
  const port = new URL(kinetic.running.gateway).port;
  const waitReady = () => kinetic.kubectlOk(["wait", "-n", "default", `dm/${HOST}`, "--for=condition=Ready", "--timeout=20s"]);
  const claimant = async () =>
    (await kinetic.kubectlOk(["get", "cdc", HOST, "-o", "jsonpath={.spec.namespace}", "--ignore-not-found"])).trim();
  await eventually("the sample was called", async () => assert.match(kinetic.output, /from zero in/));

  await t.test("kn maps it, and the service answers for it", async () => {
    const created = await kinetic.kn(["domain", "create", HOST, "--ref", "hello"]);
    assert.equal(created.stdout, `Domain mapping '${HOST}' created in namespace 'default'.\n`, created.stderr);
    await waitReady();
    const { status, body } = await kinetic.get(HOST);
    assert.deepEqual([status, body.split(",")[0]], [200, "Hello World from hello-00001"]);
    assert.equal((await kinetic.get("other.example.com")).status, 404);
  });

  await t.test("kubectl and kn show it", async () => {
    const url = `http://${HOST}:${port}`;
    const [header = "", row = ""] = (await kinetic.kubectlOk(["get", "domainmapping"])).split("\n");
    assert.deepEqual(
      [header.split(/ +/), row.trim().split(/ +/)],
      [
        ["NAME", "URL", "READY", "REASON"],
        [HOST, url, "True"],
      ],
    );
    assert.match((await kinetic.kn(["domain", "list"])).stdout, new RegExp(`\n${HOST} +${url} +True +hello\n$`));
    assert.equal((await kinetic.kn(["domain", "describe", HOST, "-o", "url"])).stdout, `${url}\n`);
    const crds = await kinetic.kubectlOk(["get", "crd", "-l", "app.kubernetes.io/name=knative-serving", "-o", "name"]);
    assert.match(crds, /\/clusterdomainclaims\.networking\.internal\.knative\.dev\n[\s\S]*\/domainmappings\.serving\.knative\.dev\n/);
    const explained = await kinetic.kubectlOk(["explain", "domainmapping.spec.tls.secretName"]);
    assert.match(explained, /kubernetes\.io\/tls in the same\s+namespace/);
  });

  await t.test("a second namespace cannot have it, until the first lets it go", async () => {
    await kinetic.kubectlOk(["create", "namespace", "second"]);
    await kinetic.kubectlOk(["apply", "-f", "-"], mapping("second"));
    const reason = async (type: string) => {
      const path = `jsonpath={.status.conditions[?(@.type=="${type}")].reason}`;
      return kinetic.kubectlOk(["get", "dm", HOST, "-n", "second", "-o", path]);
    };
    await eventually("the refusal", async () => assert.equal(await reason("DomainClaimed"), "DomainAlreadyClaimed"));
    assert.equal(await claimant(), "default");
    assert.equal((await kinetic.get(HOST)).status, 200);
    const deleted = await kinetic.kn(["domain", "delete", HOST]);
    assert.equal(deleted.stdout, `Domain mapping '${HOST}' deleted in namespace 'default'.\n`, deleted.stderr);
    await eventually("the second has it", async () => assert.equal(await claimant(), "second"));
    await eventually("and misses its target", async () => assert.equal(await reason("ReferenceResolved"), "ResolveFailed"));
    await eventually("the host is not served", async () => assert.equal((await kinetic.get(HOST)).status, 404));
    await kinetic.kubectlOk(["delete", "namespace", "second"]);
    assert.equal(await claimant(), "");
  });

  await t.test("a certificate of one's own is shown for it", async () => {
    const world = { now: systemClock.now(), random: Math.random };
    const authority = await createAuthority("my own", world);
    const { certificate, key } = await issueCertificate(authority, { commonName: HOST, hosts: [HOST], usage: "server" }, world);
    await kinetic.kubectlOk(["apply", "-f", "-"], mapping("default", { tls: { secretName: "cert" } }));
    const ready = ["get", "dm", HOST, "-o", 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}'];
    await eventually("it says what is missing", async () => assert.equal(await kinetic.kubectlOk(ready), "SecretNotFound"));
    const data = { "tls.crt": base64OfText(certificate), "tls.key": base64OfText(key) };
    const secret = { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name: "cert", namespace: "default" }, data };
    await kinetic.kubectlOk(["apply", "-f", "-"], JSON.stringify(secret));
    await waitReady();
    assert.match(await getSecurely(kinetic, authority.certificate), /^Hello World from hello-00001/);
    const { port: securePort } = new URL(kinetic.running.gatewayTls);
    assert.equal((await kinetic.kn(["domain", "describe", HOST, "-o", "url"])).stdout, `https://${HOST}:${securePort}\n`);
  });

  await t.test("with external-domain-tls, services and domains get certificates and are https", async () => {
    const configure = (data: object) =>
      kinetic.kubectl(["patch", "cm", "config-network", "-n", "knative-serving", "--type=merge", "-p", JSON.stringify({ data })]);
    const refused = await configure({ "cluster-local-domain-tls": "Enabled" });
    assert.match(refused.stderr, /cluster-local-domain-tls is not supported: hosts of the inside are served over http/);
    assert.equal((await configure({ "external-domain-tls": "Enabled", "http-protocol": "Redirected" })).code, 0);
    await kinetic.kubectlOk(["patch", "dm", HOST, "--type=json", "-p", '[{"op":"remove","path":"/spec/tls"}]']);
    const { port: securePort } = new URL(kinetic.running.gatewayTls);
    const secure = `https://hello.default.localhost:${securePort}`;
    await eventually("the service is https", async () => {
      assert.match(await kinetic.kubectlOk(["get", "ksvc", "hello"]), new RegExp(` ${secure} .* True `));
    });
    await eventually("both have certificates", async () => {
      const rows = (await kinetic.kubectlOk(["get", "kcert", "--no-headers"])).trim().split("\n");
      assert.deepEqual(
        rows.map((row) => row.trim().split(/ +/)[1]),
        ["True", "True"],
      );
    });
    await waitReady();
    const authority = await readFile(kinetic.running.authority, "utf8");
    assert.match(await getSecurely(kinetic, authority), /^Hello World from hello-00001/);
    const { status, headers } = await kinetic.get("hello.default.localhost", "/there");
    assert.deepEqual([status, headers.location], [301, `${secure}/there`]);
  });
});
