import assert from "node:assert/strict";
import test from "node:test";
import { deepClone } from "../../../std/json.ts";
import type { AdmissionContext, Kind } from "../../meta/kind.ts";
import type { KubeObject } from "../../meta/object.ts";
import { revisionKind } from "../revision.ts";
import { routeKind } from "../route.ts";
import { knativeServiceKind } from "../service.ts";

const DENIED = 'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: ';
const service = knativeServiceKind as unknown as Kind;

type Draft = KubeObject & { spec: { template: { metadata: Record<string, unknown>; spec: Record<string, unknown> } } };

function context(special: Partial<AdmissionContext>): AdmissionContext {
  return { operation: "CREATE", subresource: "", user: "admin", now: 0, configMap: () => undefined, ...special };
}

/** The object as admission makes it, and why it is not taken. */
function admit(kind: Kind, object: object, special: Partial<AdmissionContext> = {}): { object: Draft; refusal: string | undefined } {
  const draft = deepClone(object) as Draft;
  draft.metadata.namespace ??= "default";
  const about = context(special);
  kind.strategy.default?.(draft, about);
  const refusal = kind.strategy.validate?.(draft, about);
  return { object: draft, refusal: refusal?.kind === "denied" ? refusal.message.replace(DENIED, "") : refusal?.kind };
}

function named(template: object = {}): Draft {
  const spec = { containers: [{ image: "dev.local/hello:v1", env: [{ name: "TARGET", value: "byo" }] }] };
  return admit(service, { metadata: { name: "byo" }, spec: { template: { metadata: { name: "byo-v1" }, spec: { ...spec, ...template } } } })
    .object;
}

test("a template under the same name must not change; the refusal shows the difference", () => {
  const old = named();
  const draft = deepClone(old);
  draft.spec.template.spec["timeoutSeconds"] = 7;
  assert.equal(
    admit(service, draft, { operation: "UPDATE", old }).refusal,
    "Saw the following changes without a name change (-old +new): spec.template.metadata.name\n" +
      '*{*v1.RevisionTemplateSpec}.Spec.TimeoutSeconds:\n\t-: "300"\n\t+: "7"',
  );
});

test("a merge patch under the same name is compared without defaults, as kubectl apply meets it", () => {
  const old = named();
  const draft = deepClone(old);
  draft.spec.template.spec["containers"] = [{ image: "dev.local/hello:v1", env: [{ name: "TARGET", value: "changed" }] }];
  const container = "{*v1.RevisionTemplateSpec}.Spec.PodSpec.Containers[0]";
  const socket = "ProbeHandler:ProbeHandler{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction{Port:{0 0 },Host:,},GRPC:nil,}";
  const times = "InitialDelaySeconds:0,TimeoutSeconds:0,PeriodSeconds:0,SuccessThreshold:1,FailureThreshold:0";
  assert.equal(
    admit(service, draft, { operation: "UPDATE", old }).refusal,
    [
      "Saw the following changes without a name change (-old +new): spec.template.metadata.name",
      `${container}.Name:\n\t-: "user-container"\n\t+: ""`,
      `${container}.Env[0].Value:\n\t-: "byo"\n\t+: "changed"`,
      `${container}.ReadinessProbe:\n\t-: "&Probe{${socket},${times},TerminationGracePeriodSeconds:nil,}"\n\t+: "nil"`,
    ].join("\n"),
  );
});

test("traffic alone changes under the same name when the template is sent as it is", () => {
  const old = named();
  const draft = deepClone(old) as Draft & { spec: { traffic?: object[] } };
  draft.spec.traffic = [{ revisionName: "byo-v1", percent: 100, tag: "one" }];
  assert.equal(admit(service, draft, { operation: "UPDATE", old }).refusal, undefined);
});

test("a label under the same name is a change, too", () => {
  const old = named();
  const draft = deepClone(old);
  draft.spec.template.metadata["labels"] = { a: "b" };
  assert.equal(
    admit(service, draft, { operation: "UPDATE", old }).refusal,
    "Saw the following changes without a name change (-old +new): spec.template.metadata.name\n" +
      '{*v1.RevisionTemplateSpec}.ObjectMeta.Labels:\n\t-: "map[]"\n\t+: "map[a:b]"',
  );
});

test("new defaults never look like a change under the same name", () => {
  const old = named();
  const special = { operation: "UPDATE", old, configMap: () => ({ "container-concurrency": "5" }) } as const;
  assert.equal(admit(service, old, special).refusal, undefined);
});

test("the creator is immutable and the last modifier follows changes of the spec alone", () => {
  const old = named();
  assert.equal(old.metadata.annotations?.["serving.knative.dev/creator"], "admin");
  const renamed = deepClone(old);
  renamed.metadata.annotations = { ...renamed.metadata.annotations, "serving.knative.dev/creator": "eve" };
  assert.equal(
    admit(service, renamed, { operation: "UPDATE", old }).refusal,
    "annotation value is immutable: metadata.annotations.serving.knative.dev/creator",
  );
  const usurped = deepClone(old);
  usurped.metadata.annotations = { ...usurped.metadata.annotations, "serving.knative.dev/lastModifier": "eve" };
  assert.equal(
    admit(service, usurped, { operation: "UPDATE", old, user: "eve" }).refusal,
    "invalid value: eve: metadata.annotations.serving.knative.dev/lastModifier",
  );
  const same = admit(service, old, { operation: "UPDATE", old, user: "eve" }).object;
  assert.equal(same.metadata.annotations?.["serving.knative.dev/lastModifier"], "admin");
  const changed = deepClone(old) as Draft & { spec: { traffic: object[] } };
  changed.spec.traffic = [{ revisionName: "byo-v1", percent: 100 }];
  assert.equal(
    admit(service, changed, { operation: "UPDATE", old, user: "eve" }).object.metadata.annotations?.["serving.knative.dev/lastModifier"],
    "eve",
  );
});

test("what a Service owns has creator and modifier from it, whoever they are", () => {
  const ownerReferences = [{ apiVersion: "serving.knative.dev/v1", kind: "Service", name: "s", uid: "u", controller: true }];
  const labels = { "serving.knative.dev/service": "s" };
  const route = (annotations: object) => ({
    metadata: { name: "s", labels, ownerReferences, annotations },
    spec: { traffic: [{ configurationName: "s", percent: 100 }] },
  });
  const of = (user: string) => ({ "serving.knative.dev/creator": user, "serving.knative.dev/lastModifier": user });
  const old = admit(routeKind as unknown as Kind, route(of("admin"))).object;
  assert.equal(admit(routeKind as unknown as Kind, route(of("eve")), { operation: "UPDATE", old }).refusal, undefined);
});

test("the spec of a Revision is immutable, its metadata is not", () => {
  const kind = revisionKind as unknown as Kind;
  const old = admit(kind, { metadata: { name: "byo-v1" }, spec: { containers: [{ image: "dev.local/hello:v1" }] } }).object;
  const spec = { ...old.spec, timeoutSeconds: 5 };
  assert.equal(
    admit(kind, { ...old, spec }, { operation: "UPDATE", old }).refusal,
    'Immutable fields changed (-old +new): spec\n*{v1.RevisionSpec}.TimeoutSeconds:\n\t-: "300"\n\t+: "5"',
  );
  assert.equal(admit(kind, { ...old, metadata: { ...old.metadata, labels: { a: "b" } } }, { operation: "UPDATE", old }).refusal, undefined);
});

test("a Route needs traffic that sums up", () => {
  const kind = routeKind as unknown as Kind;
  assert.equal(admit(kind, { metadata: { name: "r" }, spec: { traffic: [] } }).refusal, "Traffic targets sum to 0, want 100: spec.traffic");
  assert.equal(
    admit(kind, { metadata: { name: "r" }, spec: { traffic: [{ percent: 100 }] } }).refusal,
    "expected exactly one, got neither: spec.traffic[0].configurationName, spec.traffic[0].revisionName",
  );
});

test("a write to the status is neither defaulted nor validated", () => {
  const broken = { metadata: { name: "X" }, spec: { template: { spec: { containers: [] } } } };
  const { object, refusal } = admit(service, broken, { operation: "UPDATE", subresource: "status", old: named() });
  assert.equal(refusal, undefined);
  assert.deepEqual(object.spec, broken.spec);
});

test("a label that claims an owner needs the owner reference", () => {
  const route = {
    metadata: { name: "r", labels: { "serving.knative.dev/service": "x" } },
    spec: { traffic: [{ configurationName: "x", percent: 100 }] },
  };
  assert.equal(admit(routeKind as unknown as Kind, route).refusal, "missing field(s): metadata.labels.serving.knative.dev/service");
});

test("flags open fields, and secure-pod-defaults closes containers", () => {
  const features = (data: Record<string, string>) => ({
    configMap: (_namespace: string, name: string) => (name === "config-features" ? data : undefined),
  });
  const spec = { nodeSelector: { a: "b" }, containers: [{ image: "dev.local/hello:v1", ports: [{ containerPort: 80 }] }] };
  const object = { metadata: { name: "x" }, spec: { template: { spec } } };
  assert.equal(admit(service, object).refusal, "must not set the field(s): spec.template.spec.nodeSelector");
  assert.equal(admit(service, object, features({ "kubernetes.podspec-nodeselector": "Enabled" })).refusal, undefined);
  const secure = admit(service, object, features({ "kubernetes.podspec-nodeselector": "Allowed", "secure-pod-defaults": "Enabled" }));
  const [container] = secure.object.spec.template.spec["containers"] as { securityContext: object }[];
  assert.deepEqual(container?.securityContext, {
    allowPrivilegeEscalation: false,
    seccompProfile: { type: "RuntimeDefault" },
    capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
    runAsNonRoot: true,
  });
});
