import { brokerKind, type Broker } from "../../api/eventing/broker.ts";
import { brokerOf, triggerKind, type Trigger } from "../../api/eventing/trigger.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import type { EventPlaneState, SourceView } from "../../api/ports/events.ts";
import { apiServerSourceKind, type ApiServerSource } from "../../api/sources/api-server-source.ts";
import { pingSourceKind, type PingSource } from "../../api/sources/ping-source.ts";
import type { Client, Informer, Informers } from "../../client/types.ts";
import { delay } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import { Deliveries } from "../delivery/deliveries.ts";
import type { Sender } from "../delivery/sender.ts";
import type { Subscription } from "../delivery/subscription.ts";
import { Wakeup } from "../delivery/wakeup.ts";
import { IngressServer } from "../ingress/server.ts";
import type { Journal, JournalHealth, JournalLimits, StreamId } from "../journal/contract.ts";
import { observeHandler } from "../observe/handler.ts";
import { Replays } from "../observe/replays.ts";
import type { ObserveWorld, PlaneViews, ReaderView, StreamView } from "../observe/world.ts";
import { CursorKeeper } from "./cursors.ts";
import { isServed, planTrigger, type TriggerPlan } from "./project.ts";
import { planSource, type SourcePlan } from "./project-sources.ts";
import { SourceRunner } from "./source-runner.ts";

export interface EventPlaneOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly client: Client;
  readonly informers: Informers;
  readonly journal: Journal;
  readonly limits: Pick<JournalLimits, "eventBytes" | "batchBytes">;
  readonly sender: Sender;
  /** Of the broker ingress; port 0 is any. */
  readonly ingress: { readonly host: string; readonly port: number };
  /** Hears of each change of what Brokers and Triggers may say of themselves. */
  readonly onState: (state: EventPlaneState) => void;
}

const RETRY_MS = 1_000;

/** The data plane of Brokers: ingress, journal and deliveries follow the objects. */
export class EventPlane implements AsyncDisposable {
  readonly #options: EventPlaneOptions;
  readonly #brokers: Informer<Broker>;
  readonly #triggers: Informer<Trigger>;
  readonly #pings: Informer<PingSource>;
  readonly #apiServerSources: Informer<ApiServerSource>;
  readonly #runner: SourceRunner;
  readonly #deliveries: Deliveries;
  readonly #keeper: CursorKeeper;
  readonly #plans = new Map<string, { readonly versions: string; readonly plan: TriggerPlan | SourcePlan }>();
  readonly #wakeup = new Wakeup();
  readonly #end = new AbortController();
  readonly #resources = new AsyncDisposableStack();
  #streams: ReadonlyMap<string, StreamId> = new Map();
  #views: PlaneViews = { streams: [], readers: [] };
  readonly #replays: Replays;
  #ingress: IngressServer | undefined;
  /** The API group observe.kinetic.dev, for requests that are authorized already. */
  readonly observe: (request: Request) => Promise<Response>;

  private constructor(options: EventPlaneOptions) {
    this.#options = options;
    this.#brokers = options.informers.of(brokerKind);
    this.#triggers = options.informers.of(triggerKind);
    this.#pings = options.informers.of(pingSourceKind);
    this.#apiServerSources = options.informers.of(apiServerSourceKind);
    this.#runner = new SourceRunner(options);
    this.#deliveries = new Deliveries(options);
    this.#keeper = new CursorKeeper(options.journal);
    const observed: ObserveWorld = { ...options, deliveries: this.#deliveries, views: () => this.#views };
    this.#replays = new Replays(observed);
    this.observe = observeHandler(observed, this.#replays);
  }

  /** Resolves when it listens and everything that is there is followed. */
  static async start(options: EventPlaneOptions): Promise<EventPlane> {
    const plane = new EventPlane(options);
    const { informers, ingress, journal, limits, logger } = options;
    await informers.synced();
    const findBroker = (namespace: string, name: string) => plane.#streams.get(`${namespace}/${name}`);
    await plane.#follow();
    plane.#ingress = await IngressServer.listen({ ...ingress, journal, limits, findBroker, logger });
    for (const informer of [plane.#brokers, plane.#triggers, plane.#pings, plane.#apiServerSources]) {
      plane.#resources.use(informer.subscribe(() => plane.#wakeup.notify()));
    }
    plane.#resources.use(journal.onHealth(() => plane.#wakeup.notify()));
    const following = plane.#run();
    plane.#resources.defer(async () => {
      plane.#end.abort(new Error("the event plane ends"));
      await following;
    });
    return plane;
  }

  get port(): number {
    return this.#ingress?.port ?? 0;
  }

  get deliveries(): Deliveries {
    return this.#deliveries;
  }

  /** First nobody can send any more, then what is under way ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ingress?.[Symbol.asyncDispose]();
    await this.#resources.disposeAsync();
    await this.#replays[Symbol.asyncDispose]();
    await this.#runner[Symbol.asyncDispose]();
    await this.#deliveries[Symbol.asyncDispose]();
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#end.signal.aborted) {
      try {
        await this.#wakeup.wait(this.#end.signal);
        const isComplete = await this.#follow();
        if (isComplete) continue;
        await delay(clock, RETRY_MS, this.#end.signal);
      } catch (error) {
        if (this.#end.signal.aborted) return;
        logger.error("the event plane could not follow its objects, trying again", { error });
        await delay(clock, RETRY_MS, this.#end.signal).catch(() => {});
      }
      this.#wakeup.notify();
    }
  }

  /** Cursors before deliveries, and both before anybody is told: a Trigger that is Ready misses nothing. */
  async #follow(): Promise<boolean> {
    const served = new Map(
      this.#brokers
        .list()
        .filter(isServed)
        .map((broker) => [nameOf(broker), broker]),
    );
    this.#streams = new Map([...served].map(([name, { metadata }]) => [name, metadata.uid ?? ""]));
    const pings = this.#pings.list().filter(isThere);
    const apiServerSources = this.#apiServerSources.list().filter(isThere);
    const triggers = this.#planTriggers(served);
    const sources = new Map([...this.#planSources(pings, pingSourceKind), ...this.#planSources(apiServerSources, apiServerSourceKind)]);
    const plans = [...triggers.values(), ...sources.values()];
    const streams = new Set([...this.#streams.values(), ...sources.keys()]);
    const isComplete = await this.#keeper.follow({ cursors: plans.map(({ cursor }) => cursor), streams });
    this.#deliveries.apply(plans.flatMap((plan) => this.#durable(plan)));
    this.#views = { streams: streamViews(served, sources), readers: plans.map(readerView) };
    await this.#replays.follow();
    this.#forgetPlans(new Set([...triggers.keys(), ...sources.keys()]));
    const views = this.#runner.apply(pings, apiServerSources);
    await this.#tell(served, triggers, views);
    return isComplete;
  }

  #durable({ cursor, subscription }: TriggerPlan | SourcePlan): Subscription[] {
    return subscription === undefined || !this.#keeper.isDurable(cursor.cursor) ? [] : [subscription];
  }

  #planTriggers(served: ReadonlyMap<string, Broker>): Map<string, TriggerPlan> {
    const plans = new Map<string, TriggerPlan>();
    for (const trigger of this.#triggers.list().filter(isThere)) {
      const { uid = "", namespace = "", resourceVersion } = trigger.metadata;
      const broker = served.get(`${trigger.spec.brokerRef?.namespace ?? namespace}/${brokerOf(trigger)}`);
      if (broker === undefined) continue;
      plans.set(
        uid,
        this.#planned(uid, `${resourceVersion}/${broker.metadata.resourceVersion}`, () => planTrigger(trigger, broker)),
      );
    }
    return plans;
  }

  #planSources(sources: readonly (PingSource | ApiServerSource)[], kind: KindRef): Map<string, SourcePlan> {
    return new Map(
      sources.map((source) => {
        const { uid = "", resourceVersion = "" } = source.metadata;
        return [uid, this.#planned(uid, resourceVersion, () => planSource(source, kind))];
      }),
    );
  }

  /** A plan is made anew only when its objects are: deliveries see that nothing changed. */
  #planned<T extends TriggerPlan | SourcePlan>(uid: string, versions: string, make: () => T): T {
    const known = this.#plans.get(uid);
    if (known?.versions === versions) return known.plan as T;
    const plan = make();
    this.#plans.set(uid, { versions, plan });
    return plan;
  }

  #forgetPlans(keep: ReadonlySet<string>): void {
    for (const uid of this.#plans.keys()) if (!keep.has(uid)) this.#plans.delete(uid);
  }

  async #tell(
    served: ReadonlyMap<string, Broker>,
    plans: ReadonlyMap<string, TriggerPlan>,
    sources: Record<string, SourceView>,
  ): Promise<void> {
    const health = await this.#options.journal.health();
    const broker = { ready: health.state !== "failed", message: needsAttention(health) };
    const triggers = [...plans].map(([uid, { cursor, problem }]) => {
      const durable = this.#keeper.isDurable(cursor.cursor);
      const parkedForBacklog = this.#deliveries.state(cursor.cursor)?.parkedForBacklog ?? 0;
      return [
        uid,
        { durable, ...(problem === undefined ? {} : { problem }), ...(parkedForBacklog === 0 ? {} : { parkedForBacklog }) },
      ] as const;
    });
    const brokers = [...served.values()].map(({ metadata }) => [metadata.uid ?? "", broker] as const);
    this.#options.onState({ brokers: Object.fromEntries(brokers), triggers: Object.fromEntries(triggers), sources });
  }
}

/** What somebody should look at; empty when all is well. */
function needsAttention({ message, quarantined }: JournalHealth): string {
  const kept = quarantined.filter(({ released }) => !released).map((one) => `segment ${one.segment} is quarantined: ${one.message}`);
  return [message, ...kept].filter((text) => text !== "").join("; ");
}

function isThere({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp === undefined;
}

function nameOf({ metadata }: Broker): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function streamViews(served: ReadonlyMap<string, Broker>, sources: ReadonlyMap<string, SourcePlan>): StreamView[] {
  const brokers = [...served.values()].map(({ metadata: { uid = "", namespace = "", name = "" } }) => {
    return { stream: uid, namespace, broker: name };
  });
  const others = [...sources].map(
    ([
      stream,
      {
        cursor: { description },
      },
    ]) => {
      return { stream, namespace: description?.namespace ?? "", broker: description?.trigger ?? "" };
    },
  );
  return [...brokers, ...others];
}

function readerView(plan: TriggerPlan | SourcePlan): ReaderView {
  const { cursor, subscription } = plan;
  const { namespace = "", trigger = "" } = cursor.description ?? {};
  const problem = "problem" in plan ? { problem: plan.problem ?? "" } : {};
  return { cursor: cursor.cursor, namespace, trigger, ...(subscription === undefined ? {} : { subscription }), ...problem };
}
