import type { TObject } from "typebox";
import { definitionOf } from "../duck/object.ts";
import type { Kind, KindRef } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";
import { EVENTING_CRD_LABELS, EVENTING_WEBHOOK, SOURCE_LABELS } from "../names/crd-labels.ts";

interface SpecialSource<T extends KubeObject> {
  readonly ref: KindRef<T>;
  readonly text: string;
  readonly schema: TObject;
  readonly columns: Kind<T>["columns"];
  readonly strategy: Kind<T>["strategy"];
  readonly categories?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** JSON of the types of its events; the annotation by which catalogues find them. */
  readonly eventTypes?: string;
}

/** A kind of `sources.knative.dev` from what is special about it. */
export function sourceKind<T extends KubeObject>({ ref, text, schema, columns, strategy, ...rest }: SpecialSource<T>): Kind<T> {
  const { categories = [], labels = {}, eventTypes } = rest;
  return {
    ...ref,
    ...definitionOf(ref, text, schema),
    singular: ref.kind.toLowerCase(),
    shortNames: [],
    categories: ["all", "knative", "sources", ...categories],
    subresources: { status: true },
    generation: "spec",
    columns,
    strategy,
    crd: {
      labels: { ...EVENTING_CRD_LABELS, ...SOURCE_LABELS, ...labels },
      ...(eventTypes === undefined ? {} : { annotations: { "registry.knative.dev/eventTypes": eventTypes } }),
      webhook: EVENTING_WEBHOOK,
    },
  };
}

export function sourceRef<T extends KubeObject>(kind: string, plural: string, version = "v1"): KindRef<T> {
  return { group: "sources.knative.dev", version, kind, plural, namespaced: true };
}
