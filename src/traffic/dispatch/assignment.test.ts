import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../std/random.ts";
import type { InstanceSpec } from "../routes/backend.ts";
import { Assignment } from "./assignment.ts";
import type { Instance, Ticket } from "./instance.ts";

const spec = (name: string): InstanceSpec => ({ id: name, podUid: name, podName: name, address: name, port: 1 });

/** A core that is driven by short commands and tells what happened. */
class Script {
  readonly log: string[] = [];
  readonly tickets = new Map<string, Ticket>();
  readonly places = new Map<string, Instance>();
  readonly core: Assignment;

  constructor(limit: number, queueLimit = 100) {
    this.core = new Assignment({
      random: seededRandom(1),
      isClosed: () => false,
      onDrained: (instance) => void this.log.push(`${instance.spec.id} drained`),
    });
    this.core.configure(limit, queueLimit);
  }

  instances(...names: string[]): this {
    this.core.update(names.map(spec));
    return this;
  }

  enter(...names: string[]): this {
    for (const name of names) {
      const ticket: Ticket = { assigned: (instance) => this.#assigned(name, instance), refused: () => assert.fail("refused") };
      this.tickets.set(name, ticket);
      const entry = this.core.enter(ticket);
      if (entry !== "assigned") this.log.push(`${name} ${entry}`);
    }
    return this;
  }

  leave(name: string): this {
    this.core.leave(this.place(name));
    return this;
  }

  retry(name: string): this {
    this.core.retry(this.tickets.get(name)!, this.place(name));
    return this;
  }

  place(name: string): Instance {
    const instance = this.places.get(name);
    assert.ok(instance, `${name} has no instance`);
    return instance;
  }

  says(...lines: string[]): this {
    assert.deepEqual(this.log.splice(0), lines);
    return this;
  }

  #assigned(name: string, instance: Instance): void {
    this.places.set(name, instance);
    this.log.push(`${name} on ${instance.spec.id}`);
  }
}

test("requests wait in order and leave in order as room appears", () => {
  const script = new Script(1).enter("r1", "r2", "r3").says("r1 waiting", "r2 waiting", "r3 waiting");
  script.instances("a", "b").says("r1 on a", "r2 on b");
  script.leave("r2").says("r3 on b");
});

test("limits up to three fill the first instance before the next", () => {
  new Script(2).instances("a", "b").enter("r1", "r2", "r3", "r4", "r5").says("r1 on a", "r2 on a", "r3 on b", "r4 on b", "r5 waiting");
});

test("limits above three go round the instances with room", () => {
  new Script(4).instances("a", "b").enter("r1", "r2", "r3").says("r1 on a", "r2 on b", "r3 on a");
});

test("without a limit the less busy of two random choices is taken", () => {
  const script = new Script(0).instances("a", "b");
  script.enter(...Array.from({ length: 100 }, (_, index) => `r${index}`));
  const onA = script.log.filter((line) => line.endsWith("on a")).length;
  assert.equal(onA, 50, "two instances, always compared: an even split");
});

test("a full queue refuses", () => {
  new Script(1, 2).enter("r1", "r2", "r3").says("r1 waiting", "r2 waiting", "r3 full");
});

test("a removed instance gets nothing new and is drained when its last request ends", () => {
  const script = new Script(2).instances("a").enter("r1", "r2").says("r1 on a", "r2 on a").instances().enter("r3").says("r3 waiting");
  script.leave("r1").says().leave("r2").says("a drained");
});

test("closing a pod keeps it closed and an instance that comes back keeps what it has in flight", () => {
  const script = new Script(1).instances("a").enter("r1").says("r1 on a").instances().instances("a").enter("r2").says("r2 waiting");
  script.leave("r1").says("r2 on a");
  script.core.close("a");
  script.enter("r3").says("r3 waiting").leave("r2").says("a drained");
});

test("a request that could not connect goes first, and its instance waits until it is trusted again", () => {
  const script = new Script(1).instances("a").enter("r1", "r2").says("r1 on a", "r2 waiting").retry("r1").says();
  script.core.trust(script.place("r1"));
  script.says("r1 on a").leave("r1").says("r2 on a");
});

test("a waiting request can give up, once", () => {
  const script = new Script(1).enter("r1", "r2");
  assert.equal(script.core.withdraw(script.tickets.get("r1")!), true);
  assert.equal(script.core.withdraw(script.tickets.get("r1")!), false);
  script.log.length = 0;
  script.instances("a").says("r2 on a");
});

type Step = { readonly kind: "enter" | "leave" | "retry" | "withdraw" | "close" | "update" | "trust"; readonly n: number };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("enter", "enter", "enter", "leave", "leave", "retry", "withdraw", "close", "update", "trust"),
  n: fc.nat(1_000),
});

/** Runs steps and checks the invariants after each. */
class Model {
  readonly core: Assignment;
  readonly limit: number;
  readonly waiting = new Set<Ticket>();
  readonly running = new Map<Ticket, Instance>();
  readonly suspects: Instance[] = [];
  readonly closed = new Set<string>();
  entered = 0;
  ended = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.core = new Assignment({ random: seededRandom(5), isClosed: (podUid) => this.closed.has(podUid), onDrained: () => {} });
    this.core.configure(limit, 10_000);
  }

  apply({ kind, n }: Step): void {
    const running = [...this.running.keys()];
    const ticket = running[n % Math.max(1, running.length)];
    if (kind === "enter") this.#enter();
    if (kind === "leave" && ticket !== undefined) this.#end(ticket);
    if (kind === "retry" && ticket !== undefined) this.#retry(ticket);
    if (kind === "withdraw") this.#withdraw([...this.waiting][n % Math.max(1, this.waiting.size)]);
    if (kind === "close") this.#close(`i${n % 6}`);
    if (kind === "update") this.core.update([0, 1, 2, 3, 4, 5].filter((bit) => (n >> bit) & 1).map((bit) => spec(`i${bit}`)));
    if (kind === "trust") this.core.trust(this.suspects[n % Math.max(1, this.suspects.length)] ?? ({} as Instance));
  }

  check(): void {
    const usable = this.core.usable;
    const perInstance = new Map<Instance, number>();
    for (const instance of this.running.values()) perInstance.set(instance, (perInstance.get(instance) ?? 0) + 1);
    for (const [instance, count] of perInstance) {
      assert.equal(instance.inFlight, count, "the core's count is the true one");
      if (this.limit > 0) assert.ok(count <= this.limit, "never above the limit");
    }
    if (this.waiting.size > 0) {
      const room = usable.filter((instance) => this.limit === 0 || instance.inFlight < this.limit);
      assert.deepEqual(room, [], "never an idle instance while a request waits");
    }
    assert.equal(this.core.waiting, this.waiting.size);
    assert.equal(this.waiting.size + this.running.size + this.ended, this.entered, "no request is lost");
    assert.ok(usable.every((instance) => !this.closed.has(instance.spec.podUid)));
  }

  #enter(): void {
    const ticket: Ticket = {
      assigned: (instance) => {
        assert.ok(this.waiting.delete(ticket), "assigned once for each wait");
        assert.ok(instance.usable, "a closed or suspect instance gets nothing");
        this.running.set(ticket, instance);
      },
      refused: () => assert.fail("refused"),
    };
    this.entered++;
    this.waiting.add(ticket);
    this.core.enter(ticket);
  }

  #end(ticket: Ticket): void {
    const instance = this.running.get(ticket);
    this.running.delete(ticket);
    this.ended++;
    if (instance !== undefined) this.core.leave(instance);
  }

  #retry(ticket: Ticket): void {
    const instance = this.running.get(ticket);
    if (instance === undefined) return;
    this.running.delete(ticket);
    this.waiting.add(ticket);
    this.suspects.push(instance);
    this.core.retry(ticket, instance);
  }

  #withdraw(ticket: Ticket | undefined): void {
    if (ticket === undefined) return;
    assert.ok(this.core.withdraw(ticket));
    this.waiting.delete(ticket);
    this.ended++;
  }

  #close(podUid: string): void {
    this.closed.add(podUid);
    this.core.close(podUid);
  }
}

test("model: never above the limit, never idle while a request waits, no request lost", () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1, 2, 3, 4, 10), fc.array(step, { minLength: 20, maxLength: 300 }), (limit, steps) => {
      const model = new Model(limit);
      for (const one of steps) {
        model.apply(one);
        model.check();
      }
    }),
    { numRuns: 300 },
  );
});
