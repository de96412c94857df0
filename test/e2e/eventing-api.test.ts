/** Brokers, Triggers and sources as people set them up with kubectl and kn, and what they are told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { startKinetic, type Kinetic } from "./harness.ts";

const URL_OF = (name: string) => `http://broker-ingress.knative-eventing.svc.cluster.local/default/${name}`;
const WEBHOOK = 'admission webhook "validation.webhook.eventing.knative.dev" denied the request: validation failed: ';

const SINK = JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "sink" }, spec: { ports: [{ port: 80 }] } });
const IDLE = JSON.stringify({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "idle", labels: { app: "idle" } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: "idle" } },
    template: { metadata: { labels: { app: "idle" } }, spec: { containers: [{ name: "main", image: "kinetic.local/hello" }] } },
  },
});

const eventType = (apiVersion: string) =>
  JSON.stringify({
    apiVersion,
    kind: "EventType",
    metadata: { name: "greeting" },
    spec: {
      reference: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "default" },
      attributes: ["type", "source", "specversion", "id"].map((name) => ({ name, required: true, value: name })),
    },
  });

async function ready(kinetic: Kinetic, ...objects: readonly string[]): Promise<void> {
  await kinetic.kubectlOk(["wait", ...objects, "--for=condition=Ready", "--timeout=20s"]);
}

/** What kn prints, which must succeed. */
async function kn(kinetic: Kinetic, line: string): Promise<string> {
  const { code, stdout, stderr } = await kinetic.kn(line.split(" "));
  assert.deepEqual([code, stderr], [0, ""], line);
  return stdout;
}

async function applied(kinetic: Kinetic, text: string): Promise<void> {
  await kinetic.kubectlOk(["apply", "-f", "-"], text);
}

/** Cells of the first row. */
async function row(kinetic: Kinetic, ...args: readonly string[]): Promise<readonly string[]> {
  const [, line = ""] = (await kinetic.kubectlOk(["get", ...args])).split("\n");
  return line.trim().split(/ {2,}/);
}

test("eventing with kubectl and kn", { skip: requires("kubectl", "linux"), timeout: 120_000 }, async (t) => {
  const kinetic = await startKinetic(t);
  await applied(kinetic, SINK);

  await t.test("kubectl finds sources and channels by the labels of their definitions", async () => {
    const named = async (label: string) =>
      (await kinetic.kubectlOk(["get", "crd", "-l", label, "-o", "name"])).trim().replaceAll(/.*\//g, "").split("\n");
    const sources = ["apiserversources", "containersources", "pingsources", "sinkbindings"].map(
      (plural) => `${plural}.sources.knative.dev`,
    );
    assert.deepEqual(await named("duck.knative.dev/source=true"), sources);
    const channels = ["channels", "inmemorychannels"].map((plural) => `${plural}.messaging.knative.dev`);
    assert.deepEqual(await named("messaging.knative.dev/subscribable=true"), channels);
    const path = "jsonpath={.metadata.annotations.registry\\.knative\\.dev/eventTypes}";
    const types = await kinetic.kubectlOk(["get", "crd", "pingsources.sources.knative.dev", "-o", path]);
    assert.deepEqual((JSON.parse(types) as { type: string }[])[0]?.type, "dev.knative.sources.ping");
    assert.match(await kinetic.kubectlOk(["explain", "trigger.spec.filters.cesql"]), /An expression of CloudEvents SQL/);
  });

  await t.test("kn creates, lists and describes a broker and a trigger, and both become ready", async () => {
    assert.equal(await kn(kinetic, "broker create default"), "Broker 'default' successfully created in namespace 'default'.\n");
    assert.equal(
      await kn(kinetic, "trigger create t --filter type=a -s svc:sink"),
      "Trigger 't' successfully created in namespace 'default'.\n",
    );
    await ready(kinetic, "broker/default", "trigger/t");
    assert.match(await kn(kinetic, "broker list"), new RegExp(`^default +${URL_OF("default")} +\\d+s +7 OK / 7 +True`, "m"));
    assert.match(await kn(kinetic, "trigger list"), /^t +default +service:sink +\d+s +7 OK \/ 7 +True/m);
    assert.equal(await kn(kinetic, "broker describe default -o url"), `${URL_OF("default")}\n`);
    const described = await kn(kinetic, "trigger describe t");
    for (const text of [/^Broker: +default$/m, /^ {2}type: +a$/m, /^ {2}Resource: +Service \(v1\)$/m, /^ {2}\+\+ Ready /m]) {
      assert.match(described, text);
    }
  });

  await t.test("kubectl shows the columns of real Knative", async () => {
    assert.deepEqual((await row(kinetic, "broker")).toSpliced(2, 1), ["default", URL_OF("default"), "True"]);
    assert.equal((await row(kinetic, "broker", "-o", "wide")).at(-1), "MTChannelBasedBroker");
    assert.deepEqual((await row(kinetic, "trigger")).toSpliced(3, 1), ["t", "default", "http://sink.default.svc.cluster.local", "True"]);
    const trigger = await kinetic.kubectlOk(["get", "trigger", "t", "-o", "jsonpath={.metadata.labels}"]);
    assert.deepEqual(JSON.parse(trigger), { "eventing.knative.dev/broker": "default" });
  });

  await t.test("an EventType is one in each of its versions", async () => {
    await applied(kinetic, eventType("eventing.knative.dev/v1beta3"));
    await ready(kinetic, "eventtype/greeting");
    assert.match(await kn(kinetic, "eventtype list"), /^greeting +type +source +default +\d+s +True$/m);
    const older = await kinetic.kubectlOk(["get", "eventtypes.v1beta1.eventing.knative.dev", "greeting", "-o", "jsonpath={.spec.type}"]);
    assert.equal(older, "type");
  });

  await t.test("what is wrong is refused in Knative's words", async () => {
    const refused = async (line: string) => (await kinetic.kn(line.split(" "))).stderr.split("\n")[0];
    assert.equal(
      await refused("trigger create x --filter Type=a -s svc:sink"),
      `Error: cannot create trigger 'x' in namespace 'default' because: ${WEBHOOK}invalid key name "Type": spec.filter.attributes[Type]`,
    );
    assert.equal(
      await refused("broker create x --retry -1"),
      `Error: cannot create broker 'x' in namespace 'default' because: ${WEBHOOK}invalid value: -1: spec.delivery.retry`,
    );
    assert.equal(
      await refused("source ping create x --schedule @every -s svc:sink"),
      `Error: ${WEBHOOK}invalid value: unsupported descriptor @every: spec.schedule`,
    );
    const immutable = await kinetic.kubectl(["patch", "trigger", "t", "--type=merge", "-p", '{"spec":{"broker":"other"}}']);
    assert.match(immutable.stderr, /Immutable fields changed \(-old \+new\): broker, spec\n\{string\}:\n\t-: "default"\n\t\+: "other"/);
    const patch = '{"data":{"default-br-config":"clusterDefault: ["}}';
    const config = await kinetic.kubectl(["patch", "cm", "config-br-defaults", "-n", "knative-eventing", "--type=merge", "-p", patch]);
    assert.match(config.stderr, /admission webhook "config\.webhook\.eventing\.knative\.dev" denied the request: validation failed/);
  });

  await t.test("sources: kn makes them, kn source list shows them, an account without permissions is named", async () => {
    await kn(kinetic, "source ping create p --schedule @daily -d {} -s broker:default");
    await kn(kinetic, "source apiserver create a --resource Event:v1 -s broker:default");
    await ready(kinetic, "pingsource/p");
    const listed = await kn(kinetic, "source list");
    assert.match(listed, /^a +ApiServerSource +apiserversources\.sources\.knative\.dev +broker:default +False$/m);
    assert.match(listed, /^p +PingSource +pingsources\.sources\.knative\.dev +broker:default +True$/m);
    assert.match(
      await kn(kinetic, "source apiserver list"),
      /User system:serviceaccount:default:default cannot get, list, watch resource "events" in API group "" in Namespace "default"/,
    );
    assert.match(await kn(kinetic, "source list-types"), /^PingSource +X +pingsources\.sources\.knative\.dev +Periodically send/m);
  });

  await t.test("a SinkBinding reaches workloads that are there and those that come, and leaves them as they were", async () => {
    const env = async () => kinetic.kubectlOk(["get", "deploy", "idle", "-o", "jsonpath={.spec.template.spec.containers[0].env[*].name}"]);
    await applied(kinetic, IDLE);
    await kn(kinetic, "source binding create b --subject Deployment:apps/v1:app=idle -s broker:default");
    await ready(kinetic, "sinkbinding/b");
    assert.equal(await env(), "K_SINK K_CE_OVERRIDES");
    await kinetic.kubectlOk(["delete", "deploy", "idle"]);
    await applied(kinetic, IDLE);
    assert.equal(await env(), "K_SINK K_CE_OVERRIDES");
    await kn(kinetic, "source binding delete b");
    await kinetic.kubectlOk(["wait", "sinkbinding/b", "--for=delete", "--timeout=20s"]);
    assert.equal(await env(), "");
  });

  await t.test("config-sugar gives labelled namespaces a broker", async () => {
    const patch = '{"data":{"namespace-selector":"matchLabels: {eventing: wanted}"}}';
    await kinetic.kubectlOk(["patch", "cm", "config-sugar", "-n", "knative-eventing", "--type=merge", "-p", patch]);
    await kinetic.kubectlOk(["create", "namespace", "sweet"]);
    await kinetic.kubectlOk(["label", "namespace", "sweet", "eventing=wanted"]);
    await kinetic.kubectlOk(["wait", "broker/default", "-n", "sweet", "--for=create", "--timeout=20s"]);
    await kinetic.kubectlOk(["wait", "broker/default", "-n", "sweet", "--for=condition=Ready", "--timeout=20s"]);
  });

  await t.test("what waits for something says what for", async () => {
    await kn(kinetic, "trigger create lost --broker nosuch -s svc:sink");
    const wait = [
      "wait",
      "trigger/lost",
      "--for=jsonpath={.status.conditions[?(@.type=='Ready')].reason}=BrokerDoesNotExist",
      "--timeout=20s",
    ];
    await kinetic.kubectlOk(wait);
    assert.match(await kn(kinetic, "trigger list"), /^lost +.* False +BrokerDoesNotExist : Broker "nosuch" does not exist$/m);
    assert.equal(await kn(kinetic, "trigger delete lost"), "Trigger 'lost' deleted in namespace 'default'.\n");
    assert.equal(await kn(kinetic, "broker delete default --wait"), "Broker 'default' successfully deleted in namespace 'default'.\n");
    assert.equal(await kn(kinetic, "broker list"), "No brokers found.\n");
  });
});
