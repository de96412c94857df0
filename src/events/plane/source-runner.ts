import { randomUUID } from "node:crypto";
import { allKinds } from "../../api/kinds.ts";
import { apiVersionOf } from "../../api/meta/kind.ts";
import type { SourceView } from "../../api/ports/events.ts";
import type { ApiServerSource } from "../../api/sources/api-server-source.ts";
import { pingSourceKind, type PingSource } from "../../api/sources/ping-source.ts";
import type { Client } from "../../client/types.ts";
import { rfc3339, type Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import type { Journal } from "../journal/contract.ts";
import { followResource, type ApiServerSpec } from "../sources/api-server-source.ts";
import { createEmitter, type Emitter } from "../sources/emitter.ts";
import { recentEvents, resumePoint } from "../sources/api-server-resume.ts";
import { PingSources, type PingSpec } from "../sources/ping-sources.ts";
import { apiServerSpec, LAST_SCHEDULE, pingSpec } from "./project-sources.ts";

export interface SourceWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly journal: Pick<Journal, "append" | "streams" | "read">;
}

/** As pods know it; the controllers say the same in `status.ceAttributes`. */
const API_SERVER = "https://kubernetes.default.svc";

interface RunningApiServerSource {
  readonly content: string;
  readonly end: AbortController;
  readonly work: Promise<unknown>;
}

/** Runs PingSources and ApiServerSources: what they make goes into the journal, each into a stream of its own. */
export class SourceRunner implements AsyncDisposable {
  readonly #world: SourceWorld;
  readonly #emitter: Emitter;
  readonly #pings: PingSources;
  readonly #apiServer = new Map<string, RunningApiServerSource>();
  readonly #ending = new Set<Promise<unknown>>();

  constructor(world: SourceWorld) {
    this.#world = world;
    this.#emitter = createEmitter(world.journal, world.clock);
    this.#pings = new PingSources({
      ...world,
      emitter: this.#emitter,
      newId: randomUUID,
      fired: (spec, atMs) => this.#remember(spec, atMs),
    });
  }

  /** From now on exactly these. What each may say of itself, by uid. */
  apply(pings: readonly PingSource[], apiServerSources: readonly ApiServerSource[]): Record<string, SourceView> {
    this.#pings.apply(pings.map(pingSpec));
    const views: Record<string, SourceView> = Object.fromEntries(pings.map(({ metadata }) => [metadata.uid ?? "", { running: true }]));
    const wanted = new Set(apiServerSources.map(({ metadata }) => metadata.uid ?? ""));
    for (const uid of this.#apiServer.keys()) if (!wanted.has(uid)) this.#stop(uid);
    for (const source of apiServerSources) {
      const plan = apiServerSpec(source, findKind);
      const uid = source.metadata.uid ?? "";
      if (plan.kind === "ok") this.#follow(uid, plan.spec, JSON.stringify([source.spec, source.status?.namespaces]));
      else this.#stop(uid);
      views[uid] = plan.kind === "ok" ? { running: true } : { running: false, problem: plan.problem };
    }
    return views;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const uid of this.#apiServer.keys()) this.#stop(uid);
    await Promise.all([this.#pings[Symbol.asyncDispose](), ...this.#ending]);
  }

  /** `content` is what the source says: it goes on undisturbed while that stays. */
  #follow(uid: string, spec: ApiServerSpec, content: string): void {
    if (this.#apiServer.get(uid)?.content === content) return;
    this.#stop(uid);
    const end = new AbortController();
    const world = { ...this.#world, emitter: this.#emitter, apiServer: API_SERVER };
    const work = recentEvents(this.#world.journal, uid).then((recent) =>
      Promise.all(
        spec.resources.map((resource) => {
          const resumeAt = resumePoint(recent, resource);
          return followResource(world, spec, resource, { signal: end.signal, ...(resumeAt === undefined ? {} : { resumeAt }) });
        }),
      ),
    );
    work.catch((error: unknown) => this.#world.logger.error("a source ended", { namespace: spec.namespace, name: spec.name, error }));
    this.#apiServer.set(uid, { content, end, work });
  }

  #stop(uid: string): void {
    const running = this.#apiServer.get(uid);
    if (running === undefined) return;
    this.#apiServer.delete(uid);
    running.end.abort(new Error("the source ends"));
    const ending = running.work.catch(() => {}).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async #remember({ namespace, name }: PingSpec, atMs: number): Promise<void> {
    const body = { status: { annotations: { [LAST_SCHEDULE]: rfc3339(atMs) } } };
    await this.#world.client.patch(pingSourceKind, { namespace, name }, { type: "merge", body }, { subresource: "status" });
  }
}

function findKind(apiVersion: string, kind: string) {
  return allKinds.find((known) => known.kind === kind && known.virtual !== true && apiVersionOf(known) === apiVersion);
}
