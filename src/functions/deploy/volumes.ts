import type { Volume, VolumeMount } from "../../api/k8s/types.generated.ts";
import type { VolumeEntry } from "../project/config.ts";

export interface ContainerVolumes {
  readonly volumes: Volume[];
  readonly volumeMounts: VolumeMount[];
}

/** What `run.volumes` of func.yaml becomes in a pod: one volume an entry. */
export function containerVolumes(entries: readonly VolumeEntry[] = []): ContainerVolumes {
  const volumes = entries.map((entry, index) => volumeOf(entry, `vol-${index}`));
  const volumeMounts = entries.map(({ path = "", persistentVolumeClaim }, index) => ({
    name: `vol-${index}`,
    mountPath: path,
    ...(persistentVolumeClaim?.readOnly === true ? { readOnly: true } : {}),
  }));
  return { volumes, volumeMounts };
}

function volumeOf({ secret, configMap, persistentVolumeClaim, emptyDir }: VolumeEntry, name: string): Volume {
  if (secret !== undefined) return { name, secret: { secretName: secret } };
  if (configMap !== undefined) return { name, configMap: { name: configMap } };
  if (persistentVolumeClaim !== undefined) return { name, persistentVolumeClaim: { ...persistentVolumeClaim } };
  return { name, emptyDir: { ...emptyDir } };
}
