import type { DownwardAPIVolumeFile, Volume, VolumeProjection } from "../../k8s/types.generated.ts";

/** 0644, as JSON has no octal. */
const FILE_MODE = 420;
const TOKEN_SECONDS = 3600;

export function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === "name")) volume.emptyDir = {};
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected])
    if (source) source.defaultMode ??= FILE_MODE;
  if (volume.hostPath) volume.hostPath.type ??= "";
  defaultFiles(volume.downwardAPI?.items);
  for (const projection of volume.projected?.sources ?? []) defaultProjection(projection);
}

function defaultProjection(projection: VolumeProjection): void {
  if (projection.serviceAccountToken) projection.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS;
  defaultFiles(projection.downwardAPI?.items);
}

function defaultFiles(files: readonly DownwardAPIVolumeFile[] | undefined): void {
  for (const file of files ?? []) if (file.fieldRef) file.fieldRef.apiVersion ??= "v1";
}
