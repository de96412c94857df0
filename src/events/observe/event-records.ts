import { brokerKind } from "../../api/eventing/broker.ts";
import { triggerKind } from "../../api/eventing/trigger.ts";
import { notFound } from "../../api/meta/errors.ts";
import { eventRecordKind, type EventRecord } from "../../api/observe/event-record.ts";
import { OBSERVE_API_VERSION } from "../../api/observe/group.ts";
import { rfc3339 } from "../../std/clock.ts";
import { cloudEventOf } from "../delivery/pending.ts";
import { Wakeup } from "../delivery/wakeup.ts";
import type { Offset, StoredEvent, StreamId } from "../journal/contract.ts";
import { eventJson, withoutData } from "./event-json.ts";
import { iso, outcomesOf, readerNames, timelineOf } from "./event-life.ts";
import { positionOf, readable, stateOf } from "./positions.ts";
import type { ObserveWorld, ReaderView, StreamView } from "./world.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const READ_LIMIT = 100;

export interface EventQuery {
  readonly namespace: string | undefined;
  readonly broker: string | null;
  /** Only what its filter matches. */
  readonly trigger: string | null;
}

/** What the API calls `eventrecords`: the events of the journal. */
export class EventRecords {
  readonly #world: ObserveWorld;

  constructor(world: ObserveWorld) {
    this.#world = world;
  }

  /** The latest events of each broker, oldest first, without their payloads. @throws ApiError 404 */
  async list(query: EventQuery, limit: number): Promise<EventRecord[]> {
    const count = Math.min(limit > 0 ? limit : DEFAULT_LIMIT, MAX_LIMIT);
    const records: EventRecord[] = [];
    for (const view of this.#streams(query)) {
      const { oldest, head } = await stateOf(this.#world.journal, view.stream);
      const from = Math.max(oldest, head - count);
      for await (const { stored } of this.#read(view, { from, to: head }, query)) records.push(recordOf(view, stored, false));
    }
    return records.sort((a, b) => a.status.receivedAt.localeCompare(b.status.receivedAt)).slice(-count);
  }

  /** The whole life of every event with this id. */
  async lives(query: EventQuery, id: string, signal: AbortSignal): Promise<EventRecord[]> {
    const { readers } = this.#world.views();
    const found: EventRecord[] = [];
    for (const view of this.#streams(query)) {
      const own = readers.filter(({ cursor }) => cursor.stream === view.stream);
      for (const history of await this.#world.journal.history({ id, stream: view.stream }, signal)) {
        const record = recordOf(view, history.event, true);
        const timeline = timelineOf(history, readerNames(own));
        found.push({ ...record, status: { ...record.status, triggers: outcomesOf(history, own), timeline } });
      }
    }
    return found;
  }

  /** Events as they come, from a place on; of brokers that are made later, too. @throws ApiError 400, 404 */
  async tail(query: EventQuery, from: string, signal: AbortSignal): Promise<AsyncGenerator<EventRecord>> {
    const positions = new Map<StreamId, Offset>();
    for (const { stream } of this.#streams(query)) positions.set(stream, await positionOf(this.#world.journal, stream, from));
    return this.#follow(query, positions, signal);
  }

  async *#follow(query: EventQuery, positions: Map<StreamId, Offset>, signal: AbortSignal): AsyncGenerator<EventRecord> {
    const wakeup = new Wakeup();
    using _watch = this.#world.journal.watch(() => wakeup.notify());
    while (!signal.aborted) {
      for (const view of this.#streams(query, true)) {
        const from = positions.get(view.stream) ?? 0;
        for await (const { next, stored } of this.#read(view, { from }, query)) {
          positions.set(view.stream, next);
          yield recordOf(view, stored, true);
        }
      }
      await wakeup.wait(signal).catch(() => {});
    }
  }

  /** What is there from a place on; `next` is behind the event. */
  async *#read(view: StreamView, { from, to = Infinity }: { readonly from: Offset; readonly to?: Offset }, query: EventQuery) {
    const isMatch = this.#filterOf(view, query.trigger);
    for (let position = from; position < to;) {
      const { events, next } = readable(await this.#world.journal.read({ stream: view.stream, from: position, limit: READ_LIMIT }));
      for (const stored of events) if (stored.offset < to && isMatch(stored)) yield { stored, next: stored.offset + 1 };
      if (next <= position) return;
      position = next;
    }
  }

  #filterOf({ stream }: StreamView, trigger: string | null): (event: StoredEvent) => boolean {
    if (trigger === null) return () => true;
    const reader = this.#readerOf(stream, trigger);
    return (event) => reader?.subscription?.filter.matches(cloudEventOf(event)) ?? false;
  }

  #readerOf(stream: StreamId, trigger: string): ReaderView | undefined {
    return this.#world.views().readers.find((reader) => reader.cursor.stream === stream && reader.trigger === trigger);
  }

  #streams({ namespace, broker, trigger }: EventQuery, isLenient = false): StreamView[] {
    const streams = this.#world
      .views()
      .streams.filter((view) => (namespace === undefined || view.namespace === namespace) && (broker === null || view.broker === broker))
      .filter(({ stream }) => trigger === null || this.#readerOf(stream, trigger) !== undefined);
    if (streams.length > 0 || isLenient) return streams;
    if (trigger !== null) throw notFound(triggerKind, trigger);
    if (broker !== null) throw notFound(brokerKind, broker);
    return streams;
  }
}

function recordOf({ namespace, broker, stream }: StreamView, stored: StoredEvent, withData: boolean): EventRecord {
  const { offset, receivedAtMs } = stored;
  const event = eventJson(stored);
  return {
    apiVersion: OBSERVE_API_VERSION,
    kind: eventRecordKind.kind,
    metadata: {
      name: `${broker.replaceAll("/", ".")}-${offset}`,
      namespace,
      uid: `${stream}-${offset}`,
      creationTimestamp: rfc3339(receivedAtMs),
    },
    spec: { broker, event: withData ? event : withoutData(event) },
    status: { offset, receivedAt: iso(receivedAtMs) },
  };
}
