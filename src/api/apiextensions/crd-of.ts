import type { CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionVersion } from "../k8s/types.generated.ts";
import type { Kind } from "../meta/kind.ts";
import type { Definitions } from "../meta/schema.ts";
import { acceptedStatus, fullNames } from "./names.ts";
import { structuralSchema } from "./structural.ts";

/** When these definitions came to be is nobody's business; a fixed moment keeps them equal from start to start. */
const SINCE = "2024-01-01T00:00:00Z";

/** The CustomResourceDefinition by which a kind that is built in is listed: `kn` and `func` look there. */
export function crdOf(kind: Kind, definitions: Definitions): CustomResourceDefinition {
  const names = fullNames({
    plural: kind.plural,
    singular: kind.singular,
    kind: kind.kind,
    ...(kind.shortNames.length > 0 ? { shortNames: [...kind.shortNames] } : {}),
    ...(kind.categories.length > 0 ? { categories: [...kind.categories] } : {}),
  });
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${kind.group}`, labels: { ...kind.crd?.labels } },
    spec: {
      group: kind.group,
      names,
      scope: kind.namespaced ? "Namespaced" : "Cluster",
      versions: [versionOf(kind, definitions)],
      conversion: { strategy: "None" },
    },
    status: acceptedStatus(names, [kind.version], SINCE),
  };
}

function versionOf(kind: Kind, definitions: Definitions): CustomResourceDefinitionVersion {
  const printed = columnsOf(kind);
  const { status, scale } = kind.subresources;
  const subresources = {
    ...(status ? { status: {} } : {}),
    ...(scale
      ? {
          scale: {
            specReplicasPath: `.${scale.specReplicas}`,
            statusReplicasPath: `.${scale.statusReplicas}`,
            labelSelectorPath: `.${scale.selector}`,
          },
        }
      : {}),
  };
  return {
    name: kind.version,
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { ...structuralSchema(definitions, kind.definition) } },
    ...(Object.keys(subresources).length > 0 ? { subresources } : {}),
    ...(printed.length > 0 ? { additionalPrinterColumns: printed } : {}),
  };
}

function columnsOf(kind: Kind): CustomResourceColumnDefinition[] {
  return kind.columns.flatMap(({ name, type, jsonPath, priority, description }) => {
    if (jsonPath === undefined) return [];
    return [{ name, type, jsonPath, ...(priority ? { priority } : {}), ...(description ? { description } : {}) }];
  });
}
