import { findCondition, type Condition } from "../meta/conditions.ts";
import { ageSince } from "../meta/define-kind.ts";
import type { Cell, Column } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";

type WithConditions = KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] | undefined } | undefined };

/** A column whose cell is what a JSON path finds. An absent value prints as null for numbers, as nothing for text. */
export function column<T extends KubeObject>(
  name: string,
  jsonPath: string,
  cell: (object: T) => Cell | undefined,
  type: "string" | "integer" = "string",
): Column<T> {
  return { name, type, jsonPath, cell: (object) => cell(object) ?? null };
}

export function readyColumn<T extends WithConditions>(): Column<T> {
  return column<T>(
    "Ready",
    ".status.conditions[?(@.type=='Ready')].status",
    (object) => findCondition(object.status?.conditions, "Ready")?.status,
  );
}

export function reasonColumn<T extends WithConditions>(): Column<T> {
  return column<T>(
    "Reason",
    ".status.conditions[?(@.type=='Ready')].reason",
    (object) => findCondition(object.status?.conditions, "Ready")?.reason ?? "",
  );
}

/** The age, where a kind lists it among its own columns. */
export function createdColumn<T extends KubeObject>(): Column<T> {
  return {
    name: "Age",
    type: "date",
    jsonPath: ".metadata.creationTimestamp",
    cell: (object, now) => ageSince(object.metadata.creationTimestamp, now),
  };
}
