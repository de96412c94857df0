import type { Container, KeyToPath, Volume } from "../../k8s/types.generated.ts";
import type { FieldCause } from "../../meta/kind.ts";
import { duplicateCause, forbiddenCause, invalidCause, invalidCauses, notFoundCause, requiredCause } from "../../meta/validation/causes.ts";
import { dnsLabelErrors } from "../../meta/validation/names.ts";

export function volumeCauses(volumes: readonly Volume[], path: string): FieldCause[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, i) => [...nameCauses(volume, names, `${path}[${i}].name`), ...sourceCauses(volume, `${path}[${i}]`)]);
}

function nameCauses({ name }: Volume, names: Set<string>, field: string): FieldCause[] {
  if (!name) return [requiredCause(field)];
  const wrong = dnsLabelErrors(name);
  if (wrong.length > 0) return invalidCauses(field, name, wrong);
  if (names.has(name)) return [duplicateCause(field, name)];
  names.add(name);
  return [];
}

function sourceCauses(volume: Volume, path: string): FieldCause[] {
  const [first, ...more] = Object.keys(volume).filter((key) => key !== "name");
  if (first === undefined) return [requiredCause(path, "must specify a volume type")];
  const extra = more.map((type) => forbiddenCause(`${path}.${type}`, "may not specify more than 1 volume type"));
  return [...ownCauses(volume, path), ...extra];
}

function ownCauses({ configMap, secret, hostPath, projected }: Volume, path: string): FieldCause[] {
  const causes: FieldCause[] = [];
  if (configMap && !configMap.name) causes.push(requiredCause(`${path}.configMap.name`));
  if (secret && !secret.secretName) causes.push(requiredCause(`${path}.secret.secretName`));
  if (hostPath && !hostPath.path) causes.push(requiredCause(`${path}.hostPath.path`));
  const projections = (projected?.sources ?? []).flatMap((source, i) => [
    ...itemCauses(source.configMap?.items, `${path}.projected.sources[${i}].configMap.items`),
    ...itemCauses(source.secret?.items, `${path}.projected.sources[${i}].secret.items`),
  ]);
  return [
    ...causes,
    ...itemCauses(configMap?.items, `${path}.configMap.items`),
    ...itemCauses(secret?.items, `${path}.secret.items`),
    ...projections,
  ];
}

function itemCauses(items: readonly KeyToPath[] | undefined, path: string): FieldCause[] {
  return (items ?? []).flatMap((item, i) => [
    ...(item.key ? [] : [requiredCause(`${path}[${i}].key`)]),
    ...(item.path ? localPathCauses(item.path, `${path}[${i}].path`) : [requiredCause(`${path}[${i}].path`)]),
  ]);
}

/** A path that stays below the directory that it is relative to. */
export function localPathCauses(path: string, field: string): FieldCause[] {
  const isAbsolute = path.startsWith("/");
  const leavesUp = path.split("/").includes("..");
  return [
    ...(isAbsolute ? [invalidCause(field, path, "must be a relative path")] : []),
    ...(leavesUp ? [invalidCause(field, path, "must not contain '..'")] : []),
  ];
}

export function mountCauses(container: Container, volumeNames: ReadonlySet<string>, path: string): FieldCause[] {
  const paths = new Set<string>();
  return (container.volumeMounts ?? []).flatMap((mount, i) => {
    const at = `${path}[${i}]`;
    const causes: FieldCause[] = [];
    if (!mount.name) causes.push(requiredCause(`${at}.name`));
    if (!volumeNames.has(mount.name)) causes.push(notFoundCause(`${at}.name`, mount.name ?? ""));
    if (!mount.mountPath) causes.push(requiredCause(`${at}.mountPath`));
    if (paths.has(mount.mountPath)) causes.push(invalidCause(`${at}.mountPath`, mount.mountPath, "must be unique"));
    paths.add(mount.mountPath);
    return [...causes, ...(mount.subPath ? localPathCauses(mount.subPath, `${at}.subPath`) : [])];
  });
}
