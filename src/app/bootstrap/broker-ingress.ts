import { endpointsKind } from "../../api/core/endpoints.ts";
import { serviceKind } from "../../api/core/service.ts";
import { apiVersionOf } from "../../api/meta/kind.ts";
import { EVENTING_NAMESPACE, INGRESS_CLASS } from "../../api/names/kinetic.ts";
import { BROKER_INGRESS_HOST } from "../../api/names/eventing.ts";
import { INGRESS_CLASS_OLD_ANNOTATION } from "../../api/names/labels.ts";
import { INTERNAL_GATEWAY } from "../../api/names/services.ts";
import { ingressKind, type Ingress } from "../../api/networking-internal/ingress.ts";
import type { Client } from "../../client/types.ts";
import { ensure, replace } from "./put.ts";

const NAME = "broker-ingress";
/** What the gateway forwards to; pods only ever reach the gateway. */
const BACKEND = "broker-ingress-plane";
const PORT = 80;

/** Makes the ingress of all Brokers known by name: to pods, and at the gateway to everybody who reaches it. */
export async function publishBrokerIngress(
  client: Client,
  { port, domain }: { readonly port: number; readonly domain: string },
): Promise<void> {
  const metadata = { namespace: EVENTING_NAMESPACE, name: BACKEND };
  const ports = [{ name: "http", port: PORT, protocol: "TCP" }];
  await ensure(client, serviceKind, { metadata: { ...metadata }, spec: { ports } });
  await replace(client, endpointsKind, {
    metadata: { ...metadata },
    subsets: [{ addresses: [{ ip: "127.0.0.1" }], ports: [{ name: "http", port, protocol: "TCP" }] }],
  });
  await ensure(client, serviceKind, {
    metadata: { namespace: EVENTING_NAMESPACE, name: NAME },
    spec: { type: "ExternalName", externalName: INTERNAL_GATEWAY.host, ports },
  });
  await replace(client, ingressKind, makeIngress(domain));
}

function makeIngress(domain: string): Ingress {
  const paths = [{ splits: [{ serviceName: BACKEND, serviceNamespace: EVENTING_NAMESPACE, servicePort: PORT, percent: 100 }] }];
  const [short = ""] = BROKER_INGRESS_HOST.split(".cluster.local");
  return {
    apiVersion: apiVersionOf(ingressKind),
    kind: ingressKind.kind,
    metadata: { namespace: EVENTING_NAMESPACE, name: NAME, annotations: { [INGRESS_CLASS_OLD_ANNOTATION]: INGRESS_CLASS } },
    spec: {
      httpOption: "Enabled",
      rules: [
        { hosts: [`${NAME}.${EVENTING_NAMESPACE}`, short, BROKER_INGRESS_HOST], visibility: "ClusterLocal", http: { paths } },
        { hosts: [`${NAME}.${EVENTING_NAMESPACE}.${domain}`], visibility: "ExternalIP", http: { paths } },
      ],
    },
  } as Ingress;
}
