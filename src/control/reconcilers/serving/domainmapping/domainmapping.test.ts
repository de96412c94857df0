import assert from "node:assert/strict";
import { parseNetworkConfig } from "../../../../api/config/network.ts";
import type { ConfigData } from "../../../../api/config/parse.ts";
import { shippedConfigMaps } from "../../../../api/config/shipped.ts";
import { findCondition } from "../../../../api/meta/conditions.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import type { Certificate } from "../../../../api/networking-internal/certificate.ts";
import type { Ingress } from "../../../../api/networking-internal/ingress.ts";
import { domainMappingKind, type DomainMapping } from "../../../../api/serving/domainmapping.ts";
import { reconcileTable, type TableRow } from "../../../../testing/reconcile-table.ts";
import type { World } from "../../../../testing/world.ts";
import { makeCertificate } from "../shared/certificates.ts";
import { domainMappingController } from "./controller.ts";
import { makeIngress } from "./resources/ingress.ts";

const FINALIZER = "domainmappings.serving.knative.dev";
const KEY = { namespace: "ns", name: "hello.example.com" };
const ROW = { key: "ns/hello.example.com" };

type Tweaks = Partial<DomainMapping["spec"]> & { readonly metadata?: DomainMapping["metadata"]; readonly status?: DomainMapping["status"] };

function mapping({ metadata, status, ...spec }: Tweaks = {}): DomainMapping {
  return {
    apiVersion: "serving.knative.dev/v1beta1",
    kind: "DomainMapping",
    metadata: { ...KEY, uid: "dm", generation: 1, finalizers: [FINALIZER], ...metadata },
    spec: { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "hello", namespace: "ns" }, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

const config = (data: ConfigData = {}): KubeObject & { data: ConfigData } => {
  const shipped = shippedConfigMaps().find(({ metadata }) => metadata.name === "config-network");
  assert.ok(shipped);
  return { ...shipped, metadata: shipped.metadata ?? {}, data: { ...shipped.data, ...data } };
};
const claim = (namespace = "ns"): KubeObject & { spec: object } => ({
  apiVersion: "networking.internal.knative.dev/v1alpha1",
  kind: "ClusterDomainClaim",
  metadata: { name: "hello.example.com" },
  spec: { namespace },
});
const service = (url: string | undefined): KubeObject & { status: object } => ({
  apiVersion: "serving.knative.dev/v1",
  kind: "Service",
  metadata: { name: "hello", namespace: "ns" },
  status: url === undefined ? {} : { address: { url } },
});
const hello = service("http://hello.ns.svc.cluster.local");
const plain = (port: number): KubeObject & { spec: object } => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "plain", namespace: "ns" },
  spec: { ports: [{ port }] },
});
const PLAIN = { apiVersion: "v1", kind: "Service", name: "plain", namespace: "ns" };

const mapped = {
  target: { host: "hello.ns.svc.cluster.local", service: "hello" },
  ingressClass: "kinetic.ingress.networking.knative.dev",
  httpOption: "Enabled" as const,
  tls: [],
};
const ready = (status: "True" | "False", more = {}): Ingress["status"] => ({
  observedGeneration: 1,
  conditions: [{ type: "Ready", status, ...more }],
});
const ingress = (status?: Ingress["status"], metadata = {}): Ingress => {
  const made = makeIngress(mapping(), mapped);
  return { ...made, metadata: { ...made.metadata, generation: 1, ...metadata }, ...(status === undefined ? {} : { status }) };
};

const TLS = { "external-domain-tls": "Enabled" };
/** The Certificate as the mapping asks for it. */
function certificate(status?: "True" | "False"): Certificate {
  const labels = { "serving.knative.dev/domainMappingUID": "dm", "serving.knative.dev/domainMappingNamespace": "ns" };
  const wish = { name: KEY.name, host: KEY.name, labels };
  const made = makeCertificate(domainMappingKind, mapping(), wish, parseNetworkConfig(config().data));
  const conditions =
    status === undefined ? [] : [{ type: "Ready", status, ...(status === "False" ? { reason: "Why", message: "It says why." } : {}) }];
  return { ...made, metadata: { ...made.metadata, generation: 1 }, status: { observedGeneration: 1, conditions } };
}

/** Conditions as `Type=Status Reason: Message`. */
function said(world: World): string[] {
  const { conditions = [] } = world.get(domainMappingKind, KEY)?.status ?? {};
  return conditions.map(({ type, status, reason = "", message = "" }) => `${type}=${status} ${reason}: ${message}`.replace(/[ :]+$/, ""));
}
const says =
  (...lines: readonly string[]) =>
  (world: World) =>
    assert.deepEqual(
      lines.filter((line) => !said(world).includes(line)),
      [],
      said(world).join("\n"),
    );
const STATUS = { verb: "status", kind: "DomainMapping", key: ROW.key } as const;
const failing = (reason: string) => ({
  events: [`Warning InternalError ${reason}`],
  outcome: { kind: "permanent", reason } as const,
});
/** A mapping that gets nowhere because of its target. */
const unresolved = (name: string, objects: readonly KubeObject[], why: string, spec: Tweaks = {}): TableRow => ({
  ...ROW,
  name,
  world: [config(), claim(), mapping(spec), ...objects],
  writes: [STATUS],
  ...failing(`resolving reference: ${why}`),
  check: says(`ReferenceResolved=False ResolveFailed: ${why}`, "DomainClaimed=True"),
});

const ROWS: readonly TableRow[] = [
  { ...ROW, name: "a DomainMapping that is gone asks for nothing", world: [config()] },
  {
    ...ROW,
    name: "a new DomainMapping claims its domain, gets an Ingress and waits for it",
    world: [config(), hello, mapping({ metadata: { ...KEY, finalizers: [], labels: { team: "a" }, annotations: { note: "b" } } })],
    writes: [
      { verb: "patch", kind: "DomainMapping", key: ROW.key, partial: { metadata: { finalizers: [FINALIZER] } } },
      { verb: "create", kind: "ClusterDomainClaim", key: "hello.example.com", partial: { spec: { namespace: "ns" } } },
      {
        verb: "create",
        kind: "Ingress",
        key: ROW.key,
        partial: {
          metadata: {
            annotations: { note: "b", "networking.knative.dev/ingress.class": "kinetic.ingress.networking.knative.dev" },
            labels: { team: "a", "serving.knative.dev/domainMappingUID": "dm", "serving.knative.dev/domainMappingNamespace": "ns" },
          },
          spec: {
            httpOption: "Enabled",
            rules: [
              {
                hosts: ["hello.example.com"],
                visibility: "ExternalIP",
                http: {
                  paths: [
                    {
                      rewriteHost: "hello.ns.svc.cluster.local",
                      splits: [
                        {
                          appendHeaders: { "K-Original-Host": "hello.example.com" },
                          percent: 100,
                          serviceName: "hello",
                          serviceNamespace: "ns",
                          servicePort: 80,
                        },
                      ],
                    },
                  ],
                },
              },
            ],
          },
        },
      },
      { ...STATUS, partial: { status: { url: "http://hello.example.com:8080", address: { url: "http://hello.example.com:8080" } } } },
    ],
    events: ['Normal FinalizerUpdate Updated "hello.example.com" finalizers', 'Normal Created Created Ingress "hello.example.com"'],
    settles: true,
    check: says(
      "CertificateProvisioned=True TLSNotEnabled: external-domain-tls is not enabled",
      "DomainClaimed=True",
      "IngressReady=Unknown IngressNotConfigured: Ingress has not yet been reconciled.",
      "Ready=Unknown IngressNotConfigured: Ingress has not yet been reconciled.",
      "ReferenceResolved=True",
    ),
  },
  {
    ...ROW,
    name: "a DomainMapping whose Ingress is served is Ready",
    world: [config(), claim(), hello, mapping(), ingress(ready("True"))],
    writes: [STATUS],
    settles: true,
    check: says("Ready=True", "IngressReady=True"),
  },
  {
    ...ROW,
    name: "what the Ingress says against it, the DomainMapping says too",
    world: [config(), claim(), hello, mapping(), ingress(ready("False", { reason: "NoSecret", message: "none" }))],
    writes: [STATUS],
    check: says("Ready=False NoSecret: none"),
  },
  {
    ...ROW,
    name: "a domain that another namespace has claimed is not ours",
    world: [config(), claim("other"), hello, mapping()],
    writes: [STATUS],
    ...failing('namespace "ns" does not own ClusterDomainClaim for "hello.example.com"'),
    check: says("DomainClaimed=False DomainAlreadyClaimed: The domain name is already in use by another DomainMapping"),
  },
  {
    ...ROW,
    name: "without autocreate, an administrator has to claim the domain first",
    world: [config({ "autocreate-cluster-domain-claims": "false" }), hello, mapping()],
    writes: [STATUS],
    ...failing('namespace "ns" does not own ClusterDomainClaim for "hello.example.com"'),
    check: says(
      'DomainClaimed=False DomainClaimFailed: There is no ClusterDomainClaim "hello.example.com" for namespace "ns", ' +
        "and autocreate-cluster-domain-claims is off in config-network.",
    ),
  },
  unresolved(
    "a target that is not there is waited for",
    [],
    'failed to get object ns/hello: services.serving.knative.dev "hello" not found',
  ),
  unresolved(
    "a target that has no address yet is waited for",
    [service(undefined)],
    "address not set for &ObjectReference{Kind:Service,Namespace:ns,Name:hello,UID:," +
      "APIVersion:serving.knative.dev/v1,ResourceVersion:,FieldPath:,}",
  ),
  unresolved(
    "a target with a path in its address cannot be mapped",
    [service("http://hello.ns.svc.cluster.local/path")],
    'resolved URI "http://hello.ns.svc.cluster.local/path" contains a path',
  ),
  unresolved(
    "a target that is no Service cannot be mapped",
    [service("http://hello.example.com")],
    'resolved URI "http://hello.example.com" must be of the form {name}.{namespace}.svc.cluster.local',
  ),
  unresolved(
    "a target whose address is in another namespace cannot be mapped",
    [service("http://hello.other.svc.cluster.local")],
    'resolved URI "http://hello.other.svc.cluster.local" must be in same namespace as DomainMapping',
  ),
  unresolved("a kind without address cannot be mapped", [], "v1 Pod is not a kind of objects that have an address", {
    ref: { apiVersion: "v1", kind: "Pod", name: "hello" },
  }),
  unresolved("a Service of Kubernetes without port 80 cannot be mapped", [plain(8080)], 'Service "plain" has no port 80', { ref: PLAIN }),
  {
    ...ROW,
    name: "a Service of Kubernetes is mapped by its name",
    world: [config(), claim(), plain(80), mapping({ ref: PLAIN })],
    writes: [
      {
        verb: "create",
        kind: "Ingress",
        key: ROW.key,
        partial: {
          spec: { rules: [{ http: { paths: [{ rewriteHost: "plain.ns.svc.cluster.local", splits: [{ serviceName: "plain" }] }] } }] },
        },
      },
      STATUS,
    ],
    events: ['Normal Created Created Ingress "hello.example.com"'],
  },
  {
    ...ROW,
    name: "a certificate of the user's own makes it https; annotations choose class and redirect",
    world: [
      config(),
      claim(),
      hello,
      ingress(ready("True")),
      mapping({
        metadata: {
          ...KEY,
          annotations: { "networking.knative.dev/ingress-class": "mine", "networking.knative.dev/http-protocol": "Redirected" },
        },
        tls: { secretName: "cert" },
      }),
    ],
    writes: [
      {
        verb: "update",
        kind: "Ingress",
        key: ROW.key,
        partial: {
          metadata: { annotations: { "networking.knative.dev/ingress.class": "mine" } },
          spec: { httpOption: "Redirected", tls: [{ hosts: ["hello.example.com"], secretName: "cert", secretNamespace: "ns" }] },
        },
      },
      { ...STATUS, partial: { status: { url: "https://hello.example.com:8443" } } },
    ],
    settles: true,
    check: says("CertificateProvisioned=True CertificateExternallyProvided: TLS certificate was provided externally"),
  },
  {
    ...ROW,
    name: "with external-domain-tls a DomainMapping asks for a certificate, and is served over http until it is there",
    world: [config(TLS), claim(), hello, mapping(), ingress(ready("True"))],
    writes: [
      {
        verb: "create",
        kind: "Certificate",
        key: ROW.key,
        partial: {
          metadata: {
            annotations: { "networking.knative.dev/certificate.class": "kinetic.certificate.networking.knative.dev" },
            labels: { "networking.knative.dev/certificate-type": "external-domain", "serving.knative.dev/domainMappingUID": "dm" },
          },
          spec: { dnsNames: ["hello.example.com"], secretName: "hello.example.com" },
        },
      },
      { ...STATUS, partial: { status: { url: "http://hello.example.com:8080" } } },
    ],
    settles: true,
    check: says("Ready=True", "CertificateProvisioned=True HTTPDowngrade: Certificate hello.example.com is not ready downgrade HTTP."),
  },
  {
    ...ROW,
    name: "where plain http is redirected, a certificate is waited for",
    world: [config({ ...TLS, "http-protocol": "Redirected" }), claim(), hello, mapping(), ingress(ready("True")), certificate("False")],
    writes: [
      { verb: "update", kind: "Ingress", key: ROW.key, partial: { spec: { httpOption: "Redirected" } } },
      { ...STATUS, partial: { status: { url: "https://hello.example.com:8443" } } },
    ],
    check: says("CertificateProvisioned=Unknown CertificateNotReady: Certificate hello.example.com is not ready. It says why."),
  },
  {
    ...ROW,
    name: "with its certificate a DomainMapping is https",
    world: [config(TLS), claim(), hello, mapping(), ingress(ready("True")), certificate("True")],
    writes: [
      {
        verb: "update",
        kind: "Ingress",
        key: ROW.key,
        partial: { spec: { tls: [{ hosts: ["hello.example.com"], secretName: "hello.example.com", secretNamespace: "ns" }] } },
      },
      { ...STATUS, partial: { status: { url: "https://hello.example.com:8443" } } },
    ],
    settles: true,
    check: says("CertificateProvisioned=True"),
  },
  {
    ...ROW,
    name: "a certificate that is wanted no longer goes",
    world: [
      config(TLS),
      claim(),
      hello,
      ingress(ready("True")),
      certificate("True"),
      mapping({ metadata: { ...KEY, annotations: { "networking.knative.dev/disable-external-domain-tls": "true" } } }),
    ],
    writes: [
      { verb: "delete", kind: "Certificate", key: ROW.key },
      { verb: "update", kind: "Ingress", key: ROW.key },
      { ...STATUS, partial: { status: { url: "http://hello.example.com:8080" } } },
    ],
  },
  {
    ...ROW,
    name: "a Certificate of somebody else stays as it is",
    world: [config(TLS), claim(), hello, mapping(), { ...certificate(), metadata: { ...KEY } }],
    writes: [STATUS],
    ...failing('there is a Certificate "hello.example.com" that the DomainMapping does not own'),
    check: says("CertificateProvisioned=False CertificateNotOwned: There is an existing certificate hello.example.com that we don't own."),
  },
  {
    ...ROW,
    name: "an Ingress of somebody else stays as it is",
    world: [config(), claim(), hello, mapping(), ingress(ready("True"), { ownerReferences: [] })],
    writes: [STATUS],
    ...failing('DomainMapping "hello.example.com" does not own Ingress "hello.example.com"'),
    check: says('IngressReady=False NotOwned: There is an existing Ingress "hello.example.com" that we do not own.'),
  },
  {
    ...ROW,
    name: "a DomainMapping that is deleted frees its domain before it goes",
    world: [config(), claim(), mapping({ metadata: { ...KEY, deletionTimestamp: "2026-11-25T07:00:00Z" } })],
    writes: [
      { verb: "delete", kind: "ClusterDomainClaim", key: "hello.example.com" },
      { verb: "patch", kind: "DomainMapping", key: ROW.key, partial: { metadata: { finalizers: [] } } },
    ],
  },
  ...[
    { name: "a claim of another namespace", objects: [config(), claim("other")] },
    { name: "a claim that an administrator made", objects: [config({ "autocreate-cluster-domain-claims": "false" }), claim()] },
  ].map(({ name, objects }) => ({
    ...ROW,
    name: `${name} outlives the DomainMapping`,
    world: [...objects, mapping({ metadata: { ...KEY, deletionTimestamp: "2026-11-25T07:00:00Z" } })],
    writes: [{ verb: "patch", kind: "DomainMapping", key: ROW.key } as const],
  })),
  {
    ...ROW,
    name: "news of the spec: what the Ingress said before counts no longer when the target is lost",
    world: [
      config(),
      claim(),
      mapping({
        metadata: { ...KEY, generation: 2 },
        status: { observedGeneration: 1, conditions: [{ type: "IngressReady", status: "True" }] },
      }),
    ],
    writes: [STATUS],
    ...failing('resolving reference: failed to get object ns/hello: services.serving.knative.dev "hello" not found'),
    check: (world) => {
      const { status } = world.get(domainMappingKind, KEY) ?? {};
      assert.equal(findCondition(status?.conditions, "IngressReady")?.reason, "IngressNotConfigured");
    },
  },
];

reconcileTable((world) => domainMappingController(world, { http: 8080, https: 8443 }), ROWS);
