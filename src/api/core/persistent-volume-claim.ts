import { deepEqual } from "../../std/json.ts";
import { canonicalQuantity } from "../../std/quantity.ts";
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from "../k8s/types.generated.ts";
import { ageColumn, column, defineKind, nameColumn, wideColumn } from "../meta/define-kind.ts";
import type { FieldCause } from "../meta/kind.ts";
import { dropStatus, oldOf, strategyOf } from "../meta/strategy.ts";
import { forbiddenCause, notSupportedCause, oneOf, requiredCause } from "../meta/validation/causes.ts";

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOnce: "RWO",
  ReadWriteOncePod: "RWOP",
};
const IMMUTABLE = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

/** Clients look for claims before they name one in a volume. Nothing binds them here, so they stay Pending. */
export const persistentVolumeClaimKind = defineKind<PersistentVolumeClaim>({
  group: "",
  version: "v1",
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  namespaced: true,
  definition: "io.k8s.api.core.v1.PersistentVolumeClaim",
  shortNames: ["pvc"],
  subresources: { status: true },
  columns: [
    nameColumn(),
    column<PersistentVolumeClaim>("Status", "string", phaseOf),
    column<PersistentVolumeClaim>("Volume", "string", ({ spec }) => spec?.volumeName ?? ""),
    column<PersistentVolumeClaim>("Capacity", "string", capacityOf),
    column<PersistentVolumeClaim>("Access Modes", "string", accessModesOf),
    column<PersistentVolumeClaim>("StorageClass", "string", ({ spec }) => spec?.storageClassName ?? ""),
    column<PersistentVolumeClaim>("VolumeAttributesClass", "string", ({ spec }) => spec?.volumeAttributesClassName ?? "<unset>"),
    ageColumn(),
    wideColumn<PersistentVolumeClaim>("VolumeMode", ({ spec }) => spec?.volumeMode ?? "<unset>"),
  ],
  strategy: strategyOf<PersistentVolumeClaim>({
    prepare: dropStatus,
    default(draft) {
      if (draft.spec !== undefined) draft.spec.volumeMode ??= "Filesystem";
      draft.status ??= { phase: "Pending" };
    },
    causes(object, context) {
      const old = oldOf<PersistentVolumeClaim>(context);
      return [
        ...specCauses(object.spec ?? {}),
        ...(old === undefined || isSameClaim(object, old) ? [] : [forbiddenCause("spec", IMMUTABLE)]),
      ];
    },
  }),
});

function specCauses({ accessModes = [], resources, volumeMode }: PersistentVolumeClaimSpec): FieldCause[] {
  const known = Object.keys(ACCESS_MODES);
  const unknown = accessModes.filter((mode) => !known.includes(mode));
  return [
    ...(accessModes.length === 0 ? [requiredCause("spec.accessModes", "at least 1 access mode is required")] : []),
    ...unknown.map((mode) => notSupportedCause("spec.accessModes", mode, known)),
    ...(resources?.requests?.["storage"] === undefined ? [requiredCause("spec.resources[storage]")] : []),
    ...oneOf("spec.volumeMode", volumeMode, ["Block", "Filesystem"]),
  ];
}

/** Only a bound claim may change, and only the size that it asks for. */
function isSameClaim({ spec }: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const free = old.status?.phase === "Bound" ? { resources: undefined } : {};
  return deepEqual({ ...spec, ...free }, { ...old.spec, ...free });
}

function phaseOf({ metadata, status }: PersistentVolumeClaim): string {
  return metadata.deletionTimestamp ? "Terminating" : (status?.phase ?? "");
}

function capacityOf({ spec, status }: PersistentVolumeClaim): string {
  const bound = spec?.volumeName ? status?.capacity?.["storage"] : undefined;
  return bound === undefined ? "" : canonicalQuantity(String(bound));
}

function accessModesOf({ spec, status }: PersistentVolumeClaim): string {
  const bound = spec?.volumeName ? (status?.accessModes ?? []) : [];
  return bound.map((mode) => ACCESS_MODES[mode] ?? mode).join(",");
}
