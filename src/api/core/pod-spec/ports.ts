import type { ContainerPort } from "../../k8s/types.generated.ts";
import type { FieldCause } from "../../meta/kind.ts";
import { duplicateCause, invalidCause, invalidCauses, oneOf, requiredCause } from "../../meta/validation/causes.ts";
import { portNameErrors, rangeText } from "../../meta/validation/names.ts";

export const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const MAX_PORT = 65_535;

export function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_PORT;
}

export function portNumberCauses(value: number, field: string): FieldCause[] {
  return isPort(value) ? [] : [invalidCause(field, value, rangeText(1, MAX_PORT))];
}

/** A number, or the name of a container's port. */
export function portReferenceCauses(value: string | number, field: string): FieldCause[] {
  return typeof value === "number" ? portNumberCauses(value, field) : invalidCauses(field, value, portNameErrors(value));
}

export function containerPortCauses(ports: readonly ContainerPort[], path: string): FieldCause[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => [...nameCauses(port, names, `${path}[${i}].name`), ...numberCauses(port, `${path}[${i}]`)]);
}

function nameCauses(port: ContainerPort, names: Set<string>, field: string): FieldCause[] {
  if (!port.name) return [];
  const wrong = portNameErrors(port.name);
  if (wrong.length > 0) return invalidCauses(field, port.name, wrong);
  if (names.has(port.name)) return [duplicateCause(field, port.name)];
  names.add(port.name);
  return [];
}

function numberCauses(port: ContainerPort, path: string): FieldCause[] {
  const number = port.containerPort
    ? portNumberCauses(port.containerPort, `${path}.containerPort`)
    : [requiredCause(`${path}.containerPort`)];
  const host = port.hostPort ? portNumberCauses(port.hostPort, `${path}.hostPort`) : [];
  return [...number, ...host, ...oneOf(`${path}.protocol`, port.protocol, PROTOCOLS)];
}
