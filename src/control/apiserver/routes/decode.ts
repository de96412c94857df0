import { badRequest } from "../../../api/meta/errors.ts";
import { apiVersionOf, type Kind } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { isRecord } from "../../../std/json.ts";
import type { Core } from "../core.ts";
import { readObject } from "../negotiation/body.ts";
import { duplicateFields } from "../schema/duplicates.ts";
import { hostileShape } from "../schema/limits.ts";
import type { ResourceCall } from "../http/call.ts";
import type { FieldValidation } from "../http/query.ts";
import { cannotBeHandled } from "../schema/schema.ts";

/** The body as an object of the call's kind: decoded, pruned, with what was unknown said as warnings. */
export function decodeBody(core: Core, call: ResourceCall, validation: FieldValidation): KubeObject {
  const { kind } = call;
  const { object, source } = readObject(call.request, { kind: kind.kind, protobuf: kind.definitions === undefined });
  const hostile = hostileShape(object);
  if (hostile !== undefined) throw badRequest(cannotBeHandled(kind, hostile));
  const duplicates = source?.format === "json" && validation !== "Ignore" ? duplicateFields(source.text, object) : [];
  return shapeObject(core, call, object, { validation, duplicates });
}

export interface DecodingOptions {
  readonly validation: FieldValidation;
  /** Texts about fields that a body has twice. */
  readonly duplicates: readonly string[];
}

/** @throws ApiError 400 when the value is not an object of the kind. */
export function shapeObject(core: Core, call: ResourceCall, value: unknown, options: DecodingOptions): KubeObject {
  const { kind } = call;
  const draft = typed(core, kind, value);
  const schema = core.schema(kind);
  const problem = schema.decodingError(draft);
  if (problem !== undefined) throw badRequest(cannotBeHandled(kind, problem));
  draft.metadata ??= {};
  const unknown = [...schema.prune(draft as unknown as Record<string, unknown>), ...options.duplicates];
  if (options.validation === "Strict" && unknown.length > 0) {
    throw badRequest(cannotBeHandled(kind, `strict decoding error: ${unknown.join(", ")}`));
  }
  if (options.validation === "Warn") call.warnings.push(...unknown);
  const misfit = schema.webhookDecodingError(draft);
  if (misfit !== undefined) throw badRequest(webhookRefusal(kind, misfit));
  return draft;
}

/** Kinds without a webhook have nobody else to check their types. */
function webhookRefusal(kind: Kind, why: string): string {
  if (kind.crd?.webhook === undefined) return cannotBeHandled(kind, why);
  return `admission webhook "${kind.crd.webhook}" denied the request: mutation failed: cannot decode incoming new object: ${why}`;
}

function typed(core: Core, kind: Kind, value: unknown): KubeObject {
  if (!isRecord(value)) throw badRequest(cannotBeHandled(kind, "json: cannot unmarshal into Go value"));
  const expected = apiVersionOf(kind);
  const { kind: kindName = kind.kind, apiVersion = expected } = value as { kind?: string; apiVersion?: string };
  if (kindName !== kind.kind || apiVersion !== expected) {
    throw badRequest(
      wrongType(kind, String(kindName), {
        apiVersion: String(apiVersion),
        isKnown: core.kinds.hasKind(String(apiVersion), String(kindName)),
      }),
    );
  }
  return { ...value, kind: kind.kind, apiVersion: expected } as KubeObject;
}

function wrongType(kind: Kind, kindName: string, { apiVersion, isKnown }: { apiVersion: string; isKnown: boolean }): string {
  const expected = apiVersionOf(kind);
  const version = apiVersion.split("/").at(-1) ?? "";
  const sameGroup = apiVersion.split("/").slice(0, -1).join("/") === kind.group;
  if (kindName === kind.kind && sameGroup)
    return `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`;
  const internal = `${kind.group === "" ? "core" : kind.group.split(".")[0]}.${kind.kind}`;
  const why = isKnown
    ? `converting (${version}.${kindName}) to (${internal}): unknown conversion`
    : `no kind ${JSON.stringify(kindName)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`;
  return `${kindName} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: ${why}`;
}

/** Namespace and name of a body against the path. @throws ApiError 400 with Kubernetes' texts. */
export function checkPath(call: ResourceCall, object: KubeObject): void {
  const { kind, info } = call;
  const namespace = kind.namespaced ? info.namespace : "";
  const said = object.metadata.namespace ?? "";
  if (said !== "" && said !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  if (namespace !== "") object.metadata.namespace = namespace;
  else delete object.metadata.namespace;
  if (info.name === "") return;
  object.metadata.name ??= info.name;
  if (object.metadata.name !== info.name) {
    throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${info.name})`);
  }
}
