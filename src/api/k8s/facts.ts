/** The table that tools/facts makes from the published Go types of Kubernetes. */
import table from "./facts.json" with { type: "json" };

/** `[JSON name, protobuf number, type, marks]`. Number 0 is not on the wire; an empty name with the mark `inline` is a flattened struct. */
export type Row = readonly [string, number, string, Marks?];

export interface Marks {
  readonly inline?: boolean;
  readonly required?: boolean;
  /** A Go pointer: absent and empty differ. */
  readonly pointer?: boolean;
  /** No pointer, and JSON shows the empty value. Not said of what is `required`, which always is so unless it is a pointer. */
  readonly always?: boolean;
  readonly listType?: "atomic" | "set" | "map";
  readonly listMapKeys?: readonly string[];
  readonly mapType?: "atomic" | "granular";
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
}

/** Rows by definition, e.g. `io.k8s.api.core.v1.Pod`. */
export const FACTS = table as unknown as Readonly<Record<string, readonly Row[]>>;

/** The rows of a definition with those of its inline structs in their place. */
export function fieldsOf(definition: string): Row[] {
  return (FACTS[definition] ?? []).flatMap((row) => (row[3]?.inline ? fieldsOf(row[2].slice(1)) : [row]));
}

/** Is the field a Go struct and no pointer to one, so that it always has a value, an empty one if need be? */
export function isEmbeddedStruct([, , type, marks]: Row): boolean {
  return type.startsWith("#") && marks?.pointer !== true;
}
