import { describe } from "node:test";
import { causesTable, cellsTable, defaultsTable } from "../meta/kind-table.contract.ts";
import { persistentVolumeClaimKind } from "./persistent-volume-claim.ts";

const resources = { requests: { storage: "1Gi" } };
const spec = { accessModes: ["ReadWriteOnce"], resources, volumeMode: "Filesystem" };

describe("PersistentVolumeClaim", () => {
  defaultsTable(persistentVolumeClaimKind, [
    [
      "mode and phase; a client's status is dropped",
      { spec: { accessModes: ["ReadWriteOnce"], resources }, status: { phase: "Bound" } },
      { spec, status: { phase: "Pending" } },
    ],
  ]);
  causesTable(persistentVolumeClaimKind, [
    ["good", { spec }, []],
    [
      "empty",
      { spec: {} },
      ["spec.accessModes: Required value: at least 1 access mode is required", "spec.resources[storage]: Required value"],
    ],
    [
      "unknown words",
      { spec: { ...spec, accessModes: ["Sometimes"], volumeMode: "Tape" } },
      [
        'spec.accessModes: Unsupported value: "Sometimes": supported values: ' +
          '"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
        'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
      ],
    ],
    [
      "another mode, later",
      { spec: { ...spec, accessModes: ["ReadWriteMany"] } },
      ["spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"],
      { spec },
    ],
    [
      "more room, before it is bound",
      { spec: { ...spec, resources: { requests: { storage: "2Gi" } } } },
      ["spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"],
      { spec },
    ],
  ]);
  cellsTable(persistentVolumeClaimKind, [
    ["unbound", { spec, status: { phase: "Pending" } }, ["x", "Pending", "", "", "", "", "<unset>", "60m", "Filesystem"]],
    [
      "bound",
      {
        spec: { ...spec, volumeName: "v", storageClassName: "fast" },
        status: { phase: "Bound", capacity: { storage: "1024Mi" }, accessModes: ["ReadWriteOnce", "ReadOnlyMany"] },
      },
      ["x", "Bound", "v", "1Gi", "RWO,ROX", "fast", "<unset>", "60m", "Filesystem"],
    ],
  ]);
});
