import assert from "node:assert/strict";
import { secretKind } from "../../../../api/core/secret.ts";
import type { Secret } from "../../../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { certificateKind, type Certificate } from "../../../../api/networking-internal/certificate.ts";
import { TLS_CERTIFICATE, TLS_KEY, tlsPairOf } from "../../../../api/networking-internal/ingress-tls.ts";
import { createAuthority, isUsable, issueCertificate } from "../../../../security/certificates.ts";
import { base64OfText } from "../../../../std/base64.ts";
import { seededRandom } from "../../../../std/random.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import type { World } from "../../../../testing/world.ts";
import { controllerRef } from "../../../controller/owners.ts";
import { certificateController } from "./controller.ts";

const NOW = Date.parse("2026-11-25T07:00:00Z");
const DAY_MS = 86_400_000;
const HOSTS = ["hello.example.com"];
const issuing = { now: NOW, random: seededRandom(3) };
const authority = await createAuthority("ca", issuing);

const certificate = (ofClass = "kinetic.certificate.networking.knative.dev"): Certificate => ({
  apiVersion: "networking.internal.knative.dev/v1alpha1",
  kind: "Certificate",
  metadata: {
    name: "hello",
    namespace: "ns",
    uid: "c",
    generation: 1,
    annotations: { "networking.knative.dev/certificate.class": ofClass },
  },
  spec: { dnsNames: HOSTS, secretName: "tls" },
});

async function secret(days: number, { hosts = HOSTS, owned = true } = {}): Promise<KubeObject> {
  const pair = await issueCertificate(authority, { commonName: "x", hosts, usage: "server" }, { ...issuing, days });
  const made: Secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "tls", namespace: "ns", ...(owned ? { ownerReferences: [controllerRef(certificateKind, certificate())] } : {}) },
    type: "kubernetes.io/tls",
    data: { [TLS_CERTIFICATE]: base64OfText(pair.certificate), [TLS_KEY]: base64OfText(pair.key) },
  };
  return made as KubeObject;
}

function holds(world: World): void {
  const held = world.get<Secret>(secretKind, { namespace: "ns", name: "tls" });
  const pair = held === undefined ? undefined : tlsPairOf(held);
  assert.ok(isUsable(pair?.certificate ?? "", HOSTS, NOW, 89));
}

const ROW = { key: "ns/hello", now: NOW };
const again = { kind: "requeueAfter", afterMs: DAY_MS } as const;
const ready = (notAfter: string) => ({
  verb: "status" as const,
  kind: "Certificate",
  key: "ns/hello",
  partial: { status: { notAfter, observedGeneration: 1, conditions: [{ type: "Ready", status: "True" }] } },
});
const broken: KubeObject = {
  ...(await secret(1)),
  ...{ data: { [TLS_CERTIFICATE]: base64OfText("no PEM"), [TLS_KEY]: base64OfText("x") } },
};
const useless = [
  { name: "that ends within a month", secret: await secret(29) },
  { name: "for another host", secret: await secret(90, { hosts: ["other.example.com"] }) },
  { name: "that is none", secret: broken },
];

reconcileTable(
  (world) => certificateController(world, { authority, reserved: ["kubernetes.default.svc"] }),
  [
    {
      ...ROW,
      name: "a Certificate is fulfilled by a Secret with a certificate for its hosts",
      world: [certificate()],
      writes: [{ verb: "create", kind: "Secret", key: "ns/tls", partial: { type: "kubernetes.io/tls" } }, ready("2027-02-23T07:00:00Z")],
      outcome: again,
      settles: true,
      check: holds,
    },
    {
      ...ROW,
      name: "a certificate that holds for longer than a month stays",
      world: [certificate(), await secret(31)],
      writes: [ready("2026-12-26T07:00:00Z")],
      outcome: again,
    },
    ...useless.map((row) => ({
      ...ROW,
      name: `a certificate ${row.name} is replaced`,
      world: [certificate(), row.secret],
      writes: [{ verb: "update", kind: "Secret", key: "ns/tls" } as const, ready("2027-02-23T07:00:00Z")],
      outcome: again,
      check: holds,
    })),
    {
      ...ROW,
      name: "a Secret of somebody else is not overwritten",
      world: [certificate(), await secret(90, { owned: false })],
      writes: [
        {
          verb: "status",
          kind: "Certificate",
          key: "ns/hello",
          partial: { status: { conditions: [{ type: "Ready", status: "False", reason: "SecretNotOwned" }] } },
        },
      ],
      outcome: { kind: "permanent", reason: 'There is an existing Secret "tls" that this Certificate does not own.' },
    },
    {
      ...ROW,
      name: "for names of the platform's own nobody gets a key",
      world: [{ ...certificate(), spec: { dnsNames: ["kubernetes.default.svc"], secretName: "tls" } } as KubeObject],
      writes: [
        {
          verb: "status",
          kind: "Certificate",
          key: "ns/hello",
          partial: { status: { conditions: [{ type: "Ready", status: "False", reason: "HostReserved" }] } },
        },
      ],
      outcome: { kind: "permanent", reason: "The host kubernetes.default.svc is the platform's own." },
    },
    {
      ...ROW,
      name: "a Certificate of another class is left alone",
      world: [certificate("cert-manager.certificate.networking.knative.dev")],
    },
    { ...ROW, name: "a Certificate that is gone asks for nothing", world: [] },
  ],
);
