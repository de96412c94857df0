import type { Destination } from "../../../../api/duck/destination.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import { DEPLOYED, SINK_PROVIDED } from "../../../../api/sources/lifecycle.ts";
import type { SourceView } from "../../../../api/ports/events.ts";
import type { Reference } from "../../../controller/tracker.ts";
import type { DestinationResolver } from "./destination.ts";

/** The part of a status that says where events go. */
export interface SinkStatus {
  sinkUri?: string | undefined;
  sinkCACerts?: string | undefined;
  sinkAudience?: string | undefined;
}

interface SinkCase {
  readonly resolver: DestinationResolver;
  readonly sink: Destination | undefined;
  readonly namespace: string;
  readonly references: Reference[];
}

/** Resolves a sink and says what came of it. Changes `status`. */
export function resolveSink(status: SinkStatus, conditions: ConditionManager, { resolver, sink, namespace, references }: SinkCase): void {
  const found = sink === undefined ? undefined : resolver.resolve(sink, namespace, references);
  const address = found?.kind === "resolved" ? found.address : undefined;
  status.sinkUri = address?.url;
  status.sinkCACerts = address?.CACerts;
  status.sinkAudience = address?.audience;
  if (found === undefined) conditions.markUnknown(SINK_PROVIDED, "SinkEmpty", "Sink has resolved to empty.");
  else if (found.kind === "resolved") conditions.markTrue(SINK_PROVIDED);
  else conditions.markFalse(SINK_PROVIDED, "NotFound", found.message);
}

/** A source runs inside the event plane; there is no deployment to wait for. */
export function markDeployed(conditions: ConditionManager, view: SourceView | undefined): void {
  if (view === undefined) conditions.markUnknown(DEPLOYED, "DeploymentUnavailable", "The event plane has not yet taken up this source.");
  else if (view.problem !== undefined) conditions.markFalse(DEPLOYED, "DeploymentUnavailable", view.problem);
  else if (view.running) conditions.markTrue(DEPLOYED);
  else conditions.markUnknown(DEPLOYED, "DeploymentUpdating", "The event plane starts this source.");
}
