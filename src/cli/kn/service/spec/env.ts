import type { Container, EnvFromSource, EnvVar } from "../../../../api/k8s/types.generated.ts";
import { UserError } from "../../../shared/io.ts";
import { parsePairs } from "./pairs.ts";

export interface EnvFlags {
  readonly env?: readonly string[];
  /** Lines of the file that `--env-file` names. */
  readonly envFileLines?: readonly string[];
  readonly envFrom?: readonly string[];
  readonly envValueFrom?: readonly string[];
}

export function applyEnv(container: Container, flags: EnvFlags): void {
  if (flags.envFileLines !== undefined) container.env = merged(container.env, plain("env-file", flags.envFileLines));
  if (flags.env !== undefined) container.env = merged(container.env, plain("env", flags.env));
  if (flags.envValueFrom !== undefined) container.env = merged(container.env, references(flags.envValueFrom));
  if (flags.envFrom !== undefined) container.envFrom = mergedSources(container.envFrom, flags.envFrom);
}

interface EnvChanges {
  readonly set: readonly EnvVar[];
  readonly remove: readonly string[];
}

function plain(flag: string, values: readonly string[]): EnvChanges {
  const { set, remove } = parsePairs(flag, values);
  return { set: [...set].map(([name, value]) => ({ name, value })), remove };
}

/** `NAME=cm:OBJECT:KEY` and the like. */
function references(values: readonly string[]): EnvChanges {
  const { set, remove } = parsePairs("env-value-from", values);
  return { set: [...set].map(([name, source]) => ({ name, valueFrom: keyReference(source) })), remove };
}

function keyReference(source: string): NonNullable<EnvVar["valueFrom"]> {
  const [type = "", name = "", key = ""] = source.split(":");
  if (name === "" || key === "") {
    throw new UserError(
      'Invalid --env-value-from: argument requires a value in form "resourceType:name:key" ' +
        `where "resourceType" can be one of "config-map" (cm) or "secret" (sc); got ${JSON.stringify(source)}`,
    );
  }
  if (type === "cm" || type === "config-map") return { configMapKeyRef: { name, key } };
  if (type === "sc" || type === "secret") return { secretKeyRef: { name, key } };
  throw new UserError(
    `unsupported env source type ${JSON.stringify(type)}; supported source types are "config-map" or "cm", and "secret" or "sc"`,
  );
}

/** A changed variable keeps its place; new ones come last. */
function merged(env: readonly EnvVar[] | undefined, { set, remove }: EnvChanges): EnvVar[] | undefined {
  const changes = new Map(set.map((variable) => [variable.name, variable]));
  const kept = (env ?? []).filter((variable) => !remove.includes(variable.name)).map((variable) => changes.get(variable.name) ?? variable);
  const known = new Set(kept.map((variable) => variable.name));
  const result = [...kept, ...[...changes.values()].filter((variable) => !known.has(variable.name))];
  return result.length === 0 ? undefined : result;
}

function mergedSources(sources: readonly EnvFromSource[] | undefined, values: readonly string[]): EnvFromSource[] | undefined {
  const removed = values.filter((value) => value.endsWith("-")).map((value) => sourceKey(envSource(value.slice(0, -1))));
  const added = values.filter((value) => !value.endsWith("-")).map(envSource);
  const kept = (sources ?? []).filter((source) => !removed.includes(sourceKey(source)));
  const known = new Set(kept.map(sourceKey));
  const result = [...kept, ...added.filter((source) => !known.has(sourceKey(source)))];
  return result.length === 0 ? undefined : result;
}

function envSource(text: string): EnvFromSource {
  const [type = "", name = ""] = text.split(":");
  if (name === "") {
    throw new UserError(
      'Invalid --env-from: argument requires a value in form "resourceType:name" ' +
        `where "resourceType" can be one of "config-map" (cm) or "secret" (sc); got ${JSON.stringify(text)}`,
    );
  }
  if (type === "cm" || type === "config-map") return { configMapRef: { name } };
  if (type === "sc" || type === "secret") return { secretRef: { name } };
  throw new UserError(
    `unsupported env source type ${JSON.stringify(type)}; supported source types are "config-map" or "cm", and "secret" or "sc"`,
  );
}

function sourceKey({ configMapRef, secretRef }: EnvFromSource): string {
  return configMapRef === undefined ? `secret:${secretRef?.name}` : `cm:${configMapRef.name}`;
}
