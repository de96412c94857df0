import { createHash } from "node:crypto";
import type { CustomResourceDefinition } from "../../../api/k8s/types.generated.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import { groupResource } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { refName, schemaRef, type Definitions, type JsonSchema } from "../../../api/meta/schema.ts";
import { byStability } from "./documents.ts";

/** The CustomResourceDefinitions that our kinds would have, sorted by name. `createdAt` is RFC 3339. */
export function builtinCrds(kinds: readonly Kind[], definitions: Definitions, createdAt: string): KubeObject[] {
  const custom = kinds.filter((kind) => kind.crd !== undefined);
  const inline = inliner(definitions);
  const crds = [...Map.groupBy(custom, groupResource)].map(([name, versions]) => makeCrd(name, versions, { inline, createdAt }));
  return crds.sort((a, b) => ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1));
}

interface Making {
  readonly inline: (definition: string) => JsonSchema;
  readonly createdAt: string;
}

function makeCrd(name: string, kinds: readonly Kind[], { inline, createdAt }: Making): KubeObject {
  const sorted = kinds.toSorted((a, b) => byStability(a.version, b.version));
  const kind = sorted[0] as Kind;
  const { group, plural, singular, shortNames, categories } = kind;
  const names = {
    plural,
    singular,
    kind: kind.kind,
    listKind: `${kind.kind}List`,
    shortNames: [...shortNames],
    categories: [...categories],
  };
  const crd: CustomResourceDefinition = {
    kind: "CustomResourceDefinition",
    apiVersion: "apiextensions.k8s.io/v1",
    metadata: {
      name,
      uid: stableUid(name),
      resourceVersion: "1",
      generation: 1,
      creationTimestamp: createdAt,
      labels: { ...kind.crd?.labels },
      ...(kind.crd?.annotations === undefined ? {} : { annotations: { ...kind.crd.annotations } }),
    },
    spec: {
      group,
      names,
      scope: kind.namespaced ? "Namespaced" : "Cluster",
      versions: sorted.map((each) => versionOf(each, each.storedAs === undefined, inline)) as CustomResourceDefinition["spec"]["versions"],
      conversion: { strategy: "None" },
    },
    status: {
      conditions: [
        condition("NamesAccepted", "NoConflicts", "no conflicts found", createdAt),
        condition("Established", "InitialNamesAccepted", "the initial names have been accepted", createdAt),
      ],
      acceptedNames: names,
      storedVersions: sorted.filter((each) => each.storedAs === undefined).map((each) => each.version),
    },
  };
  return crd as KubeObject;
}

function versionOf(kind: Kind, storage: boolean, inline: Making["inline"]): object {
  const { status, scale } = kind.subresources;
  const paths = scale && {
    specReplicasPath: `.${scale.specReplicas}`,
    statusReplicasPath: `.${scale.statusReplicas}`,
    labelSelectorPath: `.${scale.selector}`,
  };
  const columns = kind.columns.filter((column) => column.jsonPath !== undefined);
  return {
    name: kind.version,
    served: true,
    storage,
    schema: { openAPIV3Schema: inline(kind.definition) },
    subresources: { ...(status === true ? { status: {} } : {}), ...(paths === undefined ? {} : { scale: paths }) },
    additionalPrinterColumns: columns.map(({ name, type, jsonPath, priority }) => ({
      name,
      type,
      jsonPath,
      ...(priority ? { priority } : {}),
    })),
  };
}

function condition(type: string, reason: string, message: string, lastTransitionTime: string) {
  return { type, status: "True", lastTransitionTime, reason, message };
}

/** Equal names give equal uids, in every run. */
function stableUid(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Schemas without references, shared where the same definition stands in several places. Cycles end in an open object. */
function inliner(definitions: Definitions): (definition: string) => JsonSchema {
  const done = new Map<string, JsonSchema>();
  const open: JsonSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const named = (name: string): JsonSchema => {
    const known = done.get(name);
    if (known !== undefined) return known;
    done.set(name, open);
    const schema = inlineNode(definitions[name] ?? open, named);
    done.set(name, schema);
    return schema;
  };
  return (definition) => inlineNode(schemaRef(definition), named);
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

function inlineNode(schema: JsonSchema, named: (name: string) => JsonSchema): JsonSchema {
  const name = refName(schema);
  if (name === META) return { type: "object" };
  if (name !== undefined) {
    const { $ref: _ref, allOf: _allOf, ...beside } = schema;
    return { ...named(name), ...beside };
  }
  const { properties, items, additionalProperties, "x-kubernetes-group-version-kind": _gvk, ...rest } = schema;
  return {
    ...rest,
    ...(properties === undefined ? {} : { properties: mapValues(properties, (child) => inlineNode(child, named)) }),
    ...(items === undefined ? {} : { items: inlineNode(items, named) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties: typeof additionalProperties === "boolean" ? additionalProperties : inlineNode(additionalProperties, named),
        }),
  };
}

function mapValues<T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
