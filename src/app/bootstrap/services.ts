import type { Endpoints, Service } from "../../api/k8s/types.generated.ts";
import { SERVING_NAMESPACE } from "../../api/names/kinetic.ts";
import { EXTERNAL_GATEWAY, INTERNAL_GATEWAY } from "../../api/names/services.ts";
import type { Ports } from "../data-directory.ts";

export interface ServiceWithEndpoints {
  readonly service: Service;
  readonly endpoints: Endpoints;
}

interface Place {
  readonly namespace: string;
  readonly name: string;
  /** Port of the Service, and the port of loopback behind it. */
  readonly port: { readonly name: string; readonly port: number; readonly target: number };
  readonly clusterIP?: string;
  readonly labels?: Record<string, string>;
}

/** A Service without selector whose one endpoint is a listener of the platform itself. */
function place({ namespace, name, port, clusterIP, labels }: Place): ServiceWithEndpoints {
  const metadata = { name, namespace, ...(labels === undefined ? {} : { labels }) };
  return {
    service: {
      metadata: { ...metadata },
      spec: {
        ports: [{ name: port.name, port: port.port, protocol: "TCP", targetPort: port.target }],
        ...(clusterIP === undefined ? {} : { clusterIP }),
      },
    },
    endpoints: {
      metadata: { ...metadata },
      subsets: [{ addresses: [{ ip: "127.0.0.1" }], ports: [{ name: port.name, port: port.target, protocol: "TCP" }] }],
    },
  };
}

export function kubernetesService(ports: Ports): ServiceWithEndpoints {
  const labels = { component: "apiserver", provider: "kubernetes" };
  return place({
    namespace: "default",
    name: "kubernetes",
    clusterIP: "10.96.0.1",
    labels,
    port: { name: "https", port: 443, target: ports.api },
  });
}

/** The gateway's listeners, and the activator's Service that programs of a cluster look for. */
export function gatewayServices(ports: Ports): ServiceWithEndpoints[] {
  const http = (target: number) => ({ name: "http", port: 80, target });
  return [
    place({ namespace: SERVING_NAMESPACE, name: EXTERNAL_GATEWAY.name, port: http(ports.gateway) }),
    place({ namespace: SERVING_NAMESPACE, name: INTERNAL_GATEWAY.name, port: http(ports.internal) }),
    place({ namespace: SERVING_NAMESPACE, name: "activator-service", labels: { app: "activator" }, port: http(ports.internal) }),
  ];
}
