import type { EnvFromSource, EnvVar } from "../../k8s/types.generated.ts";
import {
  disallowedFields,
  eachOf,
  fieldError,
  missingField,
  missingOneOf,
  multipleOneOf,
  viaField,
  type FieldErrors,
} from "../../duck/field-error.ts";
import { isAllowed, type FeaturesConfig } from "../../config/features.ts";

const RESERVED_EVERYWHERE = ["K_SERVICE", "K_CONFIGURATION", "K_REVISION"];
const RESERVED_IN_SERVING_CONTAINER = [...RESERVED_EVERYWHERE, "PORT"];

/** Faults of `env`, relative to the container. */
export function validateEnv(env: readonly EnvVar[] | undefined, isSidecar: boolean, features: FeaturesConfig): FieldErrors {
  const reserved = isSidecar ? RESERVED_EVERYWHERE : RESERVED_IN_SERVING_CONTAINER;
  return eachOf("env", env, (variable) => [...nameFaults(variable.name, reserved), ...valueFromFaults(variable, features)]);
}

function nameFaults(name: string | undefined, reserved: readonly string[]): FieldErrors {
  if (!name) return missingField("name");
  return reserved.includes(name) ? fieldError(`${JSON.stringify(name)} is a reserved environment variable`, "name") : [];
}

function valueFromFaults({ valueFrom }: EnvVar, features: FeaturesConfig): FieldErrors {
  if (valueFrom === undefined) return [];
  const mayRefer = isAllowed(features, "kubernetes.podspec-fieldref");
  const faults = (["configMapKeyRef", "secretKeyRef"] as const).flatMap((field) => {
    const selector = valueFrom[field];
    if (selector === undefined) return [];
    return viaField(field, [...(selector.name ? [] : missingField("name")), ...(selector.key ? [] : missingField("key"))]);
  });
  const fields = (["fieldRef", "resourceFieldRef"] as const).filter((field) => !mayRefer && valueFrom[field] !== undefined);
  return viaField("valueFrom", [...faults, ...(fields.length > 0 ? disallowedFields(...fields) : [])]);
}

/** Faults of `envFrom`, relative to the container. */
export function validateEnvFrom(envFrom: readonly EnvFromSource[] | undefined): FieldErrors {
  const sources = ["configMapRef", "secretRef"] as const;
  return eachOf("envFrom", envFrom, (source) => {
    const given = sources.filter((field) => source[field] !== undefined);
    const nameless = given.flatMap((field) => (source[field]?.name ? [] : viaField(field, missingField("name"))));
    if (given.length === 0) return missingOneOf(...sources);
    return given.length > 1 ? [...nameless, ...multipleOneOf(...given)] : nameless;
  });
}
