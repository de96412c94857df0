/** Entries of func.yaml in words. */
import type { EnvEntry, VolumeEntry } from "../../../functions/project/config.ts";

const REFERENCE = /^\{\{\s*(env|secret|configMap)\s*:\s*([^\s:}]+)\s*(?::\s*([^\s:}]+)\s*)?\}\}$/;
const KINDS: Readonly<Record<string, string>> = { secret: "Secret", configMap: "ConfigMap" };

export function envText({ name, value = "" }: EnvEntry): string {
  const [, source = "", object = "", key] = REFERENCE.exec(value) ?? [];
  if (source === "") return `Env "${name}" with value "${value}"`;
  if (source === "env") return `Env "${name}" with value set from local env variable "${object}"`;
  if (name === undefined) return `All key=value pairs from ${KINDS[source]} "${object}"`;
  return `Env "${name}" with value set from key "${key}" from ${KINDS[source]} "${object}"`;
}

export function labelText({ key, value }: { readonly key: string; readonly value?: string }): string {
  if (value === undefined) return `Label with key "${key}"`;
  const [, source, object] = REFERENCE.exec(value) ?? [];
  if (source === "env") return `Label with key "${key}" and value set from local env variable "${object}"`;
  return `Label with key "${key}" and value "${value}"`;
}

export function volumeText(volume: VolumeEntry): string {
  return `${sourceText(volume)}${volume.path === undefined ? "" : ` at path: "${volume.path}"`}`;
}

function sourceText({ secret, configMap, persistentVolumeClaim, emptyDir }: VolumeEntry): string {
  if (configMap !== undefined) return `ConfigMap "${configMap}"`;
  if (secret !== undefined) return `Secret "${secret}"`;
  if (persistentVolumeClaim !== undefined) return `PersistentVolumeClaim "${persistentVolumeClaim.claimName}"`;
  const { medium, sizeLimit } = emptyDir ?? {};
  return `EmptyDir${medium === "Memory" ? " in memory" : ""}${sizeLimit === undefined ? "" : ` with size limit "${sizeLimit}"`}`;
}
