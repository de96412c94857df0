import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { leaseController } from "./controller.ts";

const lease = (renewTime: string, labels: Record<string, string> = { "kinetic.dev/expires": "true" }) => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { namespace: "ns", name: "dev", labels },
  spec: { holderIdentity: "me", leaseDurationSeconds: 10, renewTime },
});

// The clock of the table stands at 2025-01-01T00:00:00Z.
reconcileTable(
  (world) => leaseController(world),
  [
    {
      name: "lease: one that nobody renews is deleted",
      world: [lease("2024-12-31T23:59:50.000000Z")],
      key: "ns/dev",
      writes: [{ verb: "delete", kind: "Lease", key: "ns/dev" }],
    },
    {
      name: "lease: one that is held stays, and is looked at when it ends",
      world: [lease("2024-12-31T23:59:55.000000Z")],
      key: "ns/dev",
      outcome: { kind: "requeueAfter", afterMs: 5000 },
    },
    { name: "lease: one that does not ask for it stays", world: [lease("2020-01-01T00:00:00.000000Z", {})], key: "ns/dev" },
  ],
);
