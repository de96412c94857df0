/**
 * The core of a dispatcher: who runs where, who waits. It knows no time and does no IO.
 *
 * I1 an instance never has more than the limit in flight. I2 while a request waits, no usable instance has room.
 * I3 waiting requests leave in the order in which they came; one that failed to connect goes to the head.
 * I4 a closed instance gets nothing new, and is forgotten when its last request has ended.
 */
import type { Random } from "../../std/random.ts";
import type { InstanceSpec } from "../routes/backend.ts";
import { Instance } from "./instance.ts";
import type { Ticket } from "./instance.ts";
import { FIRST_FIT_LIMIT, pick } from "./pick.ts";

export type Entry = "assigned" | "waiting" | "full";

export interface AssignmentOptions {
  readonly random: Random;
  /** A closed instance has nothing in flight any more. */
  readonly onDrained: (instance: Instance) => void;
  /** Whether the pod must not get requests although its endpoint is ready. */
  readonly isClosed: (podUid: string) => boolean;
}

export class Assignment {
  readonly #options: AssignmentOptions;
  readonly #instances = new Map<string, Instance>();
  /** Closed ones with requests in flight. */
  readonly #leaving = new Set<Instance>();
  readonly #retries: Ticket[] = [];
  readonly #queue = new Set<Ticket>();
  #usable: readonly Instance[] = [];
  #limit = 0;
  #queueLimit = 0;
  #cursor = 0;

  constructor(options: AssignmentOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#queue.size + this.#retries.length;
  }

  get usable(): readonly Instance[] {
    return this.#usable;
  }

  /** Whether an instance is there, be it a suspect. */
  get hasInstances(): boolean {
    return this.#instances.size > 0;
  }

  /** Every instance that is known or still has requests. */
  *instances(): Iterable<Instance> {
    yield* this.#instances.values();
    yield* this.#leaving;
  }

  /** `limit` requests in flight for each instance, 0 for unlimited; `queueLimit` may wait. */
  configure(limit: number, queueLimit: number): void {
    this.#limit = limit;
    this.#queueLimit = queueLimit;
    this.#pump();
  }

  update(specs: readonly InstanceSpec[]): void {
    const wanted = new Map(specs.map((spec) => [spec.id, spec]));
    for (const [id, instance] of this.#instances) if (!wanted.has(id)) this.#retire(id, instance);
    for (const spec of wanted.values()) if (!this.#instances.has(spec.id)) this.#add(spec);
    this.#refresh();
  }

  enter(ticket: Ticket): Entry {
    const instance = this.waiting > 0 ? undefined : this.#pick(); // I2: who waits already has seen that there is no room
    if (instance !== undefined) {
      this.#assign(ticket, instance);
      return "assigned";
    }
    if (this.#queue.size >= this.#queueLimit) return "full";
    this.#queue.add(ticket);
    return "waiting";
  }

  /** The request on this instance has ended. */
  leave(instance: Instance): void {
    instance.inFlight--;
    if (instance.closed) {
      if (instance.inFlight === 0) this.#forget(instance);
      return;
    }
    this.#pump();
  }

  /** The request could not reach the instance: it goes to the head of the queue, and the instance must prove itself. */
  retry(ticket: Ticket, instance: Instance): void {
    this.#retries.push(ticket);
    this.suspect(instance);
    this.leave(instance);
  }

  /** Everything that waits, in its order; it waits no longer. */
  takeWaiting(): readonly Ticket[] {
    const all = [...this.#retries, ...this.#queue];
    this.#retries.length = 0;
    this.#queue.clear();
    return all;
  }

  /** A waiting request gives up. False when it does not wait. */
  withdraw(ticket: Ticket): boolean {
    if (this.#queue.delete(ticket)) return true;
    const index = this.#retries.indexOf(ticket);
    if (index >= 0) this.#retries.splice(index, 1);
    return index >= 0;
  }

  suspect(instance: Instance): void {
    instance.suspect = true;
    this.#refresh();
  }

  trust(instance: Instance): void {
    instance.suspect = false;
    this.#refresh();
  }

  /** Stops new requests to a pod; what is in flight there goes on. */
  close(podUid: string): void {
    for (const [id, instance] of this.#instances) if (instance.spec.podUid === podUid) this.#retire(id, instance);
    this.#refresh();
  }

  inFlightOf(podUid: string): number {
    let sum = 0;
    for (const instance of this.instances()) if (instance.spec.podUid === podUid) sum += instance.inFlight;
    return sum;
  }

  #add(spec: InstanceSpec): void {
    if (this.#options.isClosed(spec.podUid)) return;
    this.#instances.set(spec.id, this.#reopened(spec.id) ?? new Instance(spec));
  }

  /** An instance that was not ready for a moment comes back with what it still has in flight. */ // I1
  #reopened(id: string): Instance | undefined {
    for (const instance of this.#leaving) {
      if (instance.spec.id !== id) continue;
      this.#leaving.delete(instance);
      instance.closed = false;
      instance.suspect = false; // whoever made it prove itself stopped when it closed
      return instance;
    }
    return undefined;
  }

  #retire(id: string, instance: Instance): void {
    this.#instances.delete(id);
    instance.closed = true; // I4
    if (instance.inFlight === 0) this.#forget(instance);
    else this.#leaving.add(instance);
  }

  #forget(instance: Instance): void {
    this.#leaving.delete(instance);
    this.#options.onDrained(instance);
  }

  #refresh(): void {
    this.#usable = [...this.#instances.values()].filter((instance) => instance.usable);
    this.#pump();
  }

  /** Hands out room to those who wait. */ // I2, I3
  #pump(): void {
    while (this.waiting > 0) {
      const instance = this.#pick();
      if (instance === undefined) return;
      const ticket = this.#next();
      if (ticket !== undefined) this.#assign(ticket, instance);
    }
  }

  #next(): Ticket | undefined {
    const retried = this.#retries.shift();
    if (retried !== undefined) return retried;
    const first = this.#queue.values().next().value;
    if (first !== undefined) this.#queue.delete(first);
    return first;
  }

  #pick(): Instance | undefined {
    return pick(this.#usable, this.#limit, this.#cursor, this.#options.random);
  }

  #assign(ticket: Ticket, instance: Instance): void {
    instance.inFlight++; // before the callback, which may come back here
    if (this.#limit > FIRST_FIT_LIMIT) this.#cursor = (this.#usable.indexOf(instance) + 1) % Math.max(1, this.#usable.length);
    ticket.assigned(instance);
  }
}
