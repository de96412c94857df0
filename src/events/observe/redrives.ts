import { badRequest, notFound } from "../../api/meta/errors.ts";
import { brokerKind } from "../../api/eventing/broker.ts";
import { REDRIVE_OF_ATTRIBUTE } from "../../api/observe/dead-letter.ts";
import { DEFAULT_REDRIVE_RATE, type Redrive, type RedriveLine, type RedriveSummary } from "../../api/observe/redrive.ts";
import { delay } from "../../std/abort.ts";
import { redrive, republish, type RedriveOutcome } from "../delivery/redrive.ts";
import { cloudEventOf } from "../delivery/pending.ts";
import type { ParkedId, ParkedItem, StreamId } from "../journal/contract.ts";
import { idOf, type DeadLetters } from "./dead-letters.ts";
import { labelMatcher } from "./selector.ts";
import { sameCursor, type ObserveWorld } from "./world.ts";

const MAX_RATE = 10_000;

/** One redrive, as it was asked for and checked. */
export interface RedrivePlan {
  readonly items: readonly (ParkedItem | { readonly missing: string })[];
  /** Where `toBroker` is. */
  readonly stream?: StreamId;
  readonly intervalMs: number;
  readonly dryRun: boolean;
}

/** Sends dead letters again, one after the other, each at most once at a time. */
export class Redrives {
  readonly #world: ObserveWorld;
  readonly #deadLetters: DeadLetters;
  readonly #busy = new Set<ParkedId>();

  constructor(world: ObserveWorld, deadLetters: DeadLetters) {
    this.#world = world;
    this.#deadLetters = deadLetters;
  }

  /** @throws ApiError 400, 404 */
  async plan(namespace: string, { names = [], labelSelector, toBroker, rate = DEFAULT_REDRIVE_RATE, dryRun = false }: Redrive["spec"]) {
    if (typeof rate !== "number" || !(rate > 0) || rate > MAX_RATE) throw badRequest(`spec.rate must be above 0 and at most ${MAX_RATE}`);
    if (names.length > 0 === (labelMatcher(labelSelector) !== undefined))
      throw badRequest("give either spec.names or a spec.labelSelector");
    const items = names.length > 0 ? await this.#named(namespace, names) : await this.#selected(namespace, labelSelector ?? "");
    const stream = toBroker === undefined ? {} : { stream: this.#streamOf(namespace, toBroker) };
    return { items, ...stream, intervalMs: 1000 / rate, dryRun } satisfies RedrivePlan;
  }

  /** What became of each, as it happens. Whatever is left when it is aborted stays as it was. */
  async *run(plan: RedrivePlan, signal: AbortSignal): AsyncGenerator<RedriveLine | RedriveSummary> {
    const edited = new Set(plan.items.flatMap((item) => ("missing" in item || item.editOf === undefined ? [] : [item.editOf])));
    const counts = { matched: plan.items.length, redriven: 0, failed: 0 };
    const { clock } = this.#world;
    let nextMs = clock.monotonicMs();
    for (const item of plan.items) {
      const waitMs = plan.dryRun ? 0 : nextMs - clock.monotonicMs();
      if (waitMs > 0) await delay(clock, waitMs, signal);
      nextMs = Math.max(nextMs, clock.monotonicMs()) + plan.intervalMs;
      const line = "missing" in item ? missing(item.missing) : edited.has(item.id) ? replaced(item) : await this.#one(plan, item, signal);
      if (line.outcome === "redriven" || line.outcome === "republished") counts.redriven += 1;
      else if (line.outcome !== "would-redrive" && line.outcome !== "edited") counts.failed += 1;
      yield line;
    }
    yield { summary: counts };
  }

  async #one({ dryRun, stream }: RedrivePlan, item: ParkedItem, signal: AbortSignal): Promise<RedriveLine> {
    const { id, description } = item;
    const head = { deadLetter: String(id), trigger: description.trigger ?? "", ...(await this.#eventId(id)) };
    if (dryRun) return { ...head, outcome: "would-redrive", detail: stream === undefined ? this.#destination(item) : "to the broker" };
    if (this.#busy.has(id)) return { ...head, outcome: "failed", detail: "it is being redriven already" };
    this.#busy.add(id);
    try {
      const outcome = await this.#send(item, stream, signal);
      if (outcome.kind === "missing") return { ...head, outcome: "missing", detail: "it is gone" };
      if (outcome.kind === "failed") return { ...head, outcome: "failed", detail: outcome.detail };
      await this.#deadLetters.changed([item]);
      return { ...head, outcome: stream === undefined ? "redriven" : "republished", detail: outcome.detail };
    } finally {
      this.#busy.delete(id);
    }
  }

  #send(item: ParkedItem, stream: StreamId | undefined, signal: AbortSignal): Promise<RedriveOutcome> | RedriveOutcome {
    if (stream !== undefined) return republish(this.#world, { id: item.id, stream, attribute: REDRIVE_OF_ATTRIBUTE });
    const subscription = this.#readerOf(item)?.subscription;
    if (subscription === undefined) return { kind: "failed", detail: this.#destination(item) };
    return redrive(this.#world, subscription, item.id, signal);
  }

  /** The trigger by its uid; the items of a replay, and of a trigger that was made again, by its name. */
  #readerOf({ cursor, description }: ParkedItem) {
    const { readers } = this.#world.views();
    return (
      readers.find((reader) => sameCursor(reader.cursor, cursor)) ??
      readers.find(({ namespace, trigger }) => namespace === description.namespace && trigger === description.trigger)
    );
  }

  #destination(item: ParkedItem): string {
    const reader = this.#readerOf(item);
    if (reader === undefined) return `there is no trigger ${item.description.trigger} any more; redrive it to a broker or purge it`;
    return reader.subscription?.subscriber ?? reader.problem ?? "the subscriber's address is not known yet";
  }

  async #eventId(id: ParkedId): Promise<{ readonly event?: string }> {
    const read = await this.#world.journal.getParked(id);
    return read.kind === "ok" ? { event: String(cloudEventOf(read.event).attributes["id"] ?? "") } : {};
  }

  async #named(namespace: string, names: readonly string[]): Promise<RedrivePlan["items"]> {
    const found = await Promise.all(names.map((name) => this.#world.journal.getParked(idOf(name) ?? -1)));
    return found.map((read, index) =>
      read.kind === "missing" || read.item.description.namespace !== namespace ? { missing: names[index] ?? "" } : read.item,
    );
  }

  #selected(namespace: string, labelSelector: string): Promise<ParkedItem[]> {
    return Array.fromAsync(this.#deadLetters.matching({ namespace, labelSelector, after: 0 }));
  }

  #streamOf(namespace: string, name: string): StreamId {
    const found = this.#world.views().streams.find((view) => view.namespace === namespace && view.broker === name);
    if (found === undefined) throw notFound(brokerKind, name);
    return found.stream;
  }
}

function missing(deadLetter: string): RedriveLine {
  return { deadLetter, outcome: "missing", detail: "there is no such dead letter" };
}

function replaced({ id, description }: ParkedItem): RedriveLine {
  return { deadLetter: String(id), trigger: description.trigger ?? "", outcome: "edited", detail: "an edited copy goes in its place" };
}
