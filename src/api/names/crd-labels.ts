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
