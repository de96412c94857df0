import type { EnvFromSource, EnvVar, EnvVarSource } from "../../k8s/types.generated.ts";
import type { FieldCause } from "../../meta/kind.ts";
import { invalidCause, invalidCauses, requiredCause } from "../../meta/validation/causes.ts";
import { configKeyErrors, dnsSubdomainErrors, relaxedEnvNameErrors } from "../../meta/validation/names.ts";

const SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"] as const;
const POD_FIELDS = new Set([
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
]);
const KEYED_FIELD = /^metadata\.(labels|annotations)\['([^']+)'\]$/;
const CONTAINER_RESOURCES = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/;

export function envCauses(env: readonly EnvVar[], path: string): FieldCause[] {
  return env.flatMap((variable, i) => variableCauses(variable, `${path}[${i}]`));
}

function variableCauses(variable: EnvVar, path: string): FieldCause[] {
  const name = variable.name
    ? invalidCauses(`${path}.name`, variable.name, relaxedEnvNameErrors(variable.name))
    : [requiredCause(`${path}.name`)];
  return variable.valueFrom ? [...name, ...sourceCauses(variable, variable.valueFrom, `${path}.valueFrom`)] : name;
}

function sourceCauses(variable: EnvVar, source: EnvVarSource, path: string): FieldCause[] {
  const given = SOURCES.filter((name) => source[name] !== undefined);
  if (given.length === 0) {
    const choices = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
    return [invalidCause(path, "", `must specify one of: ${choices}`)];
  }
  const own = [...fieldRefCauses(source, path), ...resourceRefCauses(source, path), ...keyRefCauses(source, path)];
  if (variable.value) return [...own, invalidCause(path, "", "may not be specified when `value` is not empty")];
  return given.length > 1 ? [...own, invalidCause(path, "", "may not have more than one field specified at a time")] : own;
}

function fieldRefCauses({ fieldRef }: EnvVarSource, path: string): FieldCause[] {
  if (fieldRef === undefined) return [];
  const field = `${path}.fieldRef.fieldPath`;
  const { fieldPath } = fieldRef;
  if (!fieldPath) return [requiredCause(field)];
  if (POD_FIELDS.has(fieldPath) || KEYED_FIELD.test(fieldPath)) return [];
  return [invalidCause(field, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
}

function resourceRefCauses({ resourceFieldRef }: EnvVarSource, path: string): FieldCause[] {
  if (resourceFieldRef === undefined) return [];
  const field = `${path}.resourceFieldRef.resource`;
  if (!resourceFieldRef.resource) return [requiredCause(field)];
  if (CONTAINER_RESOURCES.test(resourceFieldRef.resource)) return [];
  return [invalidCause(field, resourceFieldRef.resource, "must be a resource of the container")];
}

function keyRefCauses(source: EnvVarSource, path: string): FieldCause[] {
  return (["configMapKeyRef", "secretKeyRef"] as const).flatMap((name) => {
    const reference = source[name];
    if (reference === undefined) return [];
    const key = reference.key
      ? invalidCauses(`${path}.${name}.key`, reference.key, configKeyErrors(reference.key))
      : [requiredCause(`${path}.${name}.key`)];
    return [...nameCauses(reference.name, `${path}.${name}.name`), ...key];
  });
}

function nameCauses(name: string | undefined, field: string): FieldCause[] {
  return name ? invalidCauses(field, name, dnsSubdomainErrors(name)) : [requiredCause(field)];
}

export function envFromCauses(sources: readonly EnvFromSource[], path: string): FieldCause[] {
  return sources.flatMap((source, i) => envFromOne(source, `${path}[${i}]`));
}

function envFromOne(source: EnvFromSource, path: string): FieldCause[] {
  const prefix = source.prefix ? invalidCauses(`${path}.prefix`, source.prefix, relaxedEnvNameErrors(source.prefix)) : [];
  const given = (["configMapRef", "secretRef"] as const).filter((name) => source[name] !== undefined);
  const names = given.flatMap((name) => nameCauses(source[name]?.name, `${path}.${name}.name`));
  if (given.length === 0) return [...prefix, invalidCause(path, "", "must specify one of: `configMapRef` or `secretRef`")];
  return given.length > 1
    ? [...prefix, ...names, invalidCause(path, "", "may not have more than one field specified at a time")]
    : [...prefix, ...names];
}
