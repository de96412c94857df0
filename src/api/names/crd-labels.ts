/** Labels of the CustomResourceDefinitions; `kn` and `func` find kinds by them. */
export const SERVING_CRD_LABELS: Readonly<Record<string, string>> = {
  "app.kubernetes.io/name": "knative-serving",
  "app.kubernetes.io/version": "1.23.0",
  "knative.dev/crd-install": "true",
};

/** The webhook that defaults Serving's kinds. */
export const SERVING_WEBHOOK = "webhook.serving.knative.dev";

export const ADDRESSABLE_LABEL: Readonly<Record<string, string>> = { "duck.knative.dev/addressable": "true" };
export const PODSPECABLE_LABEL: Readonly<Record<string, string>> = { "duck.knative.dev/podspecable": "true" };

export const EVENTING_CRD_LABELS: Readonly<Record<string, string>> = {
  "app.kubernetes.io/name": "knative-eventing",
  "app.kubernetes.io/version": "1.23.0",
  "knative.dev/crd-install": "true",
};

/** The webhook that defaults the kinds of Eventing, Messaging and Sources. */
export const EVENTING_WEBHOOK = "webhook.eventing.knative.dev";

export const SOURCE_LABELS: Readonly<Record<string, string>> = {
  "duck.knative.dev/source": "true",
  "eventing.knative.dev/source": "true",
};
export const BINDING_LABEL: Readonly<Record<string, string>> = { "duck.knative.dev/binding": "true" };
export const SUBSCRIBABLE_LABEL: Readonly<Record<string, string>> = { "messaging.knative.dev/subscribable": "true" };
