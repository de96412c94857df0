import type { Ingress } from "../../../../api/networking-internal/ingress.ts";
import { ingressHash } from "../../../../api/networking-internal/ingress-hash.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { ingressController, type GatewayProber } from "./controller.ts";

const NOW = Date.parse("2026-11-24T10:00:00Z");

const ingress = (ingressClass = "kinetic.ingress.networking.knative.dev", status?: Ingress["status"]): Ingress => ({
  apiVersion: "networking.internal.knative.dev/v1alpha1",
  kind: "Ingress",
  metadata: {
    name: "hello",
    namespace: "default",
    uid: "i",
    generation: 3,
    annotations: { "networking.knative.dev/ingress-class": ingressClass },
  },
  spec: {
    rules: [
      { hosts: ["hello.default.localhost"], visibility: "ExternalIP" },
      { hosts: ["hello.default.svc.cluster.local"], visibility: "ClusterLocal" },
    ],
  },
  ...(status === undefined ? {} : { status }),
});

const secured = (status?: Ingress["status"]): Ingress => {
  const tls = [{ hosts: ["hello.default.localhost"], secretName: "cert", secretNamespace: "default" }];
  return { ...ingress(undefined, status), spec: { ...ingress().spec, tls } };
};
const secret = (data: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "cert", namespace: "default" },
  data,
});
const READY: Ingress["status"] = { observedGeneration: 3, conditions: [{ type: "Ready", status: "True" }] };
const unconfigured = (reason: string, message: string) => ({
  verb: "status" as const,
  kind: "Ingress",
  key: "default/hello",
  partial: {
    status: {
      conditions: [
        { type: "LoadBalancerReady", status: "Unknown" },
        { type: "NetworkConfigured", status: "False", reason, message },
        { type: "Ready", status: "False", reason, message },
      ],
    },
  },
});

const prober = (hashes: Record<string, string>): GatewayProber => ({
  probe: (listener, host) => Promise.resolve(hashes[`${listener} ${host}`]),
});
const hash = ingressHash(ingress());
const programmed = { "external hello.default.localhost": hash, "internal hello.default.svc.cluster.local": hash };

reconcileTable(
  (world) => ingressController(world, prober(programmed)),
  [
    {
      name: "an Ingress that the gateway serves on both listeners is ready, with its load balancers",
      world: [ingress()],
      key: "default/hello",
      now: NOW,
      settles: true,
      writes: [
        {
          verb: "status",
          kind: "Ingress",
          key: "default/hello",
          partial: {
            status: {
              observedGeneration: 3,
              conditions: [
                { type: "LoadBalancerReady", status: "True" },
                { type: "NetworkConfigured", status: "True" },
                { type: "Ready", status: "True" },
              ],
              privateLoadBalancer: { ingress: [{ domainInternal: "kinetic-gateway-internal.knative-serving.svc.cluster.local" }] },
            },
          },
        },
      ],
    },
    { name: "an Ingress of another class is left alone", world: [ingress("other.example.com")], key: "default/hello" },
    {
      name: "an Ingress whose certificate is not there waits for the Secret, even if it was ready before",
      world: [secured(READY)],
      key: "default/hello",
      writes: [unconfigured("SecretNotFound", 'Secret "default/cert" with the certificate of hello.default.localhost does not exist.')],
      settles: true,
    },
    {
      name: "an Ingress whose Secret holds no certificate says so",
      world: [secured(), secret({ "tls.crt": "eA==" })],
      key: "default/hello",
      writes: [
        unconfigured("InvalidSecret", 'Secret "default/cert" with the certificate of hello.default.localhost has no tls.crt and tls.key.'),
      ],
    },
    { name: "an Ingress that is gone needs nothing", world: [], key: "default/hello" },
  ],
);

const unprogrammed = (hashes: Record<string, string>) => ({
  verb: "status" as const,
  kind: "Ingress",
  key: "default/hello",
  partial: {
    status: {
      conditions: [
        { type: "LoadBalancerReady", status: "Unknown", reason: "Uninitialized", message: "Waiting for load balancer to be ready" },
        { type: "NetworkConfigured", status: "True" },
        { type: "Ready", status: "Unknown", reason: "Uninitialized" },
      ],
    },
  },
  hashes,
});

for (const [name, hashes] of [
  ["a gateway that still serves the old version", { ...programmed, "external hello.default.localhost": "old" }],
  ["a gateway whose internal listener does not know the host", { "external hello.default.localhost": hash }],
] as const) {
  const { hashes: known, ...write } = unprogrammed(hashes);
  reconcileTable(
    (world) => ingressController(world, prober(known)),
    [
      {
        name: `${name} is asked again soon`,
        world: [ingress()],
        key: "default/hello",
        now: NOW,
        writes: [write],
        outcome: { kind: "requeueAfter", afterMs: 2 },
      },
    ],
  );
}
