import assert from "node:assert/strict";
import { test } from "node:test";
import type { Controller, Outcome } from "../control/controller/types.ts";
import { parseKey, type KubeObject } from "../api/meta/object.ts";
import type { Interceptor } from "../client/faults.ts";
import { deepClone, isRecord } from "../std/json.ts";
import { World, type Write } from "./world.ts";

/** A write that a row expects: with `body` the whole body, with `partial` what the body must contain, else any body. */
export interface ExpectedWrite extends Omit<Write, "body"> {
  readonly body?: object;
  /** Members that the body must have with these values; lists are compared whole, item by item, each partially. */
  readonly partial?: object;
}

export interface TableRow {
  readonly name: string;
  readonly world: readonly KubeObject[];
  /** `namespace/name` */
  readonly key: string;
  /** All writes in order; default none. */
  readonly writes?: readonly ExpectedWrite[];
  /** All events, `Normal Reason Message`; default none. */
  readonly events?: readonly string[];
  /** Default `done`. `failed` expects an exception with this message. */
  readonly outcome?: Outcome | { readonly kind: "failed"; readonly message: string | RegExp };
  readonly faults?: readonly Interceptor[];
  /** Epoch milliseconds. */
  readonly now?: number;
  /** A second reconcile of the resulting world must write nothing. */
  readonly settles?: boolean;
  /** What else must hold. */
  readonly check?: (world: World) => void;
}

type Reconciles = Pick<Controller, "reconcile">;

/** One test a row: world before -> reconcile of one key -> writes, events, outcome. */
export function reconcileTable(make: (world: World) => Reconciles, rows: readonly TableRow[]): void {
  for (const row of rows) void test(row.name, () => runRow(make, row));
}

async function runRow(make: (world: World) => Reconciles, row: TableRow): Promise<void> {
  const { world: objects, now, faults } = row;
  const world = new World({ objects, ...(now === undefined ? {} : { now }), ...(faults === undefined ? {} : { faults }) });
  const controller = make(world);
  const outcome = await outcomeOf(controller, row.key);
  assertWrites(world.writes, row.writes ?? []);
  assert.deepEqual(world.events, row.events ?? []);
  assertOutcome(outcome, row.outcome ?? { kind: "done" });
  row.check?.(world);
  if (row.settles === true) {
    world.writes.length = 0;
    await controller.reconcile(parseKey(row.key), new AbortController().signal);
    assert.deepEqual(world.writes, [], "a second reconcile must change nothing");
  }
}

async function outcomeOf(controller: Reconciles, key: string): Promise<Outcome | { readonly kind: "failed"; readonly error: unknown }> {
  try {
    return await controller.reconcile(parseKey(key), new AbortController().signal);
  } catch (error) {
    return { kind: "failed", error };
  }
}

function assertOutcome(actual: Awaited<ReturnType<typeof outcomeOf>>, expected: NonNullable<TableRow["outcome"]>): void {
  if (actual.kind !== "failed") assert.deepEqual(actual, expected);
  else if (expected.kind !== "failed") throw actual.error;
  else
    assert.throws(
      () => {
        throw actual.error;
      },
      { message: expected.message },
    );
}

/** Compares recorded writes with expected ones; a failure shows both whole. */
export function assertWrites(actual: readonly Write[], expected: readonly ExpectedWrite[]): void {
  const shown = actual.map((write, i) => restrict(write, expected[i]));
  const wanted = expected.map(({ partial, ...write }) => (partial === undefined ? write : { ...write, body: partial }));
  assert.deepEqual(plain(shown), plain(wanted));
}

function restrict(write: Write, expected: ExpectedWrite | undefined): Write {
  const { body, ...bare } = write;
  if (expected?.body !== undefined || body === undefined) return write;
  return expected?.partial === undefined ? bare : { ...bare, body: pick(body, expected.partial) as object };
}

/** The members of `value` that `pattern` speaks of. */
function pick(value: unknown, pattern: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(pattern)) return value.map((item, i) => (i < pattern.length ? pick(item, pattern[i]) : item));
  if (!isRecord(value) || !isRecord(pattern)) return value;
  return Object.fromEntries(Object.keys(pattern).map((name) => [name, pick(value[name], pattern[name])]));
}

function plain<T>(value: T): T {
  return deepClone(value);
}
