import type { Container } from "../../k8s/types.generated.ts";
import { disallowedFields, eachOf, fieldError, invalidValue, missingField, viaField, type FieldErrors } from "../../duck/field-error.ts";
import { isAllowed, isEnabled, type Feature, type FeaturesConfig } from "../../config/features.ts";
import type { RevisionPodSpec } from "../pod-spec-schema.ts";
import { validateContainer, type ContainerSite } from "./container.ts";
import { dns1123SubdomainFaults } from "./names.ts";
import { validateVolumes } from "./volumes.ts";

const FLAG_OF: Partial<Record<keyof RevisionPodSpec, Feature>> = {
  affinity: "kubernetes.podspec-affinity",
  topologySpreadConstraints: "kubernetes.podspec-topologyspreadconstraints",
  hostAliases: "kubernetes.podspec-hostaliases",
  nodeSelector: "kubernetes.podspec-nodeselector",
  runtimeClassName: "kubernetes.podspec-runtimeclassname",
  tolerations: "kubernetes.podspec-tolerations",
  securityContext: "kubernetes.podspec-securitycontext",
  shareProcessNamespace: "kubernetes.podspec-shareprocessnamespace",
  priorityClassName: "kubernetes.podspec-priorityclassname",
  schedulerName: "kubernetes.podspec-schedulername",
  initContainers: "kubernetes.podspec-init-containers",
  dnsPolicy: "kubernetes.podspec-dnspolicy",
  dnsConfig: "kubernetes.podspec-dnsconfig",
  hostIPC: "kubernetes.podspec-hostipc",
  hostPID: "kubernetes.podspec-hostpid",
  hostNetwork: "kubernetes.podspec-hostnetwork",
};

const POD_SECURITY_FIELDS = ["runAsUser", "runAsGroup", "runAsNonRoot", "fsGroup", "supplementalGroups", "seccompProfile"];

/** Faults of the pod that a revision describes, relative to its spec. */
export function validatePodSpec(spec: RevisionPodSpec, features: FeaturesConfig): FieldErrors {
  return [
    ...behindFlags(spec, features),
    ...podSecurityFaults(spec, features),
    ...(spec.automountServiceAccountToken === true ? disallowedFields("automountServiceAccountToken") : []),
    ...validateVolumes(spec.volumes, mountedVolumes(spec), features),
    ...initContainerFaults(spec, features),
    ...portsFaults(spec.containers),
    ...containersFaults(spec, features),
    ...serviceAccountFaults(spec.serviceAccountName),
  ];
}

function behindFlags(spec: RevisionPodSpec, features: FeaturesConfig): FieldErrors {
  const off = Object.entries(FLAG_OF).filter(([field, flag]) => isSet(spec[field as keyof RevisionPodSpec]) && !isAllowed(features, flag));
  return off.length === 0 ? [] : disallowedFields(...off.map(([field]) => field));
}

/** Whether Go would count the value as set. */
function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== "" && value !== false;
}

function podSecurityFaults({ securityContext }: RevisionPodSpec, features: FeaturesConfig): FieldErrors {
  if (securityContext === undefined || !isAllowed(features, "kubernetes.podspec-securitycontext")) return [];
  const others = Object.keys(securityContext).filter((field) => !POD_SECURITY_FIELDS.includes(field));
  return others.length === 0 ? [] : viaField("securityContext", disallowedFields(...others));
}

function mountedVolumes(spec: RevisionPodSpec): ReadonlySet<string> {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  return new Set(containers.flatMap((container) => (container.volumeMounts ?? []).map((mount) => mount.name)));
}

function initContainerFaults(spec: RevisionPodSpec, features: FeaturesConfig): FieldErrors {
  const containers = spec.initContainers ?? [];
  if (containers.length === 0) return [];
  if (!isAllowed(features, "kubernetes.podspec-init-containers")) {
    return fieldError(`pod spec support for init-containers is off, but found ${containers.length} init containers`, []);
  }
  const site: ContainerSite = { features, volumes: spec.volumes, role: "init" };
  return eachOf("initContainers", containers, (container) => validateContainer(container, site));
}

function portsFaults(containers: readonly Container[]): FieldErrors {
  const count = containers.reduce((sum, container) => sum + (container.ports?.length ?? 0), 0);
  if (count > 1) {
    return fieldError("more than one container port is set", "containers[*].ports", "Only a single port is allowed across all containers");
  }
  return count === 0 && containers.length > 1 ? missingField("containers[*].ports") : [];
}

function containersFaults(spec: RevisionPodSpec, features: FeaturesConfig): FieldErrors {
  const { containers, volumes } = spec;
  if (containers.length === 0) return missingField("containers");
  if (containers.length > 1 && !isEnabled(features, "multi-container")) {
    return fieldError(`multi-container is off, but found ${containers.length} containers`, "containers");
  }
  const names = new Set<string>();
  return eachOf("containers", containers, (container) => {
    const role = containers.length === 1 || (container.ports?.length ?? 0) > 0 ? "serving" : "sidecar";
    const twice = names.has(container.name);
    names.add(container.name);
    return [
      ...(twice ? fieldError(`duplicate container name ${JSON.stringify(container.name)}`, "name") : []),
      ...validateContainer(container, { features, volumes, role }),
    ];
  });
}

function serviceAccountFaults(name: string | undefined): FieldErrors {
  if (!name) return [];
  return dns1123SubdomainFaults(name).flatMap((fault) => invalidValue(name, "serviceAccountName", fault));
}
