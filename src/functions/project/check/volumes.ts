import { posix } from "node:path";
import { parseQuantity } from "../../../std/quantity.ts";
import type { VolumeEntry } from "../config.ts";
import type { Problem } from "./check.ts";

export function checkVolumes(volumes: readonly VolumeEntry[], path: string): Problem[] {
  return volumes.flatMap((volume, index) =>
    [...problemsOf(volume), ...duplicate(volumes, index)].map((text) => ({
      path: `${path}.${index}`,
      text: `volume entry #${index} ${text}`,
    })),
  );
}

function problemsOf(volume: VolumeEntry): string[] {
  const { secret, configMap, persistentVolumeClaim, emptyDir, path } = volume;
  const kinds = [secret, configMap, persistentVolumeClaim, emptyDir].filter((source) => source !== undefined).length;
  const sizeLimit = emptyDir?.sizeLimit;
  const medium = emptyDir?.medium;
  return [
    ...(kinds === 0 ? ["has no source: one of secret, configMap, persistentVolumeClaim and emptyDir is needed"] : []),
    ...(kinds > 1 ? ["has more than one source"] : []),
    ...(persistentVolumeClaim !== undefined && persistentVolumeClaim.claimName === undefined ? ["has no claimName"] : []),
    ...(medium !== undefined && medium !== "Memory" ? [`has the medium '${medium}'; only 'Memory' is allowed`] : []),
    ...(sizeLimit !== undefined && parseQuantity(sizeLimit) === undefined
      ? [`has the sizeLimit '${sizeLimit}', which is no quantity`]
      : []),
    ...pathProblems(path),
  ];
}

function pathProblems(path: string | undefined): string[] {
  if (path === undefined) return ["has no path"];
  return path.startsWith("/") ? [] : [`has the path '${path}'; it must start with '/'`];
}

function duplicate(volumes: readonly VolumeEntry[], index: number): string[] {
  const path = volumes[index]?.path;
  if (path === undefined) return [];
  const first = volumes.findIndex((other) => other.path !== undefined && posix.normalize(other.path) === posix.normalize(path));
  return first === index ? [] : [`has the path '${path}' of entry #${first}`];
}
