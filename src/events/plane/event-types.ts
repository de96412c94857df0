import { createHash } from "node:crypto";
import { EVENTING_FEATURES_CONFIG, isFeatureOn, parseEventingFeatures } from "../../api/config/eventing/features.ts";
import { configMapKind } from "../../api/core/config-map.ts";
import { brokerKind, type Broker } from "../../api/eventing/broker.ts";
import { eventTypeKind, type EventType } from "../../api/eventing/event-type.ts";
import { apiVersionOf } from "../../api/meta/kind.ts";
import { isAlreadyExists } from "../../api/meta/errors.ts";
import { EVENTING_NAMESPACE } from "../../api/names/kinetic.ts";
import type { Client, Informers } from "../../client/types.ts";
import type { Logger } from "../../std/logger.ts";
import { Wakeup } from "../delivery/wakeup.ts";
import type { Journal, JournalEvent, StreamId } from "../journal/contract.ts";

export interface EventTypeWorld {
  readonly client: Client;
  readonly informers: Informers;
  readonly logger: Logger;
  readonly journal: Pick<Journal, "read" | "streams" | "watch">;
}

const READ_LIMIT = 256;
/** Remembered, so that a kind of event is looked up once. */
const MAX_KNOWN = 10_000;

/** Makes an EventType for each kind of event that a Broker takes, while `eventtype-auto-create` is enabled. Dispose to stop. */
export function recordEventTypes(world: EventTypeWorld): AsyncDisposable {
  const recorder = new Recorder(world);
  const working = recorder.run();
  return {
    async [Symbol.asyncDispose]() {
      recorder.end();
      await working;
    },
  };
}

class Recorder {
  readonly #world: EventTypeWorld;
  readonly #wakeup = new Wakeup();
  readonly #end = new AbortController();
  readonly #watch: Disposable;
  readonly #brokers;
  readonly #maps;
  readonly #next = new Map<StreamId, number>();
  readonly #known = new Set<string>();

  constructor(world: EventTypeWorld) {
    this.#world = world;
    this.#brokers = world.informers.of(brokerKind);
    this.#maps = world.informers.of(configMapKind);
    this.#watch = world.journal.watch(() => this.#wakeup.notify());
  }

  end(): void {
    this.#watch[Symbol.dispose]();
    this.#end.abort(new Error("the event plane ends"));
  }

  async run(): Promise<void> {
    await this.#skip();
    while (!this.#end.signal.aborted) {
      try {
        await this.#wakeup.wait(this.#end.signal);
        if (this.#isOn()) await this.#look();
        else await this.#skip();
      } catch (error) {
        if (!this.#end.signal.aborted) this.#world.logger.warn("event types could not be recorded", { error });
      }
    }
  }

  #isOn(): boolean {
    const map = this.#maps.get({ namespace: EVENTING_NAMESPACE, name: EVENTING_FEATURES_CONFIG });
    return isFeatureOn(parseEventingFeatures(map?.data), "eventtype-auto-create");
  }

  /** What comes before the flag is set, or came before this start, is not looked at. */
  async #skip(): Promise<void> {
    for (const { stream, head } of await this.#world.journal.streams()) this.#next.set(stream, head);
  }

  async #look(): Promise<void> {
    const brokers = new Map(this.#brokers.list().map((broker) => [broker.metadata.uid ?? "", broker]));
    for (const { stream, head, oldest } of await this.#world.journal.streams()) {
      const broker = brokers.get(stream);
      if (broker === undefined) continue;
      const from = this.#next.get(stream) ?? oldest;
      const read = from < head ? await this.#world.journal.read({ stream, from, limit: READ_LIMIT }) : undefined;
      for (const event of read?.kind === "ok" ? read.events : []) await this.#record(broker, event);
      const next = read?.kind === "ok" ? read.next : head;
      this.#next.set(stream, next);
      if (next < head) this.#wakeup.notify();
    }
  }

  async #record(broker: Broker, event: JournalEvent): Promise<void> {
    const made = makeEventType(broker, event);
    const key = `${made.metadata.namespace}/${made.metadata.name}`;
    if (this.#known.has(key)) return;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    await this.#world.client.create(eventTypeKind, made).catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
    this.#known.add(key);
  }
}

/** Named by what it stands for, so that one kind of event has one. */
export function makeEventType(broker: Broker, { attributes }: Pick<JournalEvent, "attributes">): EventType {
  const { name = "", namespace = "" } = broker.metadata;
  const text = (attribute: string) => String(attributes[attribute] ?? "");
  const hash = createHash("md5")
    .update(text("type") + text("source") + namespace + name)
    .digest("hex");
  const schema = text("dataschema");
  return {
    apiVersion: apiVersionOf(eventTypeKind),
    kind: eventTypeKind.kind,
    metadata: { namespace, name: `et-${name}-${hash}`.toLowerCase() },
    spec: {
      type: text("type"),
      source: text("source"),
      ...(schema === "" ? {} : { schema }),
      description: "Event Type auto-created by controller",
      reference: { apiVersion: apiVersionOf(brokerKind), kind: brokerKind.kind, name, namespace },
    },
  };
}
