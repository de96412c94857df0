import type { LabelSelector, PodTemplateSpec } from "../k8s/types.generated.ts";
import { wideColumn } from "../meta/define-kind.ts";
import { formatSelector } from "../meta/format.ts";
import type { Column } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";

interface WorkloadSpec {
  readonly selector?: LabelSelector | undefined;
  readonly template?: PodTemplateSpec | undefined;
}

/** Containers, Images and Selector, with `-o wide`. */
export function workloadColumns<T extends KubeObject>(specOf: (object: T) => WorkloadSpec | undefined): Column<T>[] {
  const containers = (object: T) => specOf(object)?.template?.spec?.containers ?? [];
  return [
    wideColumn("Containers", (object) =>
      containers(object)
        .map(({ name }) => name)
        .join(","),
    ),
    wideColumn("Images", (object) =>
      containers(object)
        .map(({ image }) => image)
        .join(","),
    ),
    wideColumn("Selector", (object) => formatSelector(specOf(object)?.selector)),
  ];
}
