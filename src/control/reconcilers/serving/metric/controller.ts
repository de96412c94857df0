import { metricKind } from "../../../../api/autoscaling-internal/metric.ts";
import { ConditionManager, type ConditionSet } from "../../../../api/meta/conditions.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { ECHO_MS, ownSource, settled } from "../../../controller/sources.ts";
import { done, type Controller } from "../../../controller/types.ts";

const CONDITIONS: ConditionSet = { happy: "Ready", dependents: [] };

/** A Metric is ready as soon as it is known: the gateway reports every revision without being asked. */
export function metricController(deps: ControllerDeps): Controller {
  const metrics = deps.informers.of(metricKind);
  return {
    name: "metric-controller",
    sources: [settled(ownSource(metrics), ECHO_MS)],
    reconcile: async (key) => {
      const metric = metrics.get(key);
      if (metric === undefined || metric.metadata.deletionTimestamp !== undefined) return done;
      const manager = new ConditionManager(CONDITIONS, metric.status?.conditions, deps.clock.now());
      manager.markTrue(CONDITIONS.happy);
      await updateStatusIfChanged(deps.client, metricKind, metric, {
        ...metric.status,
        conditions: manager.conditions,
        observedGeneration: metric.metadata.generation,
      });
      return done;
    },
  };
}
