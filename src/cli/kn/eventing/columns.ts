import type { Destination } from "../../../api/duck/destination.ts";
import type { Condition } from "../../../api/meta/conditions.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { ageMs, shortDuration } from "../../shared/age.ts";
import { conditionsCell, readyCell, reasonCell } from "../conditions.ts";
import type { Column } from "../list.ts";
import { sinkText } from "./sink.ts";

type Conditioned = KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] | undefined } | undefined };

export function nameColumn<T extends KubeObject>(): Column<T> {
  return { title: "NAME", cell: ({ metadata }) => metadata.name ?? "" };
}

export function sinkColumn<T extends KubeObject>(title: string, sink: (object: T) => Destination | undefined): Column<T> {
  return { title, cell: (object) => sinkText(sink(object), object.metadata.namespace) };
}

export function ageColumn<T extends KubeObject>(now: number): Column<T> {
  return { title: "AGE", cell: ({ metadata }) => shortDuration(ageMs(metadata.creationTimestamp, now)) };
}

export function readyColumn<T extends Conditioned>(): Column<T> {
  return { title: "READY", cell: ({ status }) => readyCell(status?.conditions) };
}

export function reasonColumn<T extends Conditioned>(): Column<T> {
  return { title: "REASON", cell: ({ status }) => reasonCell(status?.conditions) };
}

/** AGE CONDITIONS READY REASON */
export function stateColumns<T extends Conditioned>(now: number): Column<T>[] {
  return [ageColumn(now), { title: "CONDITIONS", cell: ({ status }) => conditionsCell(status?.conditions) }, readyColumn(), reasonColumn()];
}
