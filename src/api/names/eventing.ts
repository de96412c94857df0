/** Labels, annotations and addresses of Knative Eventing, by their whole key. */

export const EVENTING = "eventing.knative.dev";

export const BROKER_CLASS_ANNOTATION = `${EVENTING}/broker.class`;
/** The class whose Brokers our journal serves. */
export const BROKER_CLASS = "MTChannelBasedBroker";
export const BROKER_LABEL = `${EVENTING}/broker`;
/** `enabled` or `disabled`. */
export const INJECTION_ANNOTATION = `${EVENTING}/injection`;
/** `cluster` or `namespace`. */
export const SCOPE_ANNOTATION = `${EVENTING}/scope`;
/** JSON of an ObjectReference. */
export const DEPENDENCY_ANNOTATION = "knative.dev/dependency";
export const SUBSCRIBABLE_ANNOTATION = "messaging.knative.dev/subscribable";
export const SKIP_PERMISSIONS_ANNOTATION = "features.knative.dev/apiserversource-skip-permissions-check";
export const BINDING_EXCLUDE_LABEL = "bindings.knative.dev/exclude";

/** The Broker that the sugar controller makes. */
export const DEFAULT_BROKER = "default";

/** Who may change `spec.subscribers` of a channel. */
export const EVENTING_CONTROLLER = "system:serviceaccount:knative-eventing:eventing-controller";

/** The host of the ingress of all Brokers. */
export const BROKER_INGRESS_HOST = "broker-ingress.knative-eventing.svc.cluster.local";

export function brokerUrl(namespace: string, name: string): string {
  return `http://${BROKER_INGRESS_HOST}/${namespace}/${name}`;
}
