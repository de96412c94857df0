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
  /** Ports of the Service, and the ports of loopback behind them. */
  readonly ports: readonly { readonly name: string; readonly port: number; readonly target: number }[];
  readonly clusterIP?: string;
  readonly labels?: Record<string, string>;
}

/** A Service without selector whose one endpoint is a listener of the platform itself. */
function place({ namespace, name, ports, clusterIP, labels }: Place): ServiceWithEndpoints {
  const metadata = { name, namespace, ...(labels === undefined ? {} : { labels }) };
  return {
    service: {
      metadata: { ...metadata },
      spec: {
        ports: ports.map(({ target, ...port }) => ({ ...port, protocol: "TCP", targetPort: target })),
        ...(clusterIP === undefined ? {} : { clusterIP }),
      },
    },
    endpoints: {
      metadata: { ...metadata },
      subsets: [
        { addresses: [{ ip: "127.0.0.1" }], ports: ports.map((port) => ({ name: port.name, port: port.target, protocol: "TCP" })) },
      ],
    },
  };
}

/** Where programs in containers find the API server. */
export const API_SERVICE = { address: "10.96.0.1", port: 443 } as const;

export function kubernetesService(ports: Ports): ServiceWithEndpoints {
  const labels = { component: "apiserver", provider: "kubernetes" };
  return place({
    namespace: "default",
    name: "kubernetes",
    clusterIP: API_SERVICE.address,
    labels,
    ports: [{ name: "https", port: API_SERVICE.port, target: ports.api }],
  });
}

/** The gateway's listeners, and the activator's Service that programs of a cluster look for. */
export function gatewayServices(ports: Ports): ServiceWithEndpoints[] {
  const http = (target: number) => ({ name: "http", port: 80, target });
  const https = { name: "https", port: 443, target: ports.gatewayTls };
  return [
    place({ namespace: SERVING_NAMESPACE, name: EXTERNAL_GATEWAY.name, ports: [http(ports.gateway), https] }),
    place({ namespace: SERVING_NAMESPACE, name: INTERNAL_GATEWAY.name, ports: [http(ports.internal)] }),
    place({ namespace: SERVING_NAMESPACE, name: "activator-service", labels: { app: "activator" }, ports: [http(ports.internal)] }),
  ];
}
