import type { StoreEvent, WriteRequest, WriteResult } from "./contract.ts";

/** The last committed write of a key that exists. */
export interface KeyHead {
  readonly revision: number;
  readonly createRevision: number;
}

export type WriteOutcome =
  | { readonly result: Exclude<WriteResult, { kind: "ok" }> }
  | { readonly result: OkResult; readonly event: StoreEvent };
type OkResult = Extract<WriteResult, { kind: "ok" }>;

/** Why `request` may not be applied to a key whose last write is `head`; undefined when it may. I2 */
function refusal(request: WriteRequest, head: KeyHead | undefined): WriteOutcome | undefined {
  if (request.op === "create") return head === undefined ? undefined : { result: { kind: "exists", revision: head.revision } };
  if (head === undefined) return { result: { kind: "missing" } };
  return head.revision === request.expected ? undefined : { result: { kind: "conflict", revision: head.revision } };
}

/**
 * The writes of one batch, decided one after the other: each sees the earlier ones. Nothing changes until the owner takes
 * `events` and `heads` over after its commit.
 */
export class WriteDraft {
  readonly heads = new Map<string, KeyHead | undefined>();
  readonly events: StoreEvent[] = [];
  readonly #committed: ReadonlyMap<string, KeyHead>;
  #revision: number;

  constructor(committed: ReadonlyMap<string, KeyHead>, revision: number) {
    this.#committed = committed;
    this.#revision = revision;
  }

  /** The revision that the last accepted write gets. */
  get revision(): number {
    return this.#revision;
  }

  decide(request: WriteRequest): WriteOutcome {
    const head = this.heads.has(request.key) ? this.heads.get(request.key) : this.#committed.get(request.key);
    return refusal(request, head) ?? this.#accept(request, head);
  }

  #accept(request: WriteRequest, head: KeyHead | undefined): WriteOutcome {
    const revision = ++this.#revision; // I1
    const createRevision = head?.createRevision ?? revision;
    const type = request.op === "delete" ? "delete" : "put";
    this.heads.set(request.key, type === "delete" ? undefined : { revision, createRevision });
    const event = { type, key: request.key, revision, createRevision, value: request.value } as const;
    this.events.push(event);
    return { result: { kind: "ok", revision }, event };
  }

  /** Makes the batch the committed state of `heads`. */
  applyTo(heads: Map<string, KeyHead>): void {
    for (const [key, head] of this.heads) {
      if (head === undefined) heads.delete(key);
      else heads.set(key, head);
    }
  }
}

/**
 * Text that UTF-8 cannot carry would change on disk.
 *
 * @throws {RangeError} for a lone surrogate in key or value
 */
export function assertStorable(request: WriteRequest): void {
  if (!request.key.isWellFormed()) throw new RangeError("a store key must be well-formed Unicode");
  if (!request.value.isWellFormed()) throw new RangeError(`the value of ${request.key} must be well-formed Unicode`);
}

export function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
