import { isGone } from "../../api/meta/errors.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import type { Client } from "../../client/types.ts";
import { delay } from "../../std/abort.ts";
import { backoffMs } from "../../std/backoff.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import type { EventFilter } from "../filter/filter.ts";
import { SeenObjects, type ChangeType, type ObjectChange, type ResumePoint } from "./api-server-changes.ts";
import { apiServerEvent, type ApiServerMode } from "./api-server-event.ts";
import type { Emitter, SourceIdentity } from "./emitter.ts";

/** One resource that an ApiServerSource follows, in one namespace or in all. */
export interface FollowedResource {
  readonly kind: KindRef;
  readonly namespace?: string;
  readonly labelSelector?: string;
}

export interface ApiServerSpec extends SourceIdentity {
  readonly mode: ApiServerMode;
  readonly resources: readonly FollowedResource[];
  /** Only objects that such an object controls. */
  readonly owner?: { readonly apiVersion: string; readonly kind: string };
  readonly filter?: EventFilter;
}

export interface ApiServerWorld {
  readonly client: Pick<Client, "list" | "watch">;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly emitter: Emitter;
  /** URL that events name as their source. */
  readonly apiServer: string;
}

const BACKOFF = { initialMs: 50, maxMs: 30_000, jitter: 0.5 };
const TYPES: Readonly<Record<string, ChangeType>> = { ADDED: "add", MODIFIED: "update", DELETED: "delete" };

/**
 * Follows one resource and makes an event of each change until the signal aborts. What is there at the start is no change.
 *
 * - I1 an event is durable before the next change is taken, so a broken watch goes on where the events end.
 * - I2 when the server has forgotten that point, the changes are found by comparing with what was seen.
 * - I3 `resumeAt` goes on where an earlier run ended, also when the server has forgotten that point.
 */
export async function followResource(
  world: ApiServerWorld,
  spec: ApiServerSpec,
  resource: FollowedResource,
  { signal, resumeAt }: { readonly signal: AbortSignal; readonly resumeAt?: ResumePoint },
): Promise<void> {
  const follower = new Follower(world, spec, resource);
  for (let failures = 0; !signal.aborted;) {
    try {
      await follower.run(signal, resumeAt);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      world.logger.warn("a source lost its watch, trying again", { namespace: spec.namespace, name: spec.name, error });
      await delay(world.clock, backoffMs(failures++, BACKOFF, world.random), signal).catch(() => {});
    }
  }
}

class Follower {
  readonly #world: ApiServerWorld;
  readonly #spec: ApiServerSpec;
  readonly #resource: FollowedResource;
  readonly #seen = new SeenObjects();
  /** Everything up to here has its event. */
  #version: string | undefined;

  constructor(world: ApiServerWorld, spec: ApiServerSpec, resource: FollowedResource) {
    this.#world = world;
    this.#spec = spec;
    this.#resource = resource;
  }

  /** Lists where that is needed, then follows one watch to its end. */
  async run(signal: AbortSignal, resumeAt: ResumePoint | undefined): Promise<void> {
    if (this.#version === undefined) {
      const { items, resourceVersion } = await this.#list();
      if (resumeAt === undefined) this.#seen.baseline(items);
      else this.#seen.baselineAt(items, resumeAt); // I3
      this.#version = resumeAt?.version ?? resourceVersion;
    }
    try {
      const { kind, ...selection } = this.#resource;
      const options = { ...selection, resourceVersion: this.#version, allowWatchBookmarks: true };
      for await (const { type, object } of this.#world.client.watch(kind, options, signal)) {
        const changeType = TYPES[type];
        if (changeType !== undefined) await this.#emit({ type: changeType, object }, signal);
        this.#version = object.metadata.resourceVersion ?? this.#version; // I1
      }
    } catch (error) {
      if (!isGone(error)) throw error;
      await this.#catchUp(signal);
    }
  }

  async #catchUp(signal: AbortSignal): Promise<void> {
    const { items, resourceVersion } = await this.#list();
    for (const change of this.#seen.relisted(items)) await this.#emit(change, signal); // I2
    this.#version = resourceVersion;
  }

  #list(): Promise<{ readonly items: readonly KubeObject[]; readonly resourceVersion: string }> {
    const { kind, ...selection } = this.#resource;
    return this.#world.client.list(kind, selection);
  }

  async #emit(change: ObjectChange, signal: AbortSignal): Promise<void> {
    const { owner, mode, filter } = this.#spec;
    if (owner === undefined || isControlledBy(change.object, owner)) {
      const { apiServer: source, clock, emitter } = this.#world;
      const event = apiServerEvent({ change, kind: this.#resource.kind, mode, source, nowMs: clock.now() });
      if (filter?.matches(event) ?? true) await emitter.emit(this.#spec, event, signal);
    }
    this.#seen.apply(change);
  }
}

function isControlledBy({ metadata }: KubeObject, { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return (metadata.ownerReferences ?? []).some(
    (owner) => owner.controller === true && owner.kind === kind && owner.apiVersion === apiVersion,
  );
}
