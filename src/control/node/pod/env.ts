import type { Container, EnvFromSource, EnvVar, EnvVarSource, Pod } from "../../../api/k8s/types.generated.ts";
import type { EnvEntry } from "../drivers/contract.ts";
import { expandVariables } from "./expand.ts";
import { fieldValue, resourceValue } from "./field-ref.ts";
import type { Lookup, NodeFacts } from "./lookup.ts";

export type ResolvedEnv =
  | { readonly kind: "ok"; readonly env: readonly EnvEntry[]; readonly perPod: boolean }
  /** In the kubelet's words: the message of a CreateContainerConfigError. */
  | { readonly kind: "error"; readonly message: string };

export interface EnvContext {
  readonly pod: Pod;
  readonly container: Container;
  readonly lookup: Lookup;
  readonly node: NodeFacts;
  /** What is there before the Pod speaks: the image's, the platform's. */
  readonly base: readonly EnvEntry[];
}

type Value =
  | { readonly kind: "ok"; readonly value: string | undefined; readonly perPod: boolean }
  | { readonly kind: "error"; readonly message: string };

class Refused extends Error {}

/** The environment of a container: base, then envFrom, then env; later names win and see earlier ones as `$(NAME)`. */
export function resolveEnv(context: EnvContext): ResolvedEnv {
  const values = new Map(context.base.map(({ name, value }) => [name, value]));
  let perPod = false;
  try {
    for (const source of context.container.envFrom ?? []) for (const [name, value] of fromSource(source, context)) values.set(name, value);
    for (const variable of context.container.env ?? []) {
      const resolved = valueOf(variable, values, context);
      if (resolved.kind === "error") return resolved;
      perPod ||= resolved.perPod;
      if (resolved.value !== undefined) values.set(variable.name, resolved.value);
    }
  } catch (error) {
    if (error instanceof Refused) return { kind: "error", message: error.message };
    throw error;
  }
  return { kind: "ok", perPod, env: Array.from(values, ([name, value]) => ({ name, value })) };
}

function valueOf(variable: EnvVar, earlier: ReadonlyMap<string, string>, context: EnvContext): Value {
  if (variable.valueFrom !== undefined) return valueFrom(variable.valueFrom, context);
  return { kind: "ok", value: expandVariables(variable.value ?? "", earlier), perPod: false };
}

function valueFrom(source: EnvVarSource, { pod, container, lookup, node }: EnvContext): Value {
  const namespace = pod.metadata.namespace ?? "";
  if (source.fieldRef !== undefined) return fieldValue(pod, source.fieldRef.fieldPath, node);
  if (source.resourceFieldRef !== undefined) {
    const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    return resourceValue(all, container, source.resourceFieldRef, node);
  }
  if (source.configMapKeyRef !== undefined) {
    const { name = "", key, optional } = source.configMapKeyRef;
    const found = lookup.configMap(namespace, name);
    const value = found?.data?.[key];
    const missing = found === undefined ? `configmap "${name}" not found` : `couldn't find key ${key} in ConfigMap ${namespace}/${name}`;
    return keyValue(value, optional, missing);
  }
  if (source.secretKeyRef !== undefined) {
    const { name = "", key, optional } = source.secretKeyRef;
    const found = lookup.secret(namespace, name);
    const value = found?.data?.[key];
    const missing = found === undefined ? `secret "${name}" not found` : `couldn't find key ${key} in Secret ${namespace}/${name}`;
    return keyValue(value === undefined ? undefined : fromBase64(value), optional, missing);
  }
  return { kind: "ok", value: "", perPod: false };
}

function keyValue(value: string | undefined, optional: boolean | undefined, missing: string): Value {
  if (value === undefined && optional !== true) return { kind: "error", message: missing };
  return { kind: "ok", value, perPod: false };
}

const VARIABLE = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

function fromSource(
  { prefix = "", configMapRef, secretRef }: EnvFromSource,
  { pod, lookup }: EnvContext,
): readonly (readonly [string, string])[] {
  const namespace = pod.metadata.namespace ?? "";
  const name = configMapRef?.name ?? secretRef?.name ?? "";
  const optional = configMapRef?.optional ?? secretRef?.optional ?? false;
  const data = configMapRef === undefined ? decoded(lookup.secret(namespace, name)?.data) : lookup.configMap(namespace, name)?.data;
  const exists = configMapRef === undefined ? lookup.secret(namespace, name) : lookup.configMap(namespace, name);
  if (exists === undefined && !optional) throw new Refused(`${configMapRef === undefined ? "secret" : "configmap"} "${name}" not found`);
  return Object.entries(data ?? {})
    .map(([key, value]) => [prefix + key, value] as const)
    .filter(([key]) => VARIABLE.test(key));
}

function decoded(data: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, fromBase64(value)]));
}

function fromBase64(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}
