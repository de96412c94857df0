import type { EnvFromSource, EnvVar } from "../../api/k8s/types.generated.ts";
import type { EnvEntry } from "../project/config.ts";

/** What `run.envs` of func.yaml becomes in a container. */
export interface ContainerEnv {
  readonly env: EnvVar[];
  readonly envFrom: EnvFromSource[];
}

/** A mistake in func.yaml that only shows here, in one line. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

const TEMPLATE = /^\{\{\s*(\w+)\s*:([^:}]+)(?::([^}]+))?\s*\}\}$/;

/**
 * `{{ env:X }}` is read from `local` now, `{{ secret:S:key }}` and `{{ configMap:C:key }}` by the platform at each start; without a
 * name and a key everything of the Secret or ConfigMap is imported. @throws EnvError
 */
export function containerEnv(entries: readonly EnvEntry[] = [], local: Readonly<Record<string, string | undefined>>): ContainerEnv {
  const result: ContainerEnv = { env: [], envFrom: [] };
  for (const entry of entries) add(result, entry, local);
  return result;
}

function add({ env, envFrom }: ContainerEnv, { name, value = "" }: EnvEntry, local: Readonly<Record<string, string | undefined>>): void {
  const match = TEMPLATE.exec(value.trim());
  if (match === null) return void env.push({ name: named(name, value), value });
  const [, source = "", object = "", key] = match.map((part) => part?.trim());
  if (source === "env") return void env.push({ name: named(name, value), value: localValue(object, local) });
  if (source !== "secret" && source !== "configMap") throw new EnvError(`${value}: the source must be env, secret or configMap`);
  if (key === undefined) {
    if (name !== undefined) throw new EnvError(`${name}: ${value} names no key`);
    return void envFrom.push(source === "secret" ? { secretRef: { name: object } } : { configMapRef: { name: object } });
  }
  const selector = { name: object, key };
  const valueFrom = source === "secret" ? { secretKeyRef: selector } : { configMapKeyRef: selector };
  env.push({ name: named(name, value), valueFrom });
}

function named(name: string | undefined, value: string): string {
  if (name === undefined || name === "") throw new EnvError(`the value ${JSON.stringify(value)} has no name`);
  return name;
}

function localValue(name: string, local: Readonly<Record<string, string | undefined>>): string {
  const value = local[name];
  if (value === undefined) throw new EnvError(`the environment variable ${name}, which func.yaml refers to, is not set here`);
  return value;
}

/** For a function that runs here, without a platform: what only a platform can read is left out and named. */
export function localEnv(
  entries: readonly EnvEntry[] = [],
  local: Readonly<Record<string, string | undefined>>,
): { readonly env: Readonly<Record<string, string>>; readonly leftOut: readonly string[] } {
  const { env, envFrom } = containerEnv(entries, local);
  const known = env.filter(({ valueFrom }) => valueFrom === undefined);
  const unknown = env.filter(({ valueFrom }) => valueFrom !== undefined).map(({ name }) => name);
  const imports = envFrom.map(({ secretRef, configMapRef }) => secretRef?.name ?? configMapRef?.name ?? "");
  return { env: Object.fromEntries(known.map(({ name, value = "" }) => [name, value])), leftOut: [...unknown, ...imports] };
}
