import { rfc3339 } from "../../std/clock.ts";

/** One condition, in the shape of Knative's `apis.Condition`. Severity "" is an error, `Info` is not aggregated. */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  severity?: string | undefined;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** The conditions of one kind: the aggregate and what it depends on. */
export interface ConditionSet {
  /** `Ready` or `Succeeded`. */
  readonly happy: string;
  readonly dependents: readonly string[];
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === "True";
}

/**
 * Marks conditions on a list and keeps the aggregate right, as Knative's living condition set does:
 * - I1 all dependents True makes the aggregate True, without reason and message;
 * - I2 a False dependent makes it False with that dependent's reason and message;
 * - I3 an Unknown dependent makes it Unknown unless another one is False;
 * - I4 the list stays sorted by type and lastTransitionTime moves only when something else of the condition does.
 */
export class ConditionManager {
  readonly #set: ConditionSet;
  readonly #now: number;
  #conditions: Condition[];

  /** `now` is in epoch milliseconds. The list is copied, the result is in `conditions`. */
  constructor(set: ConditionSet, conditions: readonly Condition[] | undefined, now: number) {
    this.#set = set;
    this.#now = now;
    this.#conditions = [...(conditions ?? [])];
  }

  get conditions(): Condition[] {
    return this.#conditions;
  }

  get(type: string): Condition | undefined {
    return findCondition(this.#conditions, type);
  }

  /** Adds what is missing as Unknown. */
  initialize(): this {
    const known = this.get(this.#set.happy);
    if (known === undefined) this.#set_({ type: this.#set.happy, status: "Unknown" });
    for (const type of this.#set.dependents) {
      if (this.get(type) === undefined) this.#set_({ type, status: known?.status === "True" ? "True" : "Unknown" });
    }
    return this;
  }

  markTrue(type: string, reason?: string, message?: string): void {
    this.#mark({ type, status: "True", reason, message });
  }

  markFalse(type: string, reason: string, message: string): void {
    this.#mark({ type, status: "False", reason, message });
  }

  markUnknown(type: string, reason: string, message: string): void {
    this.#mark({ type, status: "Unknown", reason, message });
  }

  #isDependent(type: string): boolean {
    return this.#set.dependents.includes(type);
  }

  #mark(condition: Condition): void {
    const severity = condition.type === this.#set.happy || this.#isDependent(condition.type) ? undefined : "Info";
    this.#set_({ ...condition, severity });
    if (severity === undefined && condition.type !== this.#set.happy) this.#aggregate();
  }

  #aggregate(): void {
    const dependents = this.#set.dependents.map((type) => this.get(type));
    const worst =
      dependents.find((condition) => condition?.status === "False") ??
      dependents.find((condition) => condition === undefined || condition.status === "Unknown");
    if (worst === undefined && dependents.every((condition) => condition?.status === "True")) {
      this.#set_({ type: this.#set.happy, status: "True" }); // I1
    } else {
      this.#set_({ type: this.#set.happy, status: worst?.status ?? "Unknown", reason: worst?.reason, message: worst?.message }); // I2, I3
    }
  }

  #set_(condition: Condition): void {
    const old = this.get(condition.type);
    if (old !== undefined && sameCondition(old, condition)) return; // I4
    const kept = this.#conditions.filter((other) => other.type !== condition.type);
    this.#conditions = [...kept, { ...withoutEmpty(condition), lastTransitionTime: rfc3339(this.#now) }].toSorted((a, b) =>
      a.type < b.type ? -1 : 1,
    );
  }
}

function sameCondition(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    (a.reason ?? "") === (b.reason ?? "") &&
    (a.message ?? "") === (b.message ?? "") &&
    (a.severity ?? "") === (b.severity ?? "")
  );
}

function withoutEmpty(condition: Condition): Condition {
  const { type, status, severity, reason, message } = condition;
  return { type, status, ...(severity ? { severity } : {}), ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
}
