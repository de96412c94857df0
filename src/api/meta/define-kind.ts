import { humanDuration } from "../../std/duration.ts";
import type { KubeObject } from "./object.ts";
import type { Cell, Column, Kind } from "./kind.ts";

type Required = "group" | "version" | "kind" | "plural" | "namespaced" | "definition";

/** A kind from what is special about it. */
export function defineKind<T extends KubeObject>(special: Pick<Kind<T>, Required> & Partial<Kind<T>>): Kind<T> {
  return {
    singular: special.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    subresources: {},
    generation: "none",
    columns: [nameColumn(), ageColumn()],
    strategy: {},
    ...special,
  };
}

/** A column that is not a name, a date or wide. */
export function column<T extends KubeObject>(name: string, type: Column["type"], cell: (object: T, now: number) => Cell): Column<T> {
  return { name, type, cell };
}

/** Shown with `-o wide` only. */
export function wideColumn<T extends KubeObject>(name: string, cell: (object: T, now: number) => Cell): Column<T> {
  return { name, type: "string", priority: 1, cell };
}

export function nameColumn(): Column {
  return { name: "Name", type: "string", format: "name", cell: (object) => object.metadata.name ?? "" };
}

export function ageColumn(): Column {
  return { name: "Age", type: "string", cell: (object, now) => ageSince(object.metadata.creationTimestamp, now) };
}

/** The older form of an age: the time itself, which the client turns into one. */
export function createdAtColumn(): Column {
  return { name: "Created At", type: "date", cell: (object) => object.metadata.creationTimestamp ?? null };
}

/** How long ago `timestamp` (RFC 3339) was; `<unknown>` without one. */
export function ageSince(timestamp: string | null | undefined, now: number): string {
  const then = timestamp ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(then) ? "<unknown>" : humanDuration(now - then);
}
