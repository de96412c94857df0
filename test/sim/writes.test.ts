/**
 * How often the store is written for one Service that is created, becomes Ready, rests and is deleted. Each write costs CPU
 * on every user's machine, so a bound that is passed is a regression: find the write (verbose in the trace) and its reason.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { knativeServiceKind, type KnativeService } from "../../src/api/serving/service.ts";
import { USER_NAMESPACE } from "../../src/testing/sim/control-plane.ts";
import { isReady, SimWorld } from "../../src/testing/sim/world.ts";

const key = { namespace: USER_NAMESPACE, name: "alpha" };
const STEP_MS = 250;
/** Long enough for all that is told late, shorter than the way to zero. */
const REST_MS = 5_000;

/** Writes from creation until Ready and rest, then those of the deletion. */
const BOUNDS: Readonly<Record<string, readonly [alive: number, deletion: number]>> = {
  KnativeService: [5, 1], // OutOfDate, RevisionMissing, IngressNotConfigured, Ready: kn prints each
  Configuration: [5, 1],
  Revision: [5, 1],
  Route: [4, 1],
  Deployment: [4, 1],
  ReplicaSet: [3, 1],
  Pod: [5, 2],
  PodAutoscaler: [5, 1],
  ServerlessService: [3, 1],
  Metric: [2, 1],
  Ingress: [2, 1],
  Service: [3, 3], // public, private and placeholder
  Endpoints: [3, 2],
  EndpointSlice: [3, 2],
  events: [9, 0],
};

/** Programs that start at once and programs that take so long that a wait is told. */
for (const seed of [1, 2, 3]) {
  test(`writes: a Service costs the store no more than it must, seed ${seed}`, async () => {
    const world = new SimWorld(seed);
    try {
      const [alive, deletion] = await livesAndGoes(world);
      const kinds = new Set([...Object.keys(BOUNDS), ...alive.keys(), ...deletion.keys()]);
      const found = [...kinds].map((kind) => [kind, [alive.get(kind) ?? 0, deletion.get(kind) ?? 0]] as const);
      const worse = found.filter(([kind, counts]) => counts.some((count, phase) => count > (BOUNDS[kind]?.[phase] ?? 0)));
      assert.deepEqual(Object.fromEntries(worse), {}, `more than the bounds allow; all: ${JSON.stringify(Object.fromEntries(found))}`);
    } finally {
      await world.dispose();
    }
  });
}

async function livesAndGoes(world: SimWorld): Promise<[alive: Map<string, number>, deletion: Map<string, number>]> {
  await world.start();
  world.ledger.mark();
  await world.plane.userClient.create(knativeServiceKind, makeService());
  await until(world, () => isReady(world.service(key.name)));
  await world.advance(REST_MS);
  const alive = takeCounts(world);
  await world.plane.userClient.delete(knativeServiceKind, key);
  await until(world, () => world.ledger.list("Pod").length === 0);
  await world.advance(REST_MS);
  return [alive, takeCounts(world)];
}

function makeService(): KnativeService {
  const annotations = { "autoscaling.knative.dev/max-scale": "1" };
  return {
    metadata: { ...key },
    spec: { template: { metadata: { annotations }, spec: { containers: [{ name: "user-container", image: "sim/app" }] } } },
  };
}

async function until(world: SimWorld, holds: () => boolean): Promise<void> {
  for (let rounds = 0; !holds(); rounds += 1) {
    assert.ok(rounds < 400, "it takes too long");
    await world.advance(STEP_MS);
  }
}

/** Writes by kind since the last time. Of Events only the key is known. */
function takeCounts({ ledger }: SimWorld): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [id, count] of ledger.recent) {
    const kind = id.startsWith("/core/events/") ? "events" : (id.split(" ")[0] ?? "");
    counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  ledger.mark();
  return counts;
}
