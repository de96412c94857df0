import { stringify } from "yaml";
import { apiError } from "../../../api/meta/errors.ts";
import { apiVersionOf, type Kind } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import { checkShape, type Representation } from "../negotiation/accept.ts";
import { representationOf } from "./negotiated.ts";
import type { ResourceCall } from "../http/call.ts";
import { jsonReply, textReply } from "../http/respond.ts";
import { makeTable, partialMetadata, type IncludeObject } from "../table/table.ts";

/** One object in the form that the client accepts. */
export function objectReply(core: Core, call: ResourceCall, object: KubeObject, status = 200): ApiReply {
  const representation = representationOf(call.request);
  checkShape(representation, false, goType(call.kind));
  return valueReply(call, representation, objectForm(core, call, object, { representation, withColumns: true }), status);
}

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A list in the form that the client accepts. */
export function listReply(core: Core, call: ResourceCall, objects: readonly KubeObject[], metadata: ListMetadata): ApiReply {
  const representation = representationOf(call.request);
  checkShape(representation, true, goType(call.kind));
  const { kind } = call;
  switch (representation.as) {
    case "Table":
      return valueReply(call, representation, makeTable(kind, objects, metadata, tableOptions(core, call, representation, true)), 200);
    case "object":
      return wholeList(call, representation, objects, metadata);
    default: {
      const items = objects.map((object) => partialMetadata(object.metadata, representation.version));
      const apiVersion = `meta.k8s.io/${representation.version}`;
      return valueReply(call, representation, { kind: "PartialObjectMetadataList", apiVersion, metadata, items }, 200);
    }
  }
}

/** Any value as JSON or YAML. */
export function valueReply(call: ResourceCall, { mediaType }: Representation, value: unknown, status: number): ApiReply {
  if (mediaType === "application/yaml") return textReply(stringify(value, { sortMapEntries: true, lineWidth: 0 }), mediaType, { status });
  return jsonReply(value, { status, pretty: call.pretty });
}

export interface Form {
  readonly representation: Representation;
  /** Tables of a watch name their columns once. */
  readonly withColumns: boolean;
}

/** How an object is embedded in answers and watch events of one form. */
export function objectForm(core: Core, call: ResourceCall, object: KubeObject, form: Form): unknown {
  const { representation, withColumns } = form;
  switch (representation.as) {
    case "object":
      return object;
    case "Table": {
      const { resourceVersion } = object.metadata;
      const metadata = resourceVersion === undefined ? {} : { resourceVersion };
      return makeTable(call.kind, [object], metadata, tableOptions(core, call, representation, withColumns));
    }
    default:
      return partialMetadata(object.metadata, representation.version);
  }
}

export function includeObject(call: ResourceCall): IncludeObject {
  const asked = call.query.get("includeObject") ?? "";
  if (asked === "") return "Metadata";
  if (asked === "Metadata" || asked === "Object" || asked === "None") return asked;
  const why = `includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`;
  throw apiError("BadRequest", `Unable to convert to Table as requested: ${why}`);
}

function tableOptions(core: Core, call: ResourceCall, { version }: Representation, withColumns: boolean) {
  return { version, includeObject: includeObject(call), now: core.clock.now(), withColumns };
}

/** Items of built-in kinds come without kind and apiVersion inside a list, custom resources with them. */
function wholeList(call: ResourceCall, representation: Representation, objects: readonly KubeObject[], metadata: ListMetadata): ApiReply {
  const { kind } = call;
  const head = { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata };
  if (call.pretty || representation.mediaType !== "application/json") {
    const items = objects.map((object) => (kind.crd === undefined ? withoutType(object) : object));
    return valueReply(call, representation, { ...head, items }, 200);
  }
  return jsonReply({ ...head, items: objects }, { text: () => listPieces(kind, head, objects) });
}

/** A long list is not held as text as a whole. */
const PIECE_CHARS = 128 * 1024;

/** The text of each item is cut behind its type, which is cheaper than a copy without it. */
function* listPieces(kind: Kind, head: object, objects: readonly KubeObject[]): Generator<string> {
  const skip = kind.crd === undefined ? JSON.stringify({ kind: kind.kind, apiVersion: apiVersionOf(kind) }).length : undefined;
  let piece = `${JSON.stringify(head).slice(0, -1)},"items":[`;
  let separator = "";
  for (const object of objects) {
    const text = JSON.stringify(object);
    piece += separator + (skip === undefined ? text : `{${text.slice(skip)}`);
    separator = ",";
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}]}\n`;
}

function withoutType({ kind: _kind, apiVersion: _apiVersion, ...rest }: KubeObject): object {
  return rest;
}

function goType(kind: Kind): string {
  return kind.crd === undefined
    ? `${kind.group === "" ? "core" : (kind.group.split(".")[0] ?? "")}.${kind.kind}`
    : "unstructured.Unstructured";
}
