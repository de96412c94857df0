import type { Pending } from "./pending.ts";

/** Who may be tried now. Unordered: everybody, in the order of arrival. Ordered: of each key the oldest. */
export class Lanes {
  readonly #isOrdered: boolean;
  readonly #ready: Pending[] = [];
  readonly #keys = new Map<string, Pending[]>();
  readonly #halted: Set<string>;

  constructor(isOrdered: boolean, halted: Iterable<string> = []) {
    this.#isOrdered = isOrdered;
    this.#halted = new Set(halted);
  }

  get ready(): number {
    return this.#ready.length;
  }

  add(pending: Pending): void {
    if (!this.#isOrdered) return void this.#ready.push(pending);
    const line = this.#keys.get(pending.key);
    if (line !== undefined) return void line.push(pending);
    this.#keys.set(pending.key, [pending]);
    if (!this.#halted.has(pending.key)) this.#ready.push(pending);
  }

  /** It may be tried (again) now. */
  requeue(pending: Pending): void {
    this.#ready.push(pending);
  }

  take(): Pending | undefined {
    return this.#ready.shift();
  }

  /** It is settled; with `halt` its key waits until `resume`. */
  settled(pending: Pending, halt = false): void {
    const queued = pending.state === "queued" ? this.#ready.indexOf(pending) : -1;
    if (queued >= 0) this.#ready.splice(queued, 1);
    const line = this.#keys.get(pending.key);
    if (line === undefined) return;
    const wasHead = line[0] === pending;
    const index = line.indexOf(pending);
    if (index >= 0) line.splice(index, 1);
    if (halt) this.#halted.add(pending.key);
    const [next] = line;
    if (next === undefined) this.#keys.delete(pending.key);
    else if (wasHead && !this.#halted.has(pending.key)) this.#ready.push(next);
  }

  get halted(): ReadonlySet<string> {
    return this.#halted;
  }

  /** Only these keys stay halted. */
  resume(stillHalted: ReadonlySet<string>): void {
    for (const key of this.#halted) {
      if (stillHalted.has(key)) continue;
      this.#halted.delete(key);
      const [head] = this.#keys.get(key) ?? [];
      if (head !== undefined && head.state === "queued") this.#ready.push(head);
    }
    for (const key of stillHalted) this.#halted.add(key);
  }
}
