import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../../std/random.ts";
import { service } from "../../fixtures/objects.ts";
import { NOW } from "../../fixtures/scripted.ts";
import { withFlags, type SpecFlags } from "./apply-flags.ts";

type Template = ReturnType<typeof service>["spec"]["template"];
type Container = Template["spec"]["containers"][number];

const apply = (flags: SpecFlags, base = service("hello"), mode: "create" | "update" | "apply" = "update") =>
  withFlags(base, { flags, mode, now: NOW, random: seededRandom(1) });
const container = (flags: SpecFlags, base?: ReturnType<typeof service>): Container => {
  const [first] = apply(flags, base).spec.template.spec.containers;
  assert.ok(first);
  return first;
};
const withEnv = apply({ env: ["A=1", "B=2"] });

/** Flags -> what they make of the container. */
const CONTAINER: readonly (readonly [string, SpecFlags, Partial<Container>])[] = [
  ["image, command and arguments", { image: "i:2", cmd: ["run"], arg: ["-a", "b"] }, { image: "i:2", command: ["run"], args: ["-a", "b"] }],
  ["a named port", { port: "h2c:8081" }, { ports: [{ name: "h2c", containerPort: 8081 }] }],
  ["a plain port", { port: "9000" }, { ports: [{ containerPort: 9000 }] }],
  [
    "resources in canonical form",
    { limit: ["cpu=1000m", "memory=1024Mi"], request: ["cpu=500m"] },
    { resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m" } } },
  ],
  [
    "environment from whole objects",
    { envFrom: ["cm:a", "secret:b"] },
    { envFrom: [{ configMapRef: { name: "a" } }, { secretRef: { name: "b" } }] },
  ],
  [
    "environment from one key",
    { envValueFrom: ["X=cm:a:k"] },
    { env: [{ name: "X", valueFrom: { configMapKeyRef: { name: "a", key: "k" } } }] },
  ],
  ["pull policy in any case", { pullPolicy: "ifnotpresent" }, { imagePullPolicy: "IfNotPresent" }],
  [
    "strict security with a user",
    { securityContext: "strict", user: 1001 },
    {
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
        runAsUser: 1001,
      },
    },
  ],
  [
    "probes with options",
    { probeReadiness: "http::8080:/ready", probeReadinessOpts: "PeriodSeconds=3", probeLiveness: "exec:test,-f,x" },
    {
      readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 3 },
      livenessProbe: { exec: { command: ["test", "-f", "x"] } },
    },
  ],
];

for (const [what, flags, expected] of CONTAINER) {
  test(`flags to container: ${what}`, () => {
    const made = container(flags);
    for (const [key, value] of Object.entries(expected)) assert.deepEqual(made[key as keyof Container], value);
  });
}

test("env: a change keeps its place, NAME- removes", () => {
  assert.deepEqual(container({ env: ["C=3", "A=9", "B-"] }, withEnv).env, [
    { name: "A", value: "9" },
    { name: "C", value: "3" },
  ]);
});

test("mounts make volumes, and take them away again", () => {
  const mounted = apply({ mount: ["/etc/config=cm:settings/sub", "/tmp/x=ed:scratch:size=1Gi"] });
  const [first, second] = mounted.spec.template.spec.volumes ?? [];
  assert.deepEqual([first?.configMap, second?.emptyDir], [{ name: "settings" }, { sizeLimit: "1Gi" }]);
  const [mount] = mounted.spec.template.spec.containers[0]?.volumeMounts ?? [];
  assert.deepEqual([mount?.mountPath, mount?.subPath, mount?.readOnly, mount?.name], ["/etc/config", "sub", true, first?.name]);
  const without = apply({ mount: ["/etc/config-", "/tmp/x-"] }, mounted).spec.template.spec;
  assert.deepEqual([without.volumes, without.containers[0]?.volumeMounts], [undefined, undefined]);
  assert.throws(() => apply({ mount: ["/x=nosuch"] }), { message: 'There is no volume with name: "nosuch"' });
});

test("labels and annotations: both, service only, revision only; autoscaling goes to the template alone", () => {
  const made = apply({
    label: ["team=a"],
    labelService: ["s=1"],
    labelRevision: ["r=1"],
    annotation: ["note=x", "autoscaling.knative.dev/window=10s"],
    clusterLocal: true,
  });
  const { metadata } = made.spec.template;
  assert.deepEqual(made.metadata.labels, { team: "a", s: "1", "networking.knative.dev/visibility": "cluster-local" });
  assert.deepEqual(metadata?.labels, { team: "a", r: "1" });
  assert.deepEqual(made.metadata.annotations, { note: "x" });
  assert.deepEqual([metadata?.annotations?.["note"], metadata?.annotations?.["autoscaling.knative.dev/window"]], ["x", "10s"]);
  assert.equal(apply({ label: ["team-"] }, made).metadata.labels?.["team"], undefined);
});

for (const [scale, min, max] of [
  ["3", "3", "3"],
  ["1..5", "1", "5"],
  ["..5", undefined, "5"],
  ["2..", "2", undefined],
] as const) {
  test(`--scale ${scale}`, () => {
    const annotations = apply({ scale }).spec.template.metadata?.annotations ?? {};
    assert.deepEqual([annotations["autoscaling.knative.dev/min-scale"], annotations["autoscaling.knative.dev/max-scale"]], [min, max]);
  });
}

for (const [template, name] of [
  ["{{.Service}}-{{.Generation}}-x", "hello-2-x"],
  ["other", "hello-other"],
  ["", undefined],
] as const) {
  test(`--revision-name ${JSON.stringify(template)}`, () => {
    assert.equal(apply({ revisionName: template }).spec.template.metadata?.name, name);
  });
}

test("--revision-name: random consonants", () => {
  assert.match(apply({ revisionName: "{{.Random 5}}" }).spec.template.metadata?.name ?? "", /^hello-[b-df-hj-np-tv-z]{5}$/);
});

test("only what makes a revision moves the time stamp", () => {
  const stamp = (flags: SpecFlags) => apply(flags).spec.template.metadata?.annotations?.["client.knative.dev/updateTimestamp"];
  assert.equal(stamp({ env: ["A=b"] }), "2026-11-23T19:56:33Z");
  assert.equal(stamp({ labelService: ["a=b"] }), undefined);
  assert.equal(stamp({}), undefined);
});

test("--no-lock-to-digest goes back to the user's name of the image", () => {
  const locked = service("hello");
  locked.spec.template.spec.containers = [{ name: "user-container", image: "dev.local/hello@sha256:abc" }];
  const free = apply({ lockToDigest: false }, locked);
  assert.equal(free.spec.template.spec.containers[0]?.image, "dev.local/hello:v1");
  assert.equal(free.spec.template.metadata?.annotations?.["client.knative.dev/user-image"], undefined);
});

const placed = (flags: SpecFlags, base = service("hello")) => apply(flags, base).spec.template.spec;

test("tolerations: many pairs are one, a name that repeats begins the next; those that are there stay", () => {
  const first = { key: "a", operator: "Equal", value: "x", effect: "NoSchedule" };
  const one = apply({ toleration: ["Key=a", "Operator=Equal", "Value=x", "Effect=NoSchedule"] });
  assert.deepEqual(one.spec.template.spec.tolerations, [first]);
  const more = placed({ toleration: ["key=b", 'operator="Exists"', "key=c"] }, one);
  assert.deepEqual(more.tolerations, [first, { key: "b", operator: "Exists" }, { key: "c" }]);
  assert.throws(() => placed({ toleration: ["Key"] }), /argument requires a value that contains the "=" delimiter; got "Key"/);
  assert.throws(() => placed({ toleration: ["Effect=Never"] }), /invalid effect of --toleration "Never"/);
});

test("node affinity: required terms are alternatives, preferred ones have weights", () => {
  const required = ["Type=Required", "Key=zone", "Operator=In", "Values=a b"];
  const preferred = ["Type=Preferred", "Key=disk", "Operator=Exists", "Weight=5"];
  const once = apply({ nodeAffinity: [...required, ...preferred] });
  const twice = placed({ nodeAffinity: ["Type=Required", "Key=gpu", "Operator=DoesNotExist"] }, once);
  assert.deepEqual(twice.affinity?.nodeAffinity, {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: "zone", operator: "In", values: ["a", "b"] }] },
        { matchExpressions: [{ key: "gpu", operator: "DoesNotExist" }] },
      ],
    },
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 5, preference: { matchExpressions: [{ key: "disk", operator: "Exists" }] } },
    ],
  });
  assert.throws(
    () => placed({ nodeAffinity: ["Key=a"] }),
    /Invalid type defined for node affinity, Valid arguments: Required \| Preferred/,
  );
  assert.throws(
    () => placed({ nodeAffinity: ["Type=Preferred", "Weight=x"] }),
    /error in setting preference weight in node affinity: strconv.ParseInt: parsing "x": invalid syntax/,
  );
});

test("node selectors add up, and a trailing minus removes", () => {
  const two = apply({ nodeSelector: ["disk=ssd", "zone=a"] });
  assert.deepEqual(placed({ nodeSelector: ["zone-", "disk=hdd"] }, two).nodeSelector, { disk: "hdd" });
});

test("extra containers come behind the serving one; one of a known name is replaced", () => {
  const two = apply({ extraContainers: [{ name: "side", image: "s:1" }] });
  assert.deepEqual(
    two.spec.template.spec.containers.map(({ name, image }) => [name, image]),
    [
      ["user-container", "dev.local/hello:v1"],
      ["side", "s:1"],
    ],
  );
  const three = placed(
    {
      extraContainers: [
        { name: "side", image: "s:2" },
        { name: "third", image: "t" },
      ],
    },
    two,
  );
  assert.deepEqual(
    three.containers.map(({ image }) => image),
    ["dev.local/hello:v1", "s:2", "t"],
  );
});
