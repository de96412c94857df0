import type { Volume, VolumeMount } from "../../k8s/types.generated.ts";
import {
  disallowedFields,
  eachOf,
  fieldError,
  invalidValue,
  missingField,
  missingOneOf,
  multipleOneOf,
  type FieldErrors,
} from "../../duck/field-error.ts";
import { isAllowed, type Feature, type FeaturesConfig } from "../../config/features.ts";

const ALWAYS = ["secret", "configMap", "projected"] as const;
const BEHIND_FLAG = [
  { field: "emptyDir", feature: "kubernetes.podspec-volumes-emptydir", what: "EmptyDir" },
  { field: "hostPath", feature: "kubernetes.podspec-volumes-hostpath", what: "HostPath" },
  { field: "persistentVolumeClaim", feature: "kubernetes.podspec-persistent-volume-claim", what: "Persistent volume claim" },
  { field: "csi", feature: "kubernetes.podspec-volumes-csi", what: "CSI" },
  { field: "ephemeral", feature: "kubernetes.podspec-volumes-ephemeral", what: "Ephemeral" },
  { field: "image", feature: "kubernetes.podspec-volumes-image", what: "Image" },
] as const satisfies readonly { field: keyof Volume; feature: Feature; what: string }[];

const LABEL_1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const RESERVED_PATHS = ["/", "/dev", "/dev/log"];

/** Faults of `volumes`, relative to the pod spec. `mounted` names the volumes that some container mounts. */
export function validateVolumes(
  volumes: readonly Volume[] | undefined,
  mounted: ReadonlySet<string>,
  features: FeaturesConfig,
): FieldErrors {
  const seen = new Set<string>();
  return eachOf("volumes", volumes, (volume) => {
    const name = (volume as Partial<Volume>).name ?? "";
    const twice = seen.has(name);
    seen.add(name);
    return [
      ...(twice ? fieldError(`duplicate volume name ${JSON.stringify(name)}`, "name") : []),
      ...(mounted.has(name) ? [] : fieldError(`volume with name ${JSON.stringify(name)} not mounted`, "name")),
      ...(name === "" ? missingField("name") : LABEL_1123.test(name) && name.length <= 63 ? [] : invalidValue(name, "name")),
      ...sourceFaults(volume, features),
    ];
  });
}

function sourceFaults(volume: Volume, features: FeaturesConfig): FieldErrors {
  const off = BEHIND_FLAG.filter(({ field, feature }) => volume[field] !== undefined && !isAllowed(features, feature));
  const given = [...ALWAYS, ...BEHIND_FLAG.map(({ field }) => field)].filter((field) => volume[field] !== undefined);
  const allowed = [...ALWAYS, ...BEHIND_FLAG.filter(({ feature }) => isAllowed(features, feature)).map(({ field }) => field)];
  return [
    ...off.flatMap(({ what }) => fieldError(`${what} volume support is disabled, but found ${what} volume ${volume.name}`, [])),
    ...(off.length > 0 ? disallowedFields(...off.map(({ field }) => field)) : []),
    ...(given.length === 0 ? missingOneOf(...allowed) : given.length > 1 ? multipleOneOf(...given) : []),
  ];
}

/** Faults of `volumeMounts`, relative to the container. */
export function validateVolumeMounts(
  mounts: readonly VolumeMount[] | undefined,
  volumes: readonly Volume[] | undefined,
  features: FeaturesConfig,
): FieldErrors {
  const seen = new Set<string>();
  return eachOf("volumeMounts", mounts, (mount) => {
    const volume = volumes?.find(({ name }) => name === mount.name);
    return [
      ...(volume === undefined ? fieldError("volumeMount has no matching volume", "name") : []),
      ...mountPathFaults(mount.mountPath, seen),
      ...readOnlyFault(mount, volume, features),
      ...(mount.mountPropagation !== undefined && !isAllowed(features, "kubernetes.podspec-volumes-mount-propagation")
        ? disallowedFields("mountPropagation")
        : []),
    ];
  });
}

function mountPathFaults(path: string | undefined, seen: Set<string>): FieldErrors {
  if (!path) return missingField("mountPath");
  const clean = path.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
  if (RESERVED_PATHS.includes(clean)) return fieldError(`mountPath ${JSON.stringify(clean)} is a reserved path`, "mountPath");
  if (!clean.startsWith("/")) return invalidValue(path, "mountPath");
  if (seen.has(clean)) return fieldError(`${JSON.stringify(path)} must be unique`, "mountPath");
  seen.add(clean);
  return [];
}

function readOnlyFault(mount: VolumeMount, volume: Volume | undefined, features: FeaturesConfig): FieldErrors {
  if (volume === undefined || mount.readOnly === true || isWritable(volume)) return [];
  if (volume.persistentVolumeClaim !== undefined && isAllowed(features, "kubernetes.podspec-persistent-volume-write")) return [];
  return fieldError("volume mount should be readOnly for this type of volume", "readOnly");
}

/** Kinds of volumes that containers may write to, flag or no flag. */
function isWritable(volume: Volume): boolean {
  return volume.emptyDir !== undefined || volume.ephemeral !== undefined || volume.hostPath !== undefined || volume.csi !== undefined;
}
