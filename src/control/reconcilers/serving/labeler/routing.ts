import type { Configuration } from "../../../../api/serving/configuration.ts";
import type { Revision } from "../../../../api/serving/revision.ts";
import type { Route } from "../../../../api/serving/route.ts";
import type { TrafficTarget } from "../../../../api/serving/traffic.ts";
import {
  CONFIGURATION_GENERATION_LABEL,
  ROUTES_ANNOTATION,
  ROUTING_STATE_LABEL,
  ROUTING_STATE_MODIFIED_ANNOTATION,
} from "../../../../api/names/labels.ts";
import { rfc3339 } from "../../../../std/clock.ts";

/** All targets that a route names: those it wants and those it still serves. */
export function targetsOf(route: Route): readonly TrafficTarget[] {
  return [...(route.status?.traffic ?? []), ...(route.spec.traffic ?? [])];
}

/** Names of the routes that lead to a Configuration, sorted, joined by commas; "" for none. */
export function routesToConfiguration(routes: readonly Route[], configuration: Configuration, revisions: readonly Revision[]): string {
  const own = new Set(revisions.map(({ metadata }) => metadata.name));
  return joined(
    routes.filter((route) =>
      targetsOf(route).some(
        ({ configurationName, revisionName }) =>
          configurationName === configuration.metadata.name || (revisionName !== undefined && own.has(revisionName)),
      ),
    ),
  );
}

/** Names of the routes that lead to a revision. The newest counts already for those that follow the latest. */
export function routesToRevision(routes: readonly Route[], revision: Revision, configuration: Configuration): string {
  const { name } = revision.metadata;
  const isNewest = configuration.status?.latestCreatedRevisionName === name || isOfGeneration(revision, configuration);
  return joined(
    routes.filter((route) =>
      targetsOf(route).some(
        ({ configurationName, revisionName }) =>
          revisionName === name || (isNewest && configurationName !== undefined && configurationName === configuration.metadata.name),
      ),
    ),
  );
}

/** The Configuration may not have said yet that it made this one. */
function isOfGeneration({ metadata: { labels } }: Revision, { metadata: { generation } }: Configuration): boolean {
  return labels?.[CONFIGURATION_GENERATION_LABEL] === String(generation);
}

function joined(routes: readonly Route[]): string {
  return routes
    .map(({ metadata }) => metadata.name ?? "")
    .toSorted()
    .join(",");
}

/** A merge patch of the metadata, or undefined when nothing has to change. */
export type MetadataPatch = { readonly metadata: object } | undefined;

export function configurationPatch(configuration: Configuration, routes: string): MetadataPatch {
  if ((configuration.metadata.annotations?.[ROUTES_ANNOTATION] ?? "") === routes) return undefined;
  return { metadata: { annotations: { [ROUTES_ANNOTATION]: routes === "" ? null : routes } } };
}

/**
 * A revision with routes is active. One that has lost them, or that nobody needs although its Configuration is
 * routed, is in reserve; before anything is routed it stays pending.
 */
export function revisionPatch(revision: Revision, routes: string, isRouted: boolean, now: number): MetadataPatch {
  const { labels, annotations } = revision.metadata;
  const before = labels?.[ROUTING_STATE_LABEL] ?? "pending";
  const state = routes !== "" ? "active" : before === "pending" && !isRouted ? "pending" : "reserve";
  const sameRoutes = (annotations?.[ROUTES_ANNOTATION] ?? "") === routes;
  if (state === before && sameRoutes) return undefined;
  return {
    metadata: {
      labels: { [ROUTING_STATE_LABEL]: state },
      annotations: {
        ...(sameRoutes ? {} : { [ROUTES_ANNOTATION]: routes === "" ? null : routes }),
        ...(state === before ? {} : { [ROUTING_STATE_MODIFIED_ANNOTATION]: rfc3339(now) }),
      },
    },
  };
}
