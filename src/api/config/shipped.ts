import type { ConfigMap } from "../k8s/types.generated.ts";
import { CERTIFICATE_CLASS, INGRESS_CLASS, SERVING_NAMESPACE } from "../names/kinetic.ts";
import { AUTOSCALER_CONFIG } from "./autoscaler.ts";
import { DEFAULTS_CONFIG } from "./defaults.ts";
import { DEPLOYMENT_CONFIG } from "./deployment.ts";
import { DOMAIN_CONFIG } from "./domain.ts";
import { FEATURES_CONFIG } from "./features.ts";
import { GC_CONFIG } from "./gc.ts";
import { NETWORK_CONFIG } from "./network.ts";
import { OBSERVABILITY_CONFIG } from "./observability.ts";
import type { ConfigData } from "./parse.ts";

export interface ShippedOptions {
  /** Suffix of every public host, e.g. `localhost`. */
  readonly domain?: string;
  /** Registries whose tags stay as they are, beside upstream's three. */
  readonly registriesSkippingTagResolving?: readonly string[];
}

/** The ConfigMaps that our install writes into `knative-serving` when they are missing. */
export function shippedConfigMaps(options: ShippedOptions = {}): ConfigMap[] {
  const { domain = "localhost", registriesSkippingTagResolving = [] } = options;
  const data: Readonly<Record<string, ConfigData>> = {
    [AUTOSCALER_CONFIG]: { "allow-zero-initial-scale": "true" },
    [DEFAULTS_CONFIG]: {},
    [DEPLOYMENT_CONFIG]: {
      "registries-skipping-tag-resolving": ["kind.local", "ko.local", "dev.local", ...registriesSkippingTagResolving].join(","),
    },
    [DOMAIN_CONFIG]: { [domain]: "" },
    [FEATURES_CONFIG]: {},
    [GC_CONFIG]: {},
    // Who shares one machine expects a mapping to work at once; a cluster's administrators hand out domains (upstream: "false").
    [NETWORK_CONFIG]: {
      "ingress-class": INGRESS_CLASS,
      "certificate-class": CERTIFICATE_CLASS,
      "autocreate-cluster-domain-claims": "true",
    },
    [OBSERVABILITY_CONFIG]: {},
    "config-logging": {},
    "config-leader-election": {},
    "config-tracing": {},
    "config-certmanager": {},
  };
  return Object.entries(data).map(([name, content]) => configMap(name, content));
}

function configMap(name: string, data: ConfigData): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name,
      namespace: SERVING_NAMESPACE,
      labels: { "app.kubernetes.io/name": "knative-serving", "app.kubernetes.io/version": "1.23.0" },
    },
    data: { ...data },
  };
}
