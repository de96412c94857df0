import { leaseKind } from "../../../../api/coordination/lease.ts";
import type { Lease } from "../../../../api/k8s/types.generated.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import { EXPIRES_LABEL } from "../../../../api/names/kinetic.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { informerSource } from "../../../controller/sources.ts";
import { done, requeueAfter, type Controller, type Outcome } from "../../../controller/types.ts";

interface LeaseWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly leases: Informer<Lease>;
}

const DEFAULT_DURATION_SECONDS = 15;

/** Deletes Leases that ask for it once nobody renews them; the garbage collector then takes what they own. */
export function leaseController(deps: ControllerDeps): Controller {
  const leases = deps.informers.of(leaseKind);
  const world: LeaseWorld = { client: deps.client, clock: deps.clock, leases };
  const expiring = ({ metadata: { namespace = "", name = "", labels } }: Lease) =>
    labels?.[EXPIRES_LABEL] === "true" ? [{ namespace, name }] : [];
  return { name: "lease-controller", sources: [informerSource(leases, expiring)], reconcile: (key) => reconcileLease(world, key) };
}

async function reconcileLease({ client, clock, leases }: LeaseWorld, key: ObjectKey): Promise<Outcome> {
  const lease = leases.get(key);
  if (lease === undefined || lease.metadata.labels?.[EXPIRES_LABEL] !== "true") return done;
  const { uid = "", resourceVersion = "", creationTimestamp } = lease.metadata;
  const renewedMs = Date.parse(lease.spec?.renewTime ?? creationTimestamp ?? "");
  const leftMs = renewedMs + (lease.spec?.leaseDurationSeconds ?? DEFAULT_DURATION_SECONDS) * 1000 - clock.now();
  if (leftMs > 0) return requeueAfter(leftMs);
  // One that was renewed at this moment is another version, and stays.
  await client.delete(leaseKind, key, { preconditions: { uid, resourceVersion } });
  return done;
}
