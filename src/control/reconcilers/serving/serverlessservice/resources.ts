import type { Endpoints, Service } from "../../../../api/k8s/types.generated.ts";
import { serverlessServiceKind, type ServerlessService } from "../../../../api/networking-internal/serverlessservice.ts";
import { REVISION_UID_LABEL, SERVICE_TYPE_LABEL, SKS_LABEL } from "../../../../api/names/labels.ts";
import { privateServiceName } from "../../../../api/names/services.ts";
import { controllerRef } from "../../../controller/owners.ts";

/** Where requests for a revision's public Service go: the gateway's internal listener. */
export interface GatewayAddress {
  readonly ip: string;
  readonly port: number;
}

/** The name that Knative gives to the container port of a revision. */
export const USER_PORT_NAME = "user-port";

function metadata(sks: ServerlessService, name: string, type: "Public" | "Private") {
  return {
    name,
    namespace: sks.metadata.namespace,
    labels: { ...sks.metadata.labels, [SKS_LABEL]: sks.metadata.name ?? "", [SERVICE_TYPE_LABEL]: type },
    annotations: sks.metadata.annotations,
    ownerReferences: [controllerRef(serverlessServiceKind, sks)],
  };
}

function port(sks: ServerlessService) {
  const h2c = sks.spec.protocolType === "h2c";
  return { name: h2c ? "http2" : "http", port: h2c ? 81 : 80, ...(h2c ? { appProtocol: "kubernetes.io/h2c" } : {}) };
}

/** The selectorless Service of the revision's name: its endpoints are the gateway's. */
export function makePublicService(sks: ServerlessService, gateway: GatewayAddress): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(sks, sks.metadata.name ?? "", "Public"),
    spec: { ports: [{ ...port(sks), port: 80, protocol: "TCP", targetPort: gateway.port }] },
  };
}

export function makePublicEndpoints(sks: ServerlessService, gateway: GatewayAddress): Endpoints {
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: metadata(sks, sks.metadata.name ?? "", "Public"),
    subsets: [{ addresses: [{ ip: gateway.ip }], ports: [{ ...port(sks), port: gateway.port, protocol: "TCP" }] }],
  };
}

/** The Service that selects the revision's pods: the gateway dispatches to its endpoints. */
export function makePrivateService(sks: ServerlessService): Service {
  const uid = sks.metadata.labels?.[REVISION_UID_LABEL] ?? "";
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(sks, privateServiceName(sks.metadata.name ?? ""), "Private"),
    spec: {
      ports: [{ ...port(sks), port: 80, protocol: "TCP", targetPort: USER_PORT_NAME }],
      selector: { [REVISION_UID_LABEL]: uid },
    },
  };
}

/** `desired` with what the API server has filled in (addresses, families, node ports), so that nothing differs without a reason. */
export function withAllocated(desired: Service, existing: Service | undefined): Service {
  if (existing === undefined) return desired;
  const ports = desired.spec?.ports?.map((one, index) => ({ ...existing.spec?.ports?.[index], ...one }));
  return { ...desired, spec: { ...existing.spec, ...desired.spec, ports } };
}
