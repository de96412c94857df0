import type { JsonSchema } from "./schema.ts";
import type { KubeObject } from "./object.ts";

/** Where a kind lives in the API: enough to make its URLs. */
export interface KindRef<T extends KubeObject = KubeObject> {
  /** "" is the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Phantom: carries the object type, never has a value. */
  readonly object?: T;
}

/** A printed cell: what `kubectl get` shows. */
export type Cell = string | number | boolean | null;

/** One column of the server-side Table. `priority` 0 is always shown, 1 only with `-o wide`. */
export interface Column<T extends KubeObject = KubeObject> {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  /** `now` (epoch milliseconds) is for ages. */
  cell(object: T, now: number): Cell;
  /** Custom resources only: the path that the CustomResourceDefinition lists, e.g. `.status.url`. */
  readonly jsonPath?: string;
}

/** One reason of a 422 Invalid `Status`. `reason` is Kubernetes' cause type, e.g. FieldValueRequired. */
export interface FieldCause {
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueDuplicate"
    | "FieldValueForbidden"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "FieldValueTypeInvalid"
    | "FieldValueNotFound";
  /** Without the field, e.g. `Required value: name or generateName is required`. */
  readonly message: string;
  readonly field: string;
}

/** Why an object is not taken. */
export type Refusal =
  /** 422 Invalid with causes: schema and core validation. */
  | { readonly kind: "invalid"; readonly causes: readonly FieldCause[] }
  /** 400 BadRequest with exactly this message: how an admission webhook refuses. */
  | { readonly kind: "denied"; readonly message: string }
  /** 403 Forbidden. */
  | { readonly kind: "forbidden"; readonly message: string };

/** What defaulting and validation may know beside the object. Everything is read from memory. */
export interface AdmissionContext {
  readonly operation: "CREATE" | "UPDATE";
  /** "" for the object itself, else e.g. `status`. */
  readonly subresource: string;
  /** User name, e.g. `kubernetes-admin`. */
  readonly user: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The object as stored, on UPDATE. */
  readonly old?: KubeObject;
  /** Data of a ConfigMap, if there is one. */
  configMap(namespace: string, name: string): Readonly<Record<string, string>> | undefined;
}

/** What makes a kind itself. All functions are pure; `draft` may be changed in place, everything else is frozen. */
export interface Strategy<T extends KubeObject = KubeObject> {
  /** Before defaults: drop what a client must not set (status on create), keep what it must not change. */
  prepare?(draft: T, context: AdmissionContext): void;
  default?(draft: T, context: AdmissionContext): void;
  validate?(object: T, context: AdmissionContext): Refusal | undefined;
  /** Texts for `Warning` headers. */
  warnings?(object: T, context: AdmissionContext): readonly string[];
  /** Field selectors beyond metadata.name and metadata.namespace, e.g. `status.phase`. */
  selectableFields?(object: T): Readonly<Record<string, string>>;
}

/** `/scale`: JSON paths without the leading dot, e.g. `spec.replicas`. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  readonly selector: string;
}

/** The kind that objects are stored as, with the same names, and how to get there and back. Nothing may be lost either way. */
export interface StoredAs<T extends KubeObject = KubeObject> {
  readonly kind: KindRef;
  toStored(object: T): KubeObject;
  fromStored(stored: KubeObject): T;
}

/**
 * One kind of the API, declared once: URLs, schema, strategy and columns. Defaults that the schema states
 * (`default`) are applied by the API server before `strategy.default`.
 */
export interface Kind<T extends KubeObject = KubeObject> extends KindRef<T> {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Name of its schema among the definitions, e.g. `io.k8s.api.core.v1.Pod`. Table and protobuf facts go by it. */
  readonly definition: string;
  /** Definitions that this kind brings along (Knative kinds). Built-in kinds take theirs from the facts. */
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly subresources: {
    readonly status?: boolean;
    readonly scale?: ScalePaths;
    /** Others, served by handlers that the API server is given, e.g. `log`, `exec`, `eviction`. */
    readonly others?: readonly string[];
  };
  /** Verbs other than the usual eight (create delete deletecollection get list patch update watch). */
  readonly verbs?: readonly string[];
  /** `spec`: metadata.generation starts at 1 and rises when the spec changes. `none`: it stays absent. */
  readonly generation: "spec" | "none";
  readonly columns: readonly Column<T>[];
  readonly strategy: Strategy<T>;
  /** Also listed as a CustomResourceDefinition with these labels. `webhook` is upstream's that decodes and defaults it. */
  readonly crd?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly webhook?: string;
  };
  /** Its objects are stored as those of another kind, which shows them too. */
  readonly storedAs?: StoredAs<T>;
  /** Objects are answered but never stored (reviews). */
  readonly virtual?: boolean;
}

export function apiVersionOf(kind: KindRef): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

/** `plural.group`, the resource name in error texts; the core group has no suffix. */
export function groupResource(kind: Pick<KindRef, "group" | "plural">): string {
  return kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** `/api/v1/namespaces/NS/pods/NAME/SUBRESOURCE`, as much of it as is given. */
export function pathOf(
  kind: KindRef,
  key: { readonly namespace?: string | undefined; readonly name?: string | undefined },
  subresource?: string,
): string {
  const root = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.namespaced && key.namespace ? `/namespaces/${encodeURIComponent(key.namespace)}` : "";
  const name = key.name === undefined ? "" : `/${encodeURIComponent(key.name)}`;
  return `${root}${scope}/${kind.plural}${name}${subresource ? `/${subresource}` : ""}`;
}
