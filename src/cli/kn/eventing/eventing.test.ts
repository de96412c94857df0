import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { at, condition, service } from "../fixtures/objects.ts";
import { runScripted, type Script } from "../fixtures/scripted.ts";

const EVENTING = "/apis/eventing.knative.dev/v1/namespaces/kn";
const MESSAGING = "/apis/messaging.knative.dev/v1/namespaces/kn";
const SOURCES = "/apis/sources.knative.dev/v1/namespaces/kn";
const SERVICE = "/apis/serving.knative.dev/v1/namespaces/kn/services";

const found: Script = { [`GET ${SERVICE}/hello`]: [{ body: service("hello") }] };
const metadata = (name: string) => ({ name, namespace: "kn", creationTimestamp: at(52) });
const status = (more: object = {}) => ({ conditions: [condition("Ready", "True")], ...more });
const KSVC = { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "hello", namespace: "kn" } };

const broker = {
  apiVersion: "eventing.knative.dev/v1",
  kind: "Broker",
  metadata: { ...metadata("b"), annotations: { "eventing.knative.dev/broker.class": "MTChannelBasedBroker" } },
  spec: {},
  status: status({ address: { url: "http://broker-ingress.example/kn/b" } }),
};

const trigger = {
  apiVersion: "eventing.knative.dev/v1",
  kind: "Trigger",
  metadata: metadata("t"),
  spec: { broker: "b", filter: { attributes: { type: "a", source: "s" } }, filters: [{ not: { cesql: "x" } }], subscriber: KSVC },
  status: status(),
};

async function kn(line: string, script: Script = {}, around: Parameters<typeof runScripted>[2] = {}) {
  return runScripted(line.split(" "), script, around);
}

/** The one object that was sent. */
async function sent(line: string, script: Script): Promise<{ body: unknown; stdout: string }> {
  const ran = await kn(line, script);
  assert.equal(ran.stderr, "");
  assert.equal(ran.bodies.length, 1);
  return { body: ran.bodies[0], stdout: ran.stdout };
}

const CREATED: Script = {
  ...found,
  [`POST ${EVENTING}/brokers`]: [{ body: broker }],
  [`POST ${EVENTING}/triggers`]: [{ body: trigger }],
  [`POST ${SOURCES}/pingsources`]: [{ body: {} }],
  [`POST ${SOURCES}/apiserversources`]: [{ body: {} }],
  [`POST ${SOURCES}/sinkbindings`]: [{ body: {} }],
  [`POST ${SOURCES}/containersources`]: [{ body: {} }],
  [`POST ${MESSAGING}/channels`]: [{ body: {} }],
  [`POST ${MESSAGING}/subscriptions`]: [{ body: {} }],
  "POST /apis/eventing.knative.dev/v1beta2/namespaces/kn/eventtypes": [{ body: {} }],
  "POST /api/v1/namespaces/kn/secrets": [{ body: {} }],
};

/** Command line -> spec that is sent, and what is said. */
const CREATIONS: readonly (readonly [line: string, spec: unknown, stdout: string])[] = [
  ["broker create b", {}, "Broker 'b' successfully created in namespace 'kn'.\n"],
  [
    "broker create b --class Kafka --broker-config cm:c:other --dl-sink hello --retry 3 --backoff-delay PT1S",
    {
      config: { apiVersion: "v1", kind: "ConfigMap", name: "c", namespace: "other" },
      delivery: { deadLetterSink: KSVC, retry: 3, backoffDelay: "PT1S" },
    },
    "Broker 'b' successfully created in namespace 'kn'.\n",
  ],
  [
    "trigger create t --broker b --filter type=a,source=s -s ksvc:hello",
    { broker: "b", filter: { attributes: { type: "a", source: "s" } }, subscriber: KSVC },
    "Trigger 't' successfully created in namespace 'kn'.\n",
  ],
  [
    "trigger create t -s http://example.com/x",
    { broker: "default", subscriber: { uri: "http://example.com/x" } },
    "Trigger 't' successfully created in namespace 'kn'.\n",
  ],
  [
    "source ping create p --schedule @daily -d {} --ce-override team=a -s hello",
    { schedule: "@daily", data: "{}", ceOverrides: { extensions: { team: "a" } }, sink: KSVC },
    "Ping source 'p' created in namespace 'kn'.\n",
  ],
  ["source ping create p -d aGk= -s hello", { dataBase64: "aGk=", sink: KSVC }, "Ping source 'p' created in namespace 'kn'.\n"],
  [
    "source apiserver create a --resource Event:v1:app=x --mode Resource --service-account sa -s hello",
    {
      resources: [{ kind: "Event", apiVersion: "v1", selector: { matchLabels: { app: "x" } } }],
      mode: "Resource",
      serviceAccountName: "sa",
      sink: KSVC,
    },
    "ApiServer source 'a' created in namespace 'kn'.\n",
  ],
  [
    "source binding create b --subject Deployment:apps/v1:web -s hello",
    { subject: { kind: "Deployment", apiVersion: "apps/v1", namespace: "kn", name: "web" }, sink: KSVC },
    "Sink binding 'b' created in namespace 'kn'.\n",
  ],
  [
    "source container create c --image dev.local/c -e A=1 -s hello",
    {
      template: { metadata: {}, spec: { containers: [{ name: "", image: "dev.local/c", env: [{ name: "A", value: "1" }] }] } },
      sink: KSVC,
    },
    "ContainerSource 'c' created in namespace 'kn'.\n",
  ],
  ["channel create c", {}, "Channel 'c' created in namespace 'kn'.\n"],
  [
    "channel create c --type imc",
    { channelTemplate: { apiVersion: "messaging.knative.dev/v1", kind: "InMemoryChannel" } },
    "Channel 'c' created in namespace 'kn'.\n",
  ],
  [
    "subscription create s --channel imc:pipe --sink hello --sink-dead-letter hello",
    {
      channel: { apiVersion: "messaging.knative.dev/v1", kind: "InMemoryChannel", name: "pipe" },
      subscriber: KSVC,
      delivery: { deadLetterSink: KSVC },
    },
    "Subscription 's' created in namespace 'kn'.\n",
  ],
  [
    "eventtype create e -t a --source /s -b b",
    { type: "a", source: "/s", reference: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "b" } },
    "Eventtype 'e' successfully created in namespace 'kn'.\n",
  ],
];

for (const [line, spec, stdout] of CREATIONS) {
  test(`kn ${line}`, async () => {
    const { body, stdout: said } = await sent(line, CREATED);
    assert.deepEqual((body as { spec: unknown }).spec, spec);
    assert.equal(said, stdout);
  });
}

test("kn secret create", async () => {
  const { body } = await sent("secret create s -l a=b=c", CREATED);
  assert.deepEqual((body as { data: unknown }).data, { a: "Yj1j" });
});

/** Command line -> what stderr begins with. */
const REFUSED: readonly (readonly [line: string, stderr: string])[] = [
  ["broker create", "Error: 'broker create' requires the broker name given as single argument\nRun 'kn --help' for usage\n"],
  ["broker create b --broker-config c", "Error: cannot set broker-config without setting class\nRun 'kn --help' for usage\n"],
  ["trigger create t", "Error: required flag(s) \"sink\" not set\nRun 'kn --help' for usage\n"],
  [
    "trigger create t --filter x -s hello",
    "Error: cannot create trigger 't' because Invalid --filter: argument requires a value that contains the \"=\" delimiter; " +
      "got \"x\"\nRun 'kn --help' for usage\n",
  ],
  ["trigger update t --broker x", "Error: cannot update trigger 't' because broker is immutable\nRun 'kn --help' for usage\n"],
  [
    "trigger describe",
    "Error: 'kn trigger describe' requires name of the trigger as single argument\nRun 'kn trigger describe --help' for usage\n",
  ],
  [
    "trigger create t -s nosuch:x",
    "Error: cannot create trigger 't' in namespace 'kn' because: unsupported sink prefix: 'nosuch', if referring to a knative service " +
      "in another namespace, 'ksvc:name:namespace' combination must be provided explicitly\nRun 'kn --help' for usage\n",
  ],
  [
    "trigger create t -s gone",
    "Error: cannot create trigger 't' in namespace 'kn' because: services.serving.knative.dev \"gone\" not found\n" +
      "Run 'kn --help' for usage\n",
  ],
  [
    "source ping nosuch",
    "Error: unknown sub-command 'nosuch' for 'kn source ping'. Available sub-commands: create, delete, describe, list, update\n" +
      "Run 'kn source ping --help' for usage\n",
  ],
  ["source ping create", "Error: required flag(s) \"sink\" not set\nRun 'kn --help' for usage\n"],
  [
    "source apiserver create a --resource Event -s hello",
    "Error: cannot find 'APIVersion' part in resource specification Event (expected: <kind:apiVersion[:label1=val1,label2=val2,..]>\n" +
      "Run 'kn --help' for usage\n",
  ],
  [
    "source binding create b --subject x -s hello",
    "Error: invalid subject argument 'x': not in format kind:api/version:nameOrSelector\nRun 'kn --help' for usage\n",
  ],
  [
    "subscription create s",
    "Error: 'kn subscription create' requires the channel reference provided with --channel flag\n" +
      "Run 'kn subscription create --help' for usage\n",
  ],
];

for (const [line, stderr] of REFUSED) {
  test(`kn ${line}: refused`, async () => {
    const ran = await kn(line, found);
    assert.deepEqual([ran.stderr, ran.code, ran.bodies], [stderr, 1, []]);
  });
}

test("a group that the backend does not have is named", async () => {
  for (const [line, path, part] of [
    ["broker list", `${EVENTING}/brokers`, "Eventing"],
    ["channel list", `${MESSAGING}/channels`, "Messaging"],
    ["source ping list", `${SOURCES}/pingsources`, "Sources"],
  ] as const) {
    const ran = await runScripted(line.split(" "), {}, { missing: path });
    assert.match(ran.stderr, new RegExp(`^Error: no or newer Knative ${part} API found on the backend`));
  }
});

test("lists have kn's columns", async () => {
  const brokers = await kn("broker list", { [`GET ${EVENTING}/brokers`]: [{ body: { items: [broker] } }] });
  assert.equal(
    brokers.stdout,
    "NAME   URL                                  AGE   CONDITIONS   READY   REASON\n" +
      "b      http://broker-ingress.example/kn/b   52s   1 OK / 1     True    \n",
  );
  const triggers = await kn("trigger list", { [`GET ${EVENTING}/triggers`]: [{ body: { items: [trigger] } }] });
  assert.equal(
    triggers.stdout,
    "NAME   BROKER   SINK         AGE   CONDITIONS   READY   REASON\nt      b        ksvc:hello   52s   1 OK / 1     True    \n",
  );
  const none = await kn("source ping list", { [`GET ${SOURCES}/pingsources`]: [{ body: { items: [] } }] });
  assert.equal(none.stdout, "No Ping source found.\n");
});

test("broker describe, also as a URL", async () => {
  const script = { [`GET ${EVENTING}/brokers/b`]: [{ body: broker }] };
  const { stdout } = await kn("broker describe b", script);
  assert.equal(
    stdout,
    `Name:         b
Namespace:    kn
Annotations:  eventing.knative.dev/broker.class=MTChannelBasedBroker
Age:          52s

Address:  
  URL:    http://broker-ingress.example/kn/b

Conditions:  
  OK TYPE     AGE REASON
  ++ Ready    46s 
`,
  );
  assert.equal((await kn("broker describe b -o url", script)).stdout, "http://broker-ingress.example/kn/b\n");
});

test("trigger describe shows filters of both forms and the sink", async () => {
  const { stdout } = await kn("trigger describe t", { [`GET ${EVENTING}/triggers/t`]: [{ body: trigger }] });
  const lines = stdout.split("\n").map((line) => line.trimEnd());
  for (const line of ["Broker:       b", "Filter:", "Filters (experimental):", "Sink:"]) {
    assert.ok(
      lines.some((one) => one.replace(/\s+/g, " ") === line.replace(/\s+/g, " ")),
      `${line} is not in\n${stdout}`,
    );
  }
  assert.match(stdout, /^ {2}source: +s$/m);
  assert.match(stdout, /^ {4}cesql: +x$/m);
  assert.match(stdout, /^ {2}Resource: +Service \(serving\.knative\.dev\/v1\)$/m);
});

test("updates change what the flags say and keep the rest", async () => {
  const script: Script = { [`GET ${EVENTING}/triggers/t`]: [{ body: trigger }], [`PUT ${EVENTING}/triggers/t`]: [{ body: trigger }] };
  const { body, stdout } = await sent("trigger update t --filter type-,new=1", script);
  assert.deepEqual((body as typeof trigger).spec, { ...trigger.spec, filter: { attributes: { source: "s", new: "1" } } });
  assert.equal(stdout, "Trigger 't' updated in namespace 'kn'.\n");

  const source = { metadata: metadata("a"), spec: { resources: [{ kind: "Event", apiVersion: "v1" }], sink: KSVC } };
  const path = `${SOURCES}/apiserversources/a`;
  const sources: Script = { [`GET ${path}`]: [{ body: source }], [`PUT ${path}`]: [{ body: source }] };
  const changed = await sent("source apiserver update a --resource Event:v1- --resource Pod:v1", sources);
  assert.deepEqual((changed.body as typeof source).spec.resources, [{ kind: "Pod", apiVersion: "v1" }]);
  const missing = await kn("source apiserver update a --resource Pod:v1-", sources);
  assert.match(missing.stderr, /^Error: cannot find resources to remove: Pod:v1\n/);
});

test("broker update without flags prints its usage and refuses", async () => {
  const ran = await kn("broker update b");
  assert.match(ran.stderr, /Usage:\n {2}kn broker update NAME/);
  assert.match(ran.stderr, /Error: flag\(s\) not set\n/);
});

test("deletes say what went", async () => {
  const script: Script = {
    [`GET ${EVENTING}/brokers/b`]: [{ body: broker }],
    [`DELETE ${EVENTING}/brokers/b`]: [{ body: {} }],
    [`GET ${SOURCES}/pingsources/p`]: [{ body: { metadata: metadata("p") } }],
    [`DELETE ${SOURCES}/pingsources/p`]: [{ body: {} }],
  };
  assert.equal((await kn("broker delete b", script)).stdout, "Broker 'b' successfully deleted in namespace 'kn'.\n");
  assert.equal((await kn("source ping delete p", script)).stdout, "Ping source 'p' deleted in namespace 'kn'.\n");
});

const definition = (kind: string, group = "sources.knative.dev") => ({
  metadata: { name: `${kind.toLowerCase()}s.${group}` },
  spec: { group, names: { kind, plural: `${kind.toLowerCase()}s` }, versions: [{ name: "v1", served: true }] },
});

const CRDS = "GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions";

test("source list and list-types go by the definitions that are there", async () => {
  const ping = { metadata: metadata("p"), spec: { sink: KSVC }, status: status() };
  const script: Script = {
    [CRDS]: [{ body: { items: [definition("PingSource"), definition("OtherSource")] } }],
    [`GET ${SOURCES}/pingsources`]: [{ body: { items: [ping] } }],
    [`GET ${SOURCES}/othersources`]: [{ body: { items: [] } }],
  };
  const { stdout, calls } = await kn("source list", script);
  assert.equal(
    stdout,
    "NAME   TYPE         RESOURCE                          SINK         READY\n" +
      "p      PingSource   pingsources.sources.knative.dev   ksvc:hello   True\n",
  );
  assert.match(calls[0] ?? "", /labelSelector=duck\.knative\.dev\/source=true$/);
  assert.equal(
    (await kn("source list-types", script)).stdout,
    "TYPE          S     NAME                               DESCRIPTION\n" +
      "OtherSource         othersources.sources.knative.dev   \n" +
      "PingSource    X     pingsources.sources.knative.dev    Periodically send ping events to a sink\n",
  );
  const none = await kn("source list", { [CRDS]: [{ body: { items: [] } }] });
  assert.match(none.stderr, /^Error: no sources found on the backend, please verify the installation\n/);
});

test("where definitions may not be listed the four known kinds are", async () => {
  const forbidden = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Forbidden", code: 403, message: "no" };
  const script: Script = {
    [CRDS]: [{ status: 403, body: forbidden }],
    ...Object.fromEntries(
      ["apiserversources", "containersources", "pingsources", "sinkbindings"].map((plural) => [
        `GET ${SOURCES}/${plural}`,
        [{ body: { items: [] } }],
      ]),
    ),
  };
  assert.equal((await kn("source list", script)).stdout, "No sources found.\n");
});

test("channel list-types leaves out Channel itself", async () => {
  const group = "messaging.knative.dev";
  const script: Script = { [CRDS]: [{ body: { items: [definition("Channel", group), definition("InMemoryChannel", group)] } }] };
  assert.equal(
    (await kn("channel list-types", script)).stdout,
    "TYPE              NAME                                     DESCRIPTION\n" +
      "InMemoryChannel   inmemorychannels.messaging.knative.dev   The events are stored in memory\n",
  );
});

test("sinks and channel types of the configuration file", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "kn-eventing-"));
  context.after(() => rm(folder, { recursive: true }));
  const config = join(folder, "config.yaml");
  const mapping = "{prefix: dep, group: apps, version: v1, resource: deployments}";
  const alias = "{alias: kafka, group: m.k.dev, version: v1, kind: KafkaChannel}";
  await writeFile(config, `eventing:\n  sink-mappings: [${mapping}]\n  channel-type-mappings: [${alias}]\n`);
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d" } };
  const script: Script = { ...CREATED, "GET /apis/apps/v1/namespaces/kn/deployments/d": [{ body: deployment }] };
  const trigger = await sent(`trigger create t -s dep:d --config ${config}`, script);
  const { subscriber } = (trigger.body as { spec: { subscriber: unknown } }).spec;
  assert.deepEqual(subscriber, { ref: { apiVersion: "apps/v1", kind: "Deployment", name: "d", namespace: "kn" } });
  const direct = await sent("trigger create t -s apps/v1/deployments:d", script);
  assert.deepEqual((direct.body as { spec: { subscriber: unknown } }).spec.subscriber, subscriber);
  const channel = await sent(`channel create c --type kafka --config ${config}`, script);
  assert.deepEqual((channel.body as { spec: unknown }).spec, { channelTemplate: { apiVersion: "m.k.dev/v1", kind: "KafkaChannel" } });
});
