import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import type { Configuration } from "../../../../api/serving/configuration.ts";
import type { Route } from "../../../../api/serving/route.ts";
import type { ServiceStatus } from "../../../../api/serving/service.ts";
import {
  CONFIGURATIONS_READY,
  markConfigurationOutOfDate,
  markRouteOutOfDate,
  markTrafficNotMigrated,
  propagateReady,
  ROUTES_READY,
} from "../../../../api/serving/service-lifecycle.ts";
import type { TrafficTarget } from "../../../../api/serving/traffic.ts";
import { deepEqual } from "../../../../std/json.ts";
import { isCurrent } from "../shared/conditions.ts";

/** Takes over what the Configuration says. Changes `status`. */
export function propagateConfiguration(status: ServiceStatus, conditions: ConditionManager, configuration: Configuration): void {
  if (!isCurrent(configuration)) return markConfigurationOutOfDate(conditions);
  status.latestCreatedRevisionName = configuration.status?.latestCreatedRevisionName;
  status.latestReadyRevisionName = configuration.status?.latestReadyRevisionName;
  propagateReady(conditions, CONFIGURATIONS_READY, configuration.status?.conditions);
}

/** Takes over what the Route says, unless it does not yet lead to the latest revision. Changes `status`. */
export function propagateRoute(status: ServiceStatus, conditions: ConditionManager, route: Route, configuration: Configuration): void {
  if (!isCurrent(route)) return markRouteOutOfDate(conditions);
  status.url = route.status?.url;
  status.address = route.status?.address;
  status.traffic = route.status?.traffic;
  const ready = route.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status === "True" && isCurrent(configuration) && !isMigrated(route, configuration)) markTrafficNotMigrated(conditions);
  else propagateReady(conditions, ROUTES_READY, route.status?.conditions);
}

function isMigrated(route: Route, configuration: Configuration): boolean {
  const latest = configuration.status?.latestReadyRevisionName;
  const wanted = (route.spec.traffic ?? []).map((target) =>
    target.configurationName === configuration.metadata.name ? { ...target, configurationName: undefined, revisionName: latest } : target,
  );
  return deepEqual(wanted.map(comparable), (route.status?.traffic ?? []).map(comparable));
}

function comparable({ tag, revisionName, percent, latestRevision }: TrafficTarget): object {
  return { tag: tag || undefined, revisionName, percent: percent ?? 0, latestRevision: latestRevision ?? false };
}
