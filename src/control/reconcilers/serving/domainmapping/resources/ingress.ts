import { apiVersionOf } from "../../../../../api/meta/kind.ts";
import { childName } from "../../../../../api/names/child-name.ts";
import {
  DOMAIN_MAPPING_NAMESPACE_LABEL,
  DOMAIN_MAPPING_UID_LABEL,
  INGRESS_CLASS_ANNOTATION,
  INGRESS_CLASS_OLD_ANNOTATION,
  LAST_APPLIED_ANNOTATION,
} from "../../../../../api/names/labels.ts";
import { ingressKind, type Ingress, type IngressTls } from "../../../../../api/networking-internal/ingress.ts";
import { domainMappingKind, type DomainMapping } from "../../../../../api/serving/domainmapping.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import { without } from "../../shared/metadata.ts";
import type { Target } from "../target.ts";

const ORIGINAL_HOST_HEADER = "K-Original-Host";
const SERVICE_PORT = 80;

export interface Mapped {
  readonly target: Target;
  readonly ingressClass: string;
  readonly httpOption: Ingress["spec"]["httpOption"];
  readonly tls: readonly IngressTls[];
}

export function ingressName(mapping: DomainMapping): string {
  return childName(mapping.metadata.name ?? "", "");
}

/** The Ingress of a mapping: requests for its host go to the target under the target's own name, and tell which they came for. */
export function makeIngress(mapping: DomainMapping, { target, ingressClass, httpOption, tls }: Mapped): Ingress {
  const { name = "", namespace = "", uid = "", labels, annotations } = mapping.metadata;
  return {
    apiVersion: apiVersionOf(ingressKind),
    kind: ingressKind.kind,
    metadata: {
      name: ingressName(mapping),
      namespace,
      labels: { ...labels, [DOMAIN_MAPPING_UID_LABEL]: uid, [DOMAIN_MAPPING_NAMESPACE_LABEL]: namespace },
      annotations: {
        ...without(annotations, LAST_APPLIED_ANNOTATION, INGRESS_CLASS_ANNOTATION),
        [INGRESS_CLASS_OLD_ANNOTATION]: ingressClass,
      },
      ownerReferences: [controllerRef(domainMappingKind, mapping)],
    },
    spec: {
      httpOption,
      ...(tls.length === 0 ? {} : { tls: [...tls] }),
      rules: [
        {
          hosts: [name],
          visibility: "ExternalIP",
          http: {
            paths: [
              {
                rewriteHost: target.host,
                splits: [
                  {
                    appendHeaders: { [ORIGINAL_HOST_HEADER]: name },
                    percent: 100,
                    serviceName: target.service,
                    serviceNamespace: namespace,
                    servicePort: SERVICE_PORT,
                  },
                ],
              },
            ],
          },
        },
      ],
    },
  };
}
