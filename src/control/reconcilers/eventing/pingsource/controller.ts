import type { ObjectKey } from "../../../../api/meta/object.ts";
import { markSourceOidcDisabled, PING_SOURCE_CONDITIONS } from "../../../../api/sources/lifecycle.ts";
import { PING_EVENT_TYPE, pingEventSource, pingSourceKind, type PingSource } from "../../../../api/sources/ping-source.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { sourcesOf } from "../../../controller/sources.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import type { EventingOptions } from "../shared/options.ts";
import { planeSource } from "../shared/plane.ts";
import { markDeployed, resolveSink } from "../shared/sink.ts";
import { beginPass, endPass, eventingWorld, presentObject, settingsSource, type EventingWorld } from "../shared/world.ts";

export function pingSourceController(deps: ControllerDeps, options: EventingOptions): Controller {
  const world = eventingWorld(deps, options, pingSourceKind);
  return {
    name: "pingsource-controller",
    sources: sourcesOf(world.objects, world.tracker, settingsSource(deps, world), planeSource(options.events, world.objects)),
    reconcile: (key) => reconcilePingSource(world, key),
  };
}

async function reconcilePingSource(world: EventingWorld<PingSource>, key: ObjectKey): Promise<Outcome> {
  const source = presentObject(world, key);
  if (source === undefined) return done;
  const pass = beginPass(world, source, PING_SOURCE_CONDITIONS);
  const { status, conditions, references } = pass;
  resolveSink(status, conditions, { resolver: world.resolver, sink: source.spec.sink, namespace: key.namespace, references });
  status.ceAttributes = [{ type: PING_EVENT_TYPE, source: pingEventSource(key.namespace, key.name) }];
  markDeployed(conditions, world.events.source(source.metadata.uid ?? ""));
  markSourceOidcDisabled(conditions);
  await endPass(world, pass);
  return done;
}
