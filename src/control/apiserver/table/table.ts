import type { Column, Kind } from "../../../api/meta/kind.ts";
import { apiVersionOf } from "../../../api/meta/kind.ts";
import type { KubeObject, ObjectMeta } from "../../../api/meta/object.ts";

/** What a row carries beside its cells. */
export type IncludeObject = "Metadata" | "Object" | "None";

export interface TableOptions {
  /** `v1` or `v1beta1` of meta.k8s.io. */
  readonly version: string;
  readonly includeObject: IncludeObject;
  /** Epoch milliseconds, for ages. */
  readonly now: number;
  /** False on later events of a watch: the client has the columns already. */
  readonly withColumns: boolean;
}

export interface Table {
  readonly kind: "Table";
  readonly apiVersion: string;
  readonly metadata: object;
  readonly columnDefinitions: readonly object[] | null;
  readonly rows: readonly object[];
}

/** Objects as a `meta.k8s.io` Table. `metadata` is the list's, or the single object's resourceVersion. */
export function makeTable(kind: Kind, objects: readonly KubeObject[], metadata: object, options: TableOptions): Table {
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: options.withColumns ? columnsOf(kind).map(columnDefinition) : null,
    rows: objects.map((object) => row(kind, object, options)),
  };
}

/** The metadata of an object alone, as `PartialObjectMetadata`. */
export function partialMetadata(metadata: ObjectMeta, version: string): KubeObject {
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata };
}

const nameColumn: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name of the object, unique in its namespace.",
  cell: (object) => object.metadata.name ?? "",
};

/** Custom resources list the columns after the name; the API server puts the name in front. */
function columnsOf(kind: Kind): readonly Column[] {
  return kind.crd === undefined ? kind.columns : [nameColumn, ...kind.columns];
}

function columnDefinition(column: Column): object {
  const { name, type, format = "", description = name, priority = 0 } = column;
  return { name, type, format, description, priority };
}

function row(kind: Kind, object: KubeObject, options: TableOptions): object {
  return { cells: columnsOf(kind).map((column) => cell(column, object, options.now)), object: embedded(kind, object, options) };
}

/** A bookmark's empty object, or one that a printer did not expect, must not break the whole table. */
function cell(column: Column, object: KubeObject, now: number): unknown {
  try {
    return column.cell(object, now);
  } catch {
    return "<unknown>";
  }
}

function embedded(kind: Kind, object: KubeObject, options: TableOptions): object | null {
  switch (options.includeObject) {
    case "None":
      return null;
    case "Object":
      return { kind: kind.kind, apiVersion: apiVersionOf(kind), ...object };
    case "Metadata":
      return partialMetadata(object.metadata, options.version);
  }
}
