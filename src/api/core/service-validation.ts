import { isIPv4, isIPv6 } from "../../std/ip.ts";
import type { ServicePort, ServiceSpec } from "../k8s/types.generated.ts";
import type { FieldCause } from "../meta/kind.ts";
import { duplicateCause, forbiddenCause, invalidCause, invalidCauses, oneOf, requiredCause } from "../meta/validation/causes.ts";
import { labelCauses } from "../meta/validation/labels.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "../meta/validation/names.ts";
import { portNumberCauses, portReferenceCauses, PROTOCOLS } from "./pod-spec/ports.ts";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const POLICIES = ["Cluster", "Local"];

/** What is wrong with a defaulted ServiceSpec. */
export function serviceCauses(spec: ServiceSpec, path: string): FieldCause[] {
  return [
    ...portListCauses(spec, `${path}.ports`),
    ...externalNameCauses(spec, `${path}.externalName`),
    ...labelCauses(spec.selector, `${path}.selector`),
    ...oneOf(`${path}.sessionAffinity`, spec.sessionAffinity, ["ClientIP", "None"]),
    ...oneOf(`${path}.type`, spec.type, TYPES),
    ...addressCauses(spec, path),
    ...(spec.externalTrafficPolicy ? oneOf(`${path}.externalTrafficPolicy`, spec.externalTrafficPolicy, POLICIES) : []),
    ...oneOf(`${path}.internalTrafficPolicy`, spec.internalTrafficPolicy, POLICIES),
  ];
}

function portListCauses(spec: ServiceSpec, path: string): FieldCause[] {
  const ports = spec.ports ?? [];
  const needsPorts = spec.type !== "ExternalName" && spec.clusterIP !== "None";
  if (ports.length === 0) return needsPorts ? [requiredCause(path)] : [];
  const names = new Set<string>();
  const causes = ports.flatMap((port, i) => [
    ...portNameCauses(port, names, ports.length > 1, `${path}[${i}].name`),
    ...portNumberCauses(port.port ?? 0, `${path}[${i}].port`),
    ...oneOf(`${path}[${i}].protocol`, port.protocol, PROTOCOLS),
    ...portReferenceCauses(port.targetPort ?? 0, `${path}[${i}].targetPort`),
  ]);
  return [...causes, ...duplicatePorts(ports, path)];
}

function portNameCauses({ name }: ServicePort, names: Set<string>, isNeeded: boolean, field: string): FieldCause[] {
  if (!name) return isNeeded ? [requiredCause(field)] : [];
  const isDuplicate = names.has(name);
  names.add(name);
  return [...invalidCauses(field, name, dnsLabelErrors(name)), ...(isDuplicate ? [duplicateCause(field, name)] : [])];
}

function duplicatePorts(ports: readonly ServicePort[], path: string): FieldCause[] {
  const seen = new Set<string>();
  return ports.flatMap(({ port, protocol }, i) => {
    const key = `${protocol}/${port}`;
    const isDuplicate = seen.has(key);
    seen.add(key);
    return isDuplicate ? [duplicateCause(`${path}[${i}]`, { protocol, port })] : [];
  });
}

function externalNameCauses({ type, externalName = "" }: ServiceSpec, field: string): FieldCause[] {
  if (type !== "ExternalName") return [];
  const name = externalName.endsWith(".") ? externalName.slice(0, -1) : externalName;
  return name === "" ? [requiredCause(field)] : invalidCauses(field, externalName, dnsSubdomainErrors(name));
}

function addressCauses({ type, clusterIP, externalIPs }: ServiceSpec, path: string): FieldCause[] {
  const text = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
  const external = (externalIPs ?? []).flatMap((ip, i) => (isAddress(ip) ? [] : [invalidCause(`${path}.externalIPs[${i}]`, ip, text)]));
  if (!clusterIP) return external;
  if (type === "ExternalName") return [...external, forbiddenCause(`${path}.clusterIPs`, "may not be set for ExternalName services")];
  return clusterIP === "None" || isAddress(clusterIP) ? external : [...external, invalidCause(`${path}.clusterIPs[0]`, clusterIP, text)];
}

function isAddress(text: string): boolean {
  return isIPv4(text) || isIPv6(text);
}
