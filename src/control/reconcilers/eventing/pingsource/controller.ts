import type { ObjectKey } from "../../../../api/meta/object.ts";
import type { EventPlaneView } from "../../../../api/ports/events.ts";
import { markSourceOidcDisabled, PING_SOURCE_CONDITIONS } from "../../../../api/sources/lifecycle.ts";
import { PING_EVENT_TYPE, pingEventSource, pingSourceKind, type PingSource } from "../../../../api/sources/ping-source.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { sourcesOf } from "../../../controller/sources.ts";
import { Tracker, type Reference } from "../../../controller/tracker.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { conditionsOf } from "../../serving/shared/conditions.ts";
import { DestinationResolver } from "../shared/destination.ts";
import type { EventingOptions } from "../shared/options.ts";
import { planeSource } from "../shared/plane.ts";
import { markDeployed, resolveSink } from "../shared/sink.ts";

interface PingSourceWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly sources: Informer<PingSource>;
  readonly resolver: DestinationResolver;
  readonly tracker: Tracker;
  readonly events: EventPlaneView;
}

export function pingSourceController(deps: ControllerDeps, { kinds, events }: EventingOptions): Controller {
  const world: PingSourceWorld = {
    client: deps.client,
    clock: deps.clock,
    sources: deps.informers.of(pingSourceKind),
    resolver: new DestinationResolver(deps, kinds),
    tracker: new Tracker(deps.informers),
    events,
  };
  return {
    name: "pingsource-controller",
    sources: sourcesOf(world.sources, world.tracker, planeSource(events, world.sources)),
    reconcile: (key) => reconcilePingSource(world, key),
  };
}

async function reconcilePingSource(world: PingSourceWorld, key: ObjectKey): Promise<Outcome> {
  const source = world.sources.get(key);
  if (source === undefined || source.metadata.deletionTimestamp !== undefined) {
    world.tracker.forget(key);
    return done;
  }
  const conditions = conditionsOf(PING_SOURCE_CONDITIONS, source, world.clock.now());
  const status: NonNullable<PingSource["status"]> = { ...source.status };
  const references: Reference[] = [];
  resolveSink(status, conditions, { resolver: world.resolver, sink: source.spec.sink, namespace: key.namespace, references });
  status.ceAttributes = [{ type: PING_EVENT_TYPE, source: pingEventSource(key.namespace, key.name) }];
  markDeployed(conditions, world.events.source(source.metadata.uid ?? ""));
  markSourceOidcDisabled(conditions);
  world.tracker.track(key, references);
  status.conditions = conditions.conditions;
  status.observedGeneration = source.metadata.generation;
  await updateStatusIfChanged(world.client, pingSourceKind, source, status);
  return done;
}
