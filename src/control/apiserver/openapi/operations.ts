import { SCALE_DEFINITION } from "../../../api/autoscaling/scale.ts";
import { apiVersionOf, pathOf, type Kind } from "../../../api/meta/kind.ts";
import { subresourcesOf } from "../discovery/documents.ts";
import { verbsOf } from "../routes/kind-index.ts";
import { BODY_PARAMETERS, COMMON, LIST_PARAMETERS, type Parameter } from "./parameters.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** One operation of the API, in neither version of OpenAPI yet. */
export interface Operation {
  readonly method: Method;
  /** x-kubernetes-action, e.g. `list`. */
  readonly action: string;
  readonly id: string;
  readonly description: string;
  readonly tag: string;
  readonly kind: GroupVersionKind;
  readonly parameters: readonly Parameter[];
  /** Definitions of the body and of the answer. */
  readonly body: string | undefined;
  readonly answer: string;
  readonly consumes: readonly string[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface PathEntry {
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly operations: readonly Operation[];
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const STATUS = `${META}Status`;
const DELETE_OPTIONS = `${META}DeleteOptions`;
export const PATCH_DEFINITION = `${META}Patch`;

const PATCHES = ["application/json-patch+json", "application/merge-patch+json"];
const STRATEGIC = "application/strategic-merge-patch+json";
const APPLY = "application/apply-patch+yaml";

/** What an operation is called, before it is put together. */
interface Draft {
  readonly method: Method;
  readonly action: string;
  readonly verb: string;
  readonly words: string;
  readonly parameters: readonly Parameter[];
  readonly body?: string;
  readonly answer?: string;
  readonly consumes?: readonly string[];
}

/** Every path of a kind with its operations. */
export function pathsOf(kind: Kind): readonly PathEntry[] {
  const verbs = verbsOf(kind);
  const item = itemPath(kind);
  const entries: PathEntry[] = [
    entry(kind, collectionPath(kind), collectionDrafts(kind, verbs)),
    ...(kind.namespaced && verbs.includes("list") ? [everywhere(kind)] : []),
    entry(kind, item, itemDrafts(kind, verbs)),
    ...subresourcesOf(kind).map((name) => subresource(kind, name)),
  ];
  return entries.filter(({ operations }) => operations.length > 0);
}

function collectionPath(kind: Kind): string {
  return kind.namespaced ? placeholders(pathOf(kind, { namespace: "NAMESPACE" })) : pathOf(kind, {});
}

function itemPath(kind: Kind, name?: string): string {
  return placeholders(pathOf(kind, { namespace: "NAMESPACE", name: "NAME" }, name));
}

function placeholders(path: string): string {
  return path.replace("/NAMESPACE", "/{namespace}").replace(/\/NAME(?=\/|$)/, "/{name}");
}

function everywhere(kind: Kind): PathEntry {
  const list: Draft = { method: "get", action: "list", verb: "list", words: "list or watch objects of", parameters: LIST_PARAMETERS };
  const operation = operationOf(kind, { ...list, answer: `${kind.definition}List` }, "ForAllNamespaces");
  return { path: pathOf(kind, {}), parameters: [COMMON.pretty], operations: [operation] };
}

function entry(kind: Kind, path: string, drafts: readonly Draft[], suffix = ""): PathEntry {
  const parameters = [
    ...(path.includes("{name}") ? [COMMON.name] : []),
    ...(path.includes("{namespace}") ? [COMMON.namespace] : []),
    COMMON.pretty,
  ];
  return { path, parameters, operations: drafts.map((draft) => operationOf(kind, draft, suffix)) };
}

function collectionDrafts(kind: Kind, verbs: readonly string[]): readonly Draft[] {
  const { definition } = kind;
  const drafts: readonly (Draft & { readonly needs: string })[] = [
    {
      needs: "list",
      method: "get",
      action: "list",
      verb: "list",
      words: "list or watch objects of",
      parameters: LIST_PARAMETERS,
      answer: `${definition}List`,
    },
    { needs: "create", method: "post", action: "post", verb: "create", words: "create", parameters: BODY_PARAMETERS, body: definition },
    {
      needs: "deletecollection",
      method: "delete",
      action: "deletecollection",
      verb: "deleteCollection",
      words: "delete a collection of",
      parameters: [...LIST_PARAMETERS, COMMON.dryRun],
      body: DELETE_OPTIONS,
      answer: STATUS,
    },
  ];
  return drafts.filter(({ needs }) => verbs.includes(needs));
}

function itemDrafts(kind: Kind, verbs: readonly string[]): readonly Draft[] {
  const { definition } = kind;
  const remove: Draft = {
    method: "delete",
    action: "delete",
    verb: "delete",
    words: "delete the specified",
    parameters: [COMMON.dryRun, COMMON.gracePeriodSeconds, COMMON.propagationPolicy],
    body: DELETE_OPTIONS,
    answer: STATUS,
  };
  return [
    ...(verbs.includes("get") ? [read(definition)] : []),
    ...(verbs.includes("update") ? [replace(definition)] : []),
    ...(verbs.includes("delete") ? [remove] : []),
    ...(verbs.includes("patch") ? [patch(kind, definition)] : []),
  ];
}

function read(definition: string): Draft {
  return { method: "get", action: "get", verb: "read", words: "read the specified", parameters: [], answer: definition };
}

function replace(definition: string): Draft {
  return { method: "put", action: "put", verb: "replace", words: "replace the specified", parameters: BODY_PARAMETERS, body: definition };
}

function patch(kind: Kind, answer: string): Draft {
  const consumes = [...PATCHES, ...(kind.definitions === undefined ? [STRATEGIC] : []), APPLY];
  const parameters = [...BODY_PARAMETERS, COMMON.force];
  const words = "partially update the specified";
  return { method: "patch", action: "patch", verb: "patch", words, parameters, body: PATCH_DEFINITION, answer, consumes };
}

function subresource(kind: Kind, name: string): PathEntry {
  const suffix = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const path = itemPath(kind, name);
  const definition = name === "scale" ? SCALE_DEFINITION : kind.definition;
  if (name === "status" || name === "scale") {
    return entry(kind, path, [read(definition), replace(definition), patch(kind, definition)], suffix);
  }
  const connect: Draft = { method: "get", action: "connect", verb: "connectGet", words: `connect to ${name} of`, parameters: [] };
  return entry(kind, path, [{ ...connect, answer: STATUS }], suffix);
}

function operationOf(kind: Kind, draft: Draft, suffix: string): Operation {
  const { group, version } = kind;
  const scope = kind.namespaced && suffix !== "ForAllNamespaces" ? "Namespaced" : "";
  const { method, action, parameters } = draft;
  return {
    method,
    action,
    id: `${draft.verb}${camel(group)}${capital(version)}${scope}${kind.kind}${suffix}`,
    description: `${draft.words} kind ${kind.kind}`,
    tag: `${tagOf(group)}_${version}`,
    kind: { group, version, kind: kind.kind },
    parameters,
    body: draft.body,
    answer: draft.answer ?? draft.body ?? kind.definition,
    consumes: draft.consumes ?? ["*/*"],
  };
}

/** `serving.knative.dev` -> `ServingKnativeDev`; Kubernetes' own groups lose their `.k8s.io`. */
function camel(group: string): string {
  return group === ""
    ? "Core"
    : group
        .replace(/\.k8s\.io$/, "")
        .split(/[.-]/)
        .map(capital)
        .join("");
}

function tagOf(group: string): string {
  const text = camel(group);
  return `${text[0]?.toLowerCase()}${text.slice(1)}`;
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
}

/** `api/v1`, `apis/apps/v1`: the key of a kind's document. */
export function documentOf(kind: Kind): string {
  return kind.group === "" ? `api/${kind.version}` : `apis/${apiVersionOf(kind)}`;
}
