/** Names of the Services around one Revision. */

/** The Service that selects the Revision's pods. */
export function privateServiceName(revision: string): string {
  return `${revision}-private`;
}

/** Where the gateway's internal listener is known inside: what ClusterLocal hosts point to. */
export const INTERNAL_GATEWAY = {
  name: "kinetic-gateway-internal",
  host: "kinetic-gateway-internal.knative-serving.svc.cluster.local",
} as const;
/** The gateway's external listener. */
export const EXTERNAL_GATEWAY = { name: "kinetic-gateway", host: "kinetic-gateway.knative-serving.svc.cluster.local" } as const;
