import { brokerKind, type Broker } from "../../api/eventing/broker.ts";
import { brokerOf, triggerKind, type Trigger } from "../../api/eventing/trigger.ts";
import type { EventPlaneState } from "../../api/ports/events.ts";
import type { Informer, Informers } from "../../client/types.ts";
import { delay } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import { Deliveries } from "../delivery/deliveries.ts";
import type { Sender } from "../delivery/sender.ts";
import type { Subscription } from "../delivery/subscription.ts";
import { Wakeup } from "../delivery/wakeup.ts";
import { IngressServer } from "../ingress/server.ts";
import type { Journal, JournalLimits, StreamId } from "../journal/contract.ts";
import { CursorKeeper } from "./cursors.ts";
import { isServed, planTrigger, type TriggerPlan } from "./project.ts";

export interface EventPlaneOptions {
  readonly clock: Clock;
  readonly logger: Logger;
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
  readonly #deliveries: Deliveries;
  readonly #keeper: CursorKeeper;
  readonly #plans = new Map<string, { readonly versions: string; readonly plan: TriggerPlan }>();
  readonly #wakeup = new Wakeup();
  readonly #end = new AbortController();
  readonly #resources = new AsyncDisposableStack();
  #streams: ReadonlyMap<string, StreamId> = new Map();
  #ingress: IngressServer | undefined;

  private constructor(options: EventPlaneOptions) {
    this.#options = options;
    this.#brokers = options.informers.of(brokerKind);
    this.#triggers = options.informers.of(triggerKind);
    this.#deliveries = new Deliveries(options);
    this.#keeper = new CursorKeeper(options.journal);
  }

  /** Resolves when it listens and everything that is there is followed. */
  static async start(options: EventPlaneOptions): Promise<EventPlane> {
    const plane = new EventPlane(options);
    const { informers, ingress, journal, limits, logger } = options;
    await informers.synced();
    const findBroker = (namespace: string, name: string) => plane.#streams.get(`${namespace}/${name}`);
    await plane.#follow();
    plane.#ingress = await IngressServer.listen({ ...ingress, journal, limits, findBroker, logger });
    plane.#resources.use(plane.#brokers.subscribe(() => plane.#wakeup.notify()));
    plane.#resources.use(plane.#triggers.subscribe(() => plane.#wakeup.notify()));
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
    const plans = this.#planAll(served);
    const cursors = [...plans.values()].map(({ cursor }) => cursor);
    const isComplete = await this.#keeper.follow({ cursors, streams: new Set(this.#streams.values()) });
    const wanted = [...plans.values()].flatMap(({ cursor, subscription }): Subscription[] =>
      subscription === undefined || !this.#keeper.isDurable(cursor.cursor) ? [] : [subscription],
    );
    this.#deliveries.apply(wanted);
    this.#tell(served, plans, await this.#options.journal.health());
    return isComplete;
  }

  /** A plan is made anew only when its objects are: deliveries see that nothing changed. */
  #planAll(served: ReadonlyMap<string, Broker>): Map<string, TriggerPlan> {
    const plans = new Map<string, TriggerPlan>();
    for (const trigger of this.#triggers.list()) {
      const { uid = "", namespace = "", resourceVersion, deletionTimestamp } = trigger.metadata;
      const broker = served.get(`${trigger.spec.brokerRef?.namespace ?? namespace}/${brokerOf(trigger)}`);
      if (broker === undefined || deletionTimestamp !== undefined) continue;
      const versions = `${resourceVersion}/${broker.metadata.resourceVersion}`;
      const known = this.#plans.get(uid);
      const plan = known?.versions === versions ? known.plan : planTrigger(trigger, broker);
      this.#plans.set(uid, { versions, plan });
      plans.set(uid, plan);
    }
    for (const uid of this.#plans.keys()) if (!plans.has(uid)) this.#plans.delete(uid);
    return plans;
  }

  #tell(served: ReadonlyMap<string, Broker>, plans: ReadonlyMap<string, TriggerPlan>, health: { state: string; message: string }): void {
    const broker = { ready: health.state !== "failed", message: health.message };
    const triggers = [...plans].map(([uid, { cursor, problem }]) => {
      const durable = this.#keeper.isDurable(cursor.cursor);
      return [uid, { durable, ...(problem === undefined ? {} : { problem }) }] as const;
    });
    const brokers = [...served.values()].map(({ metadata }) => [metadata.uid ?? "", broker] as const);
    this.#options.onState({ brokers: Object.fromEntries(brokers), triggers: Object.fromEntries(triggers), sources: {} });
  }
}

function nameOf({ metadata }: Broker): string {
  return `${metadata.namespace}/${metadata.name}`;
}
