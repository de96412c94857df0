import assert from "node:assert/strict";
import { it } from "node:test";
import { deepClone } from "../../std/json.ts";
import type { AdmissionContext, Cell, Kind, Strategy } from "./kind.ts";
import type { KubeObject } from "./object.ts";

type Draft = Record<string, unknown>;

/** 2024-06-01T00:00:00Z */
export const NOW = Date.UTC(2024, 5, 1);

export function contextOf(old?: KubeObject): AdmissionContext {
  const operation = old === undefined ? "CREATE" : "UPDATE";
  return { operation, subresource: "", user: "admin", now: NOW, configMap: () => undefined, ...(old === undefined ? {} : { old }) };
}

/** What a client sent, as it would be stored: prepared and defaulted twice, because the second time must change nothing. */
export function shaped<T extends KubeObject>(kind: Kind<T>, sent: Draft, old?: KubeObject): KubeObject {
  const strategy = kind.strategy as unknown as Strategy;
  const draft = deepClone(sent) as unknown as KubeObject;
  draft.metadata ??= {};
  strategy.prepare?.(draft, contextOf(old));
  strategy.default?.(draft, contextOf(old));
  const once = deepClone(draft);
  strategy.default?.(draft, contextOf(old));
  assert.deepEqual(draft, once, "defaulting twice changes something");
  return once;
}

/** name, what is sent, what it becomes */
export function defaultsTable<T extends KubeObject>(kind: Kind<T>, rows: readonly (readonly [string, Draft, Draft])[]): void {
  for (const [name, sent, expected] of rows)
    it(`defaults: ${name}`, () => assert.deepEqual(shaped(kind, sent), { metadata: {}, ...expected }));
}

/** name, what is sent, `field: message` of each cause, and the object as stored before */
export function causesTable<T extends KubeObject>(
  kind: Kind<T>,
  rows: readonly (readonly [string, Draft, readonly string[], Draft?])[],
): void {
  for (const [name, sent, expected, before] of rows) {
    it(`causes: ${name}`, () => {
      const old = before === undefined ? undefined : shaped(kind, before);
      const refusal = (kind.strategy as unknown as Strategy).validate?.(shaped(kind, sent, old), contextOf(old));
      const causes = refusal?.kind === "invalid" ? refusal.causes : [];
      assert.equal(refusal === undefined, causes.length === 0);
      assert.deepEqual(
        causes.map(({ field, message }) => `${field}: ${message}`),
        expected,
      );
    });
  }
}

/** name, an object as stored, its row; objects are one hour old unless they say otherwise */
export function cellsTable<T extends KubeObject>(kind: Kind<T>, rows: readonly (readonly [string, Draft, readonly Cell[]])[]): void {
  for (const [name, object, expected] of rows) {
    it(`cells: ${name}`, () => {
      const metadata = { name: "x", creationTimestamp: "2024-05-31T23:00:00Z", ...(object["metadata"] as object | undefined) };
      const stored = { ...object, metadata } as unknown as KubeObject;
      assert.deepEqual(
        (kind as unknown as Kind).columns.map((column) => column.cell(stored, NOW)),
        expected,
      );
    });
  }
}

/** `Name (string/name, 0)` of every column, as the reference lists them. */
export function columnTexts<T extends KubeObject>(kind: Kind<T>): string {
  const columns = (kind as unknown as Kind).columns;
  return columns.map(({ name, type, format, priority }) => `${name} (${type}${format ? `/${format}` : ""}, ${priority ?? 0})`).join(", ");
}
