/** Planted defects: each turns the simulation red, with the invariant that it breaks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { knativeServiceKind } from "../../src/api/serving/service.ts";
import { openDrainGate } from "../../src/api/ports/drain.ts";
import type { ControllerDeps } from "../../src/control/controller/deps.ts";
import { requeueAfter, type Controller } from "../../src/control/controller/types.ts";
import type { Decision } from "../../src/control/autoscaler/decide.ts";
import { Autoscaler } from "../../src/control/reconcilers/serving/podautoscaler/autoscaler.ts";
import { simulate } from "../../src/testing/sim/run.ts";
import type { Defect } from "../../src/testing/sim/world.ts";
import type { Dispatchers } from "../../src/traffic/dispatch/dispatchers.ts";
import type { BackendSpec } from "../../src/traffic/routes/backend.ts";

interface Row {
  readonly name: string;
  readonly seed: number;
  readonly steps?: number;
  readonly defect: Defect;
  readonly finds: RegExp;
}

class NeverZero extends Autoscaler {
  override decision(key: string): Decision | undefined {
    const decision = super.decision(key);
    return decision === undefined ? undefined : { ...decision, desired: Math.max(1, decision.desired) };
  }
}

/** The dispatchers with another idea of their backends. */
function seeing(change: (spec: BackendSpec) => BackendSpec): (dispatchers: Dispatchers) => Dispatchers {
  return (dispatchers) => {
    const apply = dispatchers.apply.bind(dispatchers);
    dispatchers.apply = (key, spec) => apply(key, change(spec));
    return dispatchers;
  };
}

/** Changes a Service's label in a reconcile of the service controller, and again when `everyMs` are over. */
function rewriting(everyMs: number): (controllers: Controller[], deps: ControllerDeps) => Controller[] {
  let count = 0;
  let writtenAt = 0;
  return (controllers, { client, clock }) =>
    controllers.map((controller) => {
      if (controller.name !== "service-controller") return controller;
      const reconcile: Controller["reconcile"] = async (key, signal) => {
        const outcome = await controller.reconcile(key, signal);
        if (outcome.kind !== "done" || (await client.get(knativeServiceKind, key)) === undefined) return outcome;
        if (clock.now() - writtenAt >= everyMs) {
          writtenAt = clock.now();
          count += 1;
          await client.patch(knativeServiceKind, key, { type: "merge", body: { metadata: { labels: { touched: `t${count}` } } } });
        }
        return requeueAfter(everyMs);
      };
      return { ...controller, reconcile };
    });
}

const ROWS: readonly Row[] = [
  { name: "a node that does not wait for the drain", seed: 14, defect: { drainGate: openDrainGate }, finds: /got 502/ },
  {
    name: "an autoscaler that never goes to zero",
    seed: 1,
    steps: 6,
    defect: { autoscaler: ({ clock }) => new NeverZero(clock) },
    finds: /rests at 1 pods/,
  },
  { name: "a reconciler that rewrites each time", seed: 1, steps: 4, defect: { controllers: rewriting(0) }, finds: /a hot loop/ },
  {
    name: "a reconciler that writes now and then for nothing",
    seed: 1,
    steps: 4,
    defect: { controllers: rewriting(7_000) },
    finds: /quiet seconds: KnativeService/,
  },
  {
    name: "a dispatcher that ignores containerConcurrency",
    seed: 1,
    defect: { wrapDispatchers: seeing((spec) => ({ ...spec, settings: { ...spec.settings, containerConcurrency: 0 } })) },
    finds: /more than its revision allows/,
  },
  {
    name: "a dispatcher that knows one instance only",
    seed: 1,
    defect: { wrapDispatchers: seeing((spec) => ({ ...spec, instances: spec.instances.slice(0, 1) })) },
    finds: /requests wait for .* has room/,
  },
  {
    name: "a world without garbage collection",
    seed: 1,
    steps: 4,
    defect: { controllers: (all) => all.filter(({ name }) => !name.includes("garbage")) },
    finds: /left behind: /,
  },
];

for (const { name, finds, ...options } of ROWS) {
  test(`simulation finds ${name}`, async () => {
    await assert.rejects(simulate(options), finds);
  });
}
