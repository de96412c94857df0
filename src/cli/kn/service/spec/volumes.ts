import { createHash } from "node:crypto";
import type { Container, Volume, VolumeMount } from "../../../../api/k8s/types.generated.ts";
import { UserError } from "../../../shared/io.ts";
import { parsePairs } from "./pairs.ts";

export interface VolumeFlags {
  readonly mount?: readonly string[];
  readonly volume?: readonly string[];
}

interface PodVolumes {
  volumes?: Volume[] | undefined;
}

/** Volumes by name first, then mounts, which may make volumes of their own; volumes that nothing mounts any more go. */
export function applyVolumes(pod: PodVolumes, container: Container, flags: VolumeFlags): void {
  if (flags.mount === undefined && flags.volume === undefined) return;
  const named = parsePairs("volume", flags.volume ?? []);
  const volumes = new Map((pod.volumes ?? []).map((volume) => [volume.name, volume]));
  for (const name of named.remove) volumes.delete(name);
  for (const [name, source] of named.set) volumes.set(name, { name, ...sourceOf(source) });
  const mounts = parsePairs("mount", flags.mount ?? []);
  const before = container.volumeMounts ?? [];
  const dropped = before.filter((mount) => mounts.remove.includes(mount.mountPath));
  const kept = before.filter((mount) => !mounts.remove.includes(mount.mountPath) && !mounts.set.has(mount.mountPath));
  const added = [...mounts.set].map(([path, source]) => mountOf(path, source, volumes));
  const all = [...kept, ...added];
  for (const { name } of dropped) if (!all.some((mount) => mount.name === name)) volumes.delete(name);
  container.volumeMounts = all.length === 0 ? undefined : all;
  pod.volumes = volumes.size === 0 ? undefined : [...volumes.values()];
}

/** `cm:NAME/sub:readOnly=true`, or the name of a volume that exists. */
function mountOf(path: string, text: string, volumes: Map<string, Volume>): VolumeMount {
  if (!path.startsWith("/")) throw new UserError(`Invalid --mount: the mount path ${JSON.stringify(path)} must start with "/"`);
  const { source, readOnly } = withoutReadOnly(text);
  const slash = source.indexOf("/");
  const base = slash < 0 ? source : source.slice(0, slash);
  const subPath = slash < 0 ? {} : { subPath: source.slice(slash + 1) };
  const name = base.includes(":") ? generatedName(path) : base;
  if (base.includes(":")) volumes.set(name, { name, ...sourceOf(base) });
  else if (!volumes.has(name)) throw new UserError(`There is no volume with name: ${JSON.stringify(name)}`);
  return { name, mountPath: path, ...readOnlyOf(readOnly, volumes.get(name)), ...subPath };
}

function withoutReadOnly(text: string): { source: string; readOnly: string | undefined } {
  const match = /^(.*):readOnly=(true|false)$/.exec(text);
  return match === null ? { source: text, readOnly: undefined } : { source: match[1] ?? "", readOnly: match[2] };
}

/** ConfigMaps and Secrets are always mounted read-only. */
function readOnlyOf(given: string | undefined, volume: Volume | undefined): { readOnly?: boolean } {
  if (given !== undefined) return given === "true" ? { readOnly: true } : {};
  return volume?.configMap === undefined && volume?.secret === undefined ? {} : { readOnly: true };
}

function sourceOf(text: string): Omit<Volume, "name"> {
  const [type = "", name = "", options = ""] = text.split(":");
  switch (type) {
    case "cm":
    case "config-map":
      return { configMap: { name } };
    case "sc":
    case "secret":
      return { secret: { secretName: name } };
    case "ed":
    case "emptyDir":
      return { emptyDir: emptyDirOf(options) };
    case "pvc":
    case "persistentVolumeClaim":
      return { persistentVolumeClaim: { claimName: name } };
    default:
      throw new UserError(
        `unsupported volume type ${JSON.stringify(type)}; supported volume types are ` +
          '"config-map or cm", "secret or sc", "emptyDir or ed" and "persistentVolumeClaim or pvc"',
      );
  }
}

function emptyDirOf(options: string): NonNullable<Volume["emptyDir"]> {
  const { set } = parsePairs("volume", options === "" ? [] : options.split(","));
  const size = set.get("size");
  const type = set.get("type");
  return { ...(type === undefined || type === "" ? {} : { medium: type }), ...(size === undefined ? {} : { sizeLimit: size }) };
}

/** The path as a name, with a checksum: equal paths give equal names. */
function generatedName(path: string): string {
  const readable = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const sum = createHash("sha1").update(path).digest("hex").slice(0, 8);
  return `${readable.slice(0, 50) || "volume"}-${sum}`;
}
