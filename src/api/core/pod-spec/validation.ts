import type { Container, PodSpec } from "../../k8s/types.generated.ts";
import type { FieldCause } from "../../meta/kind.ts";
import { labelCauses } from "../../meta/validation/labels.ts";
import { duplicateCause, invalidCause, invalidCauses, oneOf, requiredCause } from "../../meta/validation/causes.ts";
import { dnsLabelErrors, dnsSubdomainErrors, rangeText } from "../../meta/validation/names.ts";
import { envCauses, envFromCauses } from "./env.ts";
import { containerPortCauses } from "./ports.ts";
import { lifecycleCauses } from "./probes.ts";
import { resourceCauses } from "./resources.ts";
import { mountCauses, volumeCauses } from "./volumes.ts";

export const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];
const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const MAX_INT32 = 2_147_483_647;

/** What is wrong with a defaulted PodSpec at `path`, in the order in which Kubernetes looks. */
export function podSpecCauses(spec: PodSpec, path: string): FieldCause[] {
  return [
    ...volumeCauses(spec.volumes ?? [], `${path}.volumes`),
    ...allContainerCauses(spec, path),
    ...oneOf(`${path}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES),
    ...oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...labelCauses(spec.nodeSelector, `${path}.nodeSelector`),
    ...nameCauses(spec, path),
    ...timeCauses(spec, path),
  ];
}

/** Names are unique over all containers of the Pod. */
function allContainerCauses(spec: PodSpec, path: string): FieldCause[] {
  const volumes = new Set((spec.volumes ?? []).map((volume) => volume.name));
  const names = new Set<string>();
  const containers = spec.containers ?? [];
  if (containers.length === 0) return [requiredCause(`${path}.containers`)];
  return [
    ...containers.flatMap((one, i) => namedContainerCauses(one, names, volumes, `${path}.containers[${i}]`)),
    ...(spec.initContainers ?? []).flatMap((one, i) => namedContainerCauses(one, names, volumes, `${path}.initContainers[${i}]`)),
  ];
}

function namedContainerCauses(container: Container, names: Set<string>, volumes: ReadonlySet<string>, path: string): FieldCause[] {
  const isDuplicate = container.name !== undefined && names.has(container.name);
  if (container.name) names.add(container.name);
  const causes = containerCauses(container, volumes, path);
  return isDuplicate ? [duplicateCause(`${path}.name`, container.name), ...causes] : causes;
}

/** One container. `volumes` are the names of the Pod's volumes. */
export function containerCauses(container: Container, volumes: ReadonlySet<string>, path: string): FieldCause[] {
  return [
    ...(container.name ? invalidCauses(`${path}.name`, container.name, dnsLabelErrors(container.name)) : [requiredCause(`${path}.name`)]),
    ...imageCauses(container, `${path}.image`),
    ...oneOf(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, ["File", "FallbackToLogsOnError"]),
    ...containerPortCauses(container.ports ?? [], `${path}.ports`),
    ...envCauses(container.env ?? [], `${path}.env`),
    ...envFromCauses(container.envFrom ?? [], `${path}.envFrom`),
    ...mountCauses(container, volumes, `${path}.volumeMounts`),
    ...oneOf(`${path}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES),
    ...resourceCauses(container.resources, `${path}.resources`),
    ...lifecycleCauses(container, path),
  ];
}

function imageCauses({ image }: Container, field: string): FieldCause[] {
  if (!image) return [requiredCause(field)];
  return image.trim() === image ? [] : [invalidCause(field, image, "must not have leading or trailing whitespace")];
}

function nameCauses(spec: PodSpec, path: string): FieldCause[] {
  const { serviceAccountName, nodeName, hostname, subdomain } = spec;
  return [
    ...(serviceAccountName ? invalidCauses(`${path}.serviceAccountName`, serviceAccountName, dnsSubdomainErrors(serviceAccountName)) : []),
    ...(nodeName ? invalidCauses(`${path}.nodeName`, nodeName, dnsSubdomainErrors(nodeName)) : []),
    ...(hostname ? invalidCauses(`${path}.hostname`, hostname, dnsLabelErrors(hostname)) : []),
    ...(subdomain ? invalidCauses(`${path}.subdomain`, subdomain, dnsLabelErrors(subdomain)) : []),
  ];
}

function timeCauses(spec: PodSpec, path: string): FieldCause[] {
  const { activeDeadlineSeconds: deadline, terminationGracePeriodSeconds: grace } = spec;
  const isDeadlineWrong = deadline !== undefined && (deadline < 1 || deadline > MAX_INT32);
  return [
    ...(isDeadlineWrong ? [invalidCause(`${path}.activeDeadlineSeconds`, deadline, rangeText(1, MAX_INT32))] : []),
    ...(grace !== undefined && grace < 0
      ? [invalidCause(`${path}.terminationGracePeriodSeconds`, grace, "must be greater than or equal to 0")]
      : []),
  ];
}
