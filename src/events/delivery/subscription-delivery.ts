import { delay } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import type { Acknowledged, Journal, NewParked, Offset, PendingEvent, Refusal, Settlement } from "../journal/contract.ts";
import { deadLetter } from "./dead-letter.ts";
import { decide, type Decision, type TryFailure } from "./decide.ts";
import { Lanes } from "./lanes.ts";
import { hopsLeft, withHops, withoutHops } from "./loop-guard.ts";
import { cloudEventOf, orderKey, type Pending } from "./pending.ts";
import { sinkMessage, subscriberMessage, withoutBody } from "./message.ts";
import { backoffMs } from "./policy.ts";
import type { Sender } from "./sender.ts";
import type { Subscription } from "./subscription.ts";
import { Wakeup } from "./wakeup.ts";

export interface DeliveryWorld {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly journal: Pick<Journal, "readCursor" | "recordAttempt" | "acknowledge" | "settle" | "listParked" | "getParked">;
  readonly sender: Sender;
}

/** For people and for the Trigger's conditions. */
export interface DeliveryState {
  readonly active: number;
  readonly waiting: number;
  /** The last try that failed, until one succeeds. */
  readonly failing?: { readonly message: string; readonly status: number; readonly sinceMs: number };
  /** Why nothing is read at present. */
  readonly blocked?: string;
  readonly haltedKeys: readonly string[];
  /** Events that were parked since the start because the backlog was over its limit. */
  readonly parkedForBacklog: number;
}

const READ_LIMIT = 256;
/** Events that wait for a retry are remembered by their offset alone when there are more. */
const KEPT_EVENTS = 512;
/** Read and not settled; the journal has a bound of its own. */
const MAX_PENDING = 10_000;

/**
 * Brings the events of one cursor to its subscriber: reads, filters, counts a try, sends, decides, settles.
 * Whatever fails leaves the event unsettled, so that it comes again: at least once, and never lost.
 */
export class SubscriptionDelivery implements AsyncDisposable {
  readonly #world: DeliveryWorld;
  #subscription: Subscription;
  #lanes: Lanes;
  readonly #pending = new Map<Offset, Pending>();
  readonly #end = new AbortController();
  readonly #wakeup = new Wakeup();
  readonly #tries = new Set<Promise<void>>();
  readonly #reading: Promise<void>;
  #position: Offset = 0;
  /** The loop waits for events to be settled. */
  #isHeldUp = false;
  #settlements = 0;
  #isParking = false;
  #failing: DeliveryState["failing"];
  #blocked: string | undefined;
  #parkedForBacklog = 0;

  constructor(world: DeliveryWorld, subscription: Subscription) {
    this.#world = world;
    this.#subscription = subscription;
    this.#lanes = new Lanes(subscription.order === "ordered");
    this.#reading = this.#run().catch((error: unknown) => this.#failed(error));
  }

  /** What is under way ends as it began; everything else follows the new one. `order` cannot change. */
  update(subscription: Subscription): void {
    this.#subscription = subscription;
    this.#wakeup.notify();
  }

  /** There are new events, or the journal is well again. */
  wake(): void {
    this.#wakeup.notify();
  }

  /** Somebody took parked items away or put some back: keys may go on. */
  async parkedChanged(): Promise<void> {
    this.#lanes.resume(await this.#haltedKeys());
    this.#startTries();
  }

  state(): DeliveryState {
    const active = this.#tries.size;
    return {
      active,
      waiting: this.#pending.size - active,
      haltedKeys: [...this.#lanes.halted],
      parkedForBacklog: this.#parkedForBacklog,
      ...(this.#failing === undefined ? {} : { failing: this.#failing }),
      ...(this.#blocked === undefined ? {} : { blocked: this.#blocked }),
    };
  }

  /** Parks the oldest events that no try is under way for: the backlog is over its limit. One call at a time: it is told every second. */
  async parkOldest(count: number): Promise<void> {
    const chosen = [...this.#pending.values()].filter(({ state }) => state !== "active").slice(0, count);
    if (this.#isParking || chosen.length === 0) return;
    this.#isParking = true;
    await this.#parkBacklog(chosen)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => (this.#isParking = false));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new Error("delivery ends"));
    for (const { timer } of this.#pending.values()) timer?.[Symbol.dispose]();
    await Promise.allSettled([this.#reading, ...this.#tries]);
  }

  async #run(): Promise<void> {
    if (this.#subscription.afterGivingUp === "halt") this.#lanes.resume(await this.#haltedKeys());
    for (;;) {
      this.#end.signal.throwIfAborted();
      this.#isHeldUp = this.#lanes.ready >= READ_LIMIT || this.#pending.size >= MAX_PENDING;
      if (this.#isHeldUp || !(await this.#readMore())) await this.#wakeup.wait(this.#end.signal);
    }
  }

  /** False when there is nothing to read before somebody wakes the loop. */
  async #readMore(): Promise<boolean> {
    const { cursor } = this.#subscription;
    const settlements = this.#settlements;
    const result = await this.#world.journal.readCursor(cursor, { from: this.#position, limit: READ_LIMIT });
    if (result.kind === "no-cursor") return false;
    if (result.kind === "unavailable") {
      this.#blocked = result.message;
      await delay(this.#world.clock, result.retryAfterMs, this.#end.signal);
      return true;
    }
    this.#take(result.events);
    this.#blocked = result.kind === "quarantined" ? result.gap.message : undefined;
    if (result.kind === "quarantined") {
      this.#position = (result.events.at(-1)?.offset ?? this.#position - 1) + 1;
      return false;
    }
    const hasMoved = result.next > this.#position;
    this.#position = Math.max(result.next, this.#position);
    if (!result.saturated) return hasMoved;
    this.#isHeldUp = true;
    return settlements !== this.#settlements; // what was settled meanwhile wakes nobody any more
  }

  #take(events: readonly PendingEvent[]): void {
    const filtered: { outcome: "filtered"; from: Offset; to: Offset }[] = [];
    for (const stored of events) {
      if (this.#pending.has(stored.offset)) continue;
      const event = cloudEventOf(stored);
      if (this.#subscription.filter.matches(event)) this.#admit(stored, event);
      else if (filtered.at(-1)?.to === stored.offset) filtered.splice(-1, 1, { ...filtered.at(-1)!, to: stored.offset + 1 });
      else filtered.push({ outcome: "filtered", from: stored.offset, to: stored.offset + 1 });
    }
    if (filtered.length > 0) {
      this.#world.journal.acknowledge(this.#subscription.cursor, filtered);
      this.#noteSettled();
    }
    this.#startTries();
  }

  /** A wait that was under way when the process ended goes on, but never longer than its policy knows: clocks jump. */
  #admit({ offset, attempts, nextAtMs }: PendingEvent, event: CloudEvent): void {
    const pending: Pending = { offset, event, attempts, key: orderKey(event), state: "queued", deadLetterTries: 0 };
    this.#pending.set(offset, pending);
    this.#lanes.add(pending);
    if (attempts === 0 || nextAtMs === undefined) return;
    const left = Math.min(nextAtMs - this.#world.clock.now(), backoffMs(this.#subscription.policy, attempts));
    if (left > 0) pending.notBeforeMs = this.#world.clock.monotonicMs() + left;
  }

  #startTries(): void {
    while (this.#tries.size < this.#subscription.concurrency && !this.#end.signal.aborted) {
      const pending = this.#lanes.take();
      if (pending === undefined) break;
      const early = (pending.notBeforeMs ?? 0) - this.#world.clock.monotonicMs();
      if (early > 0) this.#wait(pending, early);
      else this.#start(pending);
    }
    // Only then: a loop that wakes itself after each read never rests.
    if (this.#isHeldUp && this.#lanes.ready < READ_LIMIT) this.#wakeup.notify();
  }

  #start(pending: Pending): void {
    pending.state = "active";
    const attempt = this.#try(pending)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#tries.delete(attempt);
        this.#startTries();
      });
    this.#tries.add(attempt);
  }

  #wait(pending: Pending, ms: number): void {
    pending.state = "waiting";
    if (this.#pending.size > KEPT_EVENTS) pending.event = undefined;
    pending.timer = this.#world.clock.setTimer(ms, () => {
      delete pending.timer;
      delete pending.notBeforeMs;
      pending.state = "queued";
      this.#lanes.requeue(pending);
      this.#startTries();
    });
  }

  async #try(pending: Pending): Promise<void> {
    const event = pending.event ?? (await this.#readAgain(pending.offset));
    if (event === undefined) return this.#forget(pending);
    pending.event = event;
    const { policy } = this.#subscription;
    if (pending.givenUp !== undefined) return this.#tryDeadLetter(pending, event, pending.givenUp);
    if (pending.attempts > policy.retry) return this.#giveUp(pending, event, LAST_TRY_UNKNOWN);
    await this.#trySubscriber(pending, event);
  }

  async #trySubscriber(pending: Pending, event: CloudEvent): Promise<void> {
    const { journal, clock, sender } = this.#world;
    const { cursor, policy, subscriber } = this.#subscription;
    const attempt = pending.attempts + 1;
    const durability = attempt === 1 ? "lazy" : "synced";
    await this.#persist(() => journal.recordAttempt(cursor, { offset: pending.offset, attempt, durability }));
    pending.attempts = attempt;
    const startedMs = clock.monotonicMs();
    const message = subscriberMessage(event, this.#subscription);
    const answer = await sender.send({ url: subscriber, message, timeoutMs: policy.timeoutMs }, this.#end.signal);
    const decision = decide(this.#subscription.reply === undefined ? withoutBody(answer) : answer, attempt, policy, clock.now());
    await this.#follow(decision, pending, { event, durationMs: Math.round(clock.monotonicMs() - startedMs) });
  }

  async #follow(decision: Decision, pending: Pending, { event, durationMs }: { event: CloudEvent; durationMs: number }): Promise<void> {
    const { offset, attempts } = pending;
    if (decision.kind === "give-up") return this.#giveUp(pending, event, decision.failure);
    if (decision.kind === "retry") return this.#retryLater(pending, decision.delayMs, decision.failure);
    this.#failing = undefined;
    const delivered: Acknowledged = { outcome: "delivered", offset, status: decision.status, attempt: attempts, durationMs };
    if (decision.reply === undefined || this.#subscription.reply === undefined) return this.#acknowledge(pending, delivered);
    await this.#reply(pending, { event, reply: decision.reply, delivered });
  }

  /** The reply and the acknowledgement are one frame of the journal: neither is there without the other. */
  async #reply(pending: Pending, parts: { event: CloudEvent; reply: CloudEvent; delivered: Acknowledged }): Promise<void> {
    const { cursor, reply: target } = this.#subscription;
    const hops = hopsLeft(parts.event) - 1;
    if (hops <= 0)
      return this.#park(pending, { reason: "Loop", message: "its reply went through brokers too often", destination: target?.url ?? "" });
    const replies = { stream: target?.stream ?? cursor.stream, events: [withHops(parts.reply, hops)] };
    const settled = await this.#persist(() => this.#world.journal.settle({ cursor, acknowledged: [parts.delivered], replies }));
    if (settled.kind === "too-large") {
      return this.#park(pending, {
        reason: "ReplyTooLarge",
        message: `the reply is over ${settled.limitBytes} bytes`,
        destination: target?.url ?? "",
      });
    }
    this.#forget(pending);
  }

  async #retryLater(pending: Pending, delayMs: number, failure: TryFailure): Promise<void> {
    this.#noteFailure(failure);
    const { offset, attempts } = pending;
    const nextAtMs = this.#world.clock.now() + delayMs;
    const note = { status: failure.status, note: failure.message };
    // Not awaited as synced: losing it costs a shorter wait.
    await this.#persist(() =>
      this.#world.journal.recordAttempt(this.#subscription.cursor, { offset, attempt: attempts, nextAtMs, ...note, durability: "lazy" }),
    );
    this.#wait(pending, delayMs);
  }

  async #giveUp(pending: Pending, event: CloudEvent, failure: TryFailure): Promise<void> {
    this.#noteFailure(failure);
    const { subscriber, deadLetterSink, afterGivingUp, order } = this.#subscription;
    const halts = order === "ordered" && afterGivingUp === "halt";
    if (deadLetterSink === undefined || halts) {
      const reason = halts ? "Halted" : "NoSink";
      return this.#park(pending, { reason, status: failure.status, message: failure.message, destination: subscriber }, halts);
    }
    pending.givenUp = failure;
    await this.#tryDeadLetter(pending, event, failure);
  }

  async #tryDeadLetter(pending: Pending, event: CloudEvent, failure: TryFailure): Promise<void> {
    const { deadLetterSink: url = "", policy, subscriber } = this.#subscription;
    pending.deadLetterTries += 1;
    const message = sinkMessage(deadLetter(withoutHops(event), subscriber, failure), this.#subscription);
    const answer = await this.#world.sender.send({ url, message, timeoutMs: policy.timeoutMs }, this.#end.signal);
    const decision = decide(withoutBody(answer), pending.deadLetterTries, policy, this.#world.clock.now());
    if (decision.kind === "retry") return this.#wait(pending, decision.delayMs);
    if (decision.kind === "delivered") {
      const { offset, attempts } = pending;
      return this.#acknowledge(pending, { outcome: "dead-lettered", offset, status: failure.status, attempt: attempts, note: url });
    }
    const why = `${failure.message}; then the dead letter sink ${url}: ${decision.failure.message}`;
    await this.#park(pending, { reason: "SinkFailed", status: failure.status, message: why, destination: subscriber });
  }

  #acknowledge(pending: Pending, acknowledged: Acknowledged): void {
    this.#world.journal.acknowledge(this.#subscription.cursor, [acknowledged]);
    this.#forget(pending);
  }

  async #park(pending: Pending, failure: Omit<NewParked, "offset" | "attempts">, halt = false): Promise<void> {
    const { offset, attempts } = pending;
    await this.#settle({ cursor: this.#subscription.cursor, parked: [{ ...failure, offset, attempts }] });
    this.#forget(pending, halt);
  }

  async #parkBacklog(chosen: readonly Pending[]): Promise<void> {
    const message = "the trigger was over its backlog limit";
    const parked = chosen.map(({ offset, attempts }) => ({ offset, attempts, reason: "BacklogExceeded", message }));
    for (const pending of chosen) {
      this.#lanes.settled(pending);
      pending.state = "active";
      pending.timer?.[Symbol.dispose]();
    }
    await this.#settle({ cursor: this.#subscription.cursor, parked });
    for (const { offset } of chosen) this.#pending.delete(offset);
    this.#parkedForBacklog += chosen.length;
    this.#noteSettled();
  }

  async #settle(settlement: Settlement): Promise<void> {
    await this.#persist(() => this.#world.journal.settle(settlement));
  }

  /** Asks again while the journal refuses: what was decided is not decided anew. */
  async #persist<T extends { readonly kind: string }>(write: () => Promise<T | Refusal>): Promise<Exclude<T, Refusal>> {
    for (;;) {
      const result = await write();
      if (result.kind !== "full" && result.kind !== "unavailable") return result as Exclude<T, Refusal>;
      const { retryAfterMs, message } = result as Refusal;
      this.#blocked = message;
      await delay(this.#world.clock, retryAfterMs, this.#end.signal);
    }
  }

  /** A read for each settled event would cost more than the event. */
  #noteSettled(): void {
    this.#settlements += 1;
    if (this.#isHeldUp) this.#wakeup.notify();
  }

  #forget(pending: Pending, halt = false): void {
    this.#pending.delete(pending.offset);
    this.#lanes.settled(pending, halt);
    this.#noteSettled();
  }

  /** undefined: it is settled, or cannot be read until a person releases its segment; then it is read with what follows. */
  async #readAgain(offset: Offset): Promise<CloudEvent | undefined> {
    for (;;) {
      const result = await this.#world.journal.readCursor(this.#subscription.cursor, { from: offset, limit: 1 });
      if (result.kind === "unavailable") {
        await delay(this.#world.clock, result.retryAfterMs, this.#end.signal);
        continue;
      }
      const [stored] = result.kind === "no-cursor" ? [] : result.events;
      if (stored?.offset === offset) return cloudEventOf(stored);
      if (result.kind === "quarantined") this.#position = Math.min(this.#position, offset);
      return undefined;
    }
  }

  async #haltedKeys(): Promise<Set<string>> {
    const { stream, reader } = this.#subscription.cursor;
    const items = await this.#world.journal.listParked({ stream, reader });
    const reads = await Promise.all(items.filter(({ reason }) => reason === "Halted").map(({ id }) => this.#world.journal.getParked(id)));
    return new Set(reads.flatMap((read) => (read.kind === "ok" ? [orderKey(read.event)] : [])));
  }

  #noteFailure({ message, status }: TryFailure): void {
    this.#failing = { message, status, sinceMs: this.#failing?.sinceMs ?? this.#world.clock.now() };
  }

  /** The event stays unsettled: it is delivered after the next start. */
  #failed(error: unknown): void {
    if (this.#end.signal.aborted) return;
    this.#blocked = error instanceof Error ? error.message : String(error);
    this.#world.logger.error("delivery stopped", { trigger: this.#subscription.description.trigger, error: this.#blocked });
  }
}

const LAST_TRY_UNKNOWN: TryFailure = { status: 0, message: "the platform ended during the last try" };
