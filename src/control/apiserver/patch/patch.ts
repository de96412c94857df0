import { parse } from "yaml";
import { ApiError, apiError, badRequest, STATUS_CODES } from "../../../api/meta/errors.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { Definitions } from "../../../api/meta/schema.ts";
import type { ManagedFieldsEntry, Status } from "../../../api/k8s/types.generated.ts";
import { isRecord } from "../../../std/json.ts";
import { hostileShape } from "../schema/limits.ts";
import { serverSideApply, type ApplyResult } from "./field-manager/apply.ts";
import { conflictMessage } from "./field-manager/conflict.ts";
import { resetFields } from "./field-manager/reset.ts";
import { typeModel } from "./field-manager/type-model.ts";
import { updateManagers, type Writer } from "./field-manager/update.ts";
import { jsonErrorText } from "./json-error.ts";
import { jsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";
import { strategicMerge } from "./strategic/merge.ts";

export const PATCH_TYPES = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

export interface Target {
  readonly definitions: Definitions;
  /** Name of the object's definition, e.g. `io.k8s.api.core.v1.Pod`. */
  readonly definition: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Has the kind a status subresource? Then neither side writes the other. */
  readonly hasStatus: boolean;
  /** Custom resources have no strategic merge patch. */
  readonly custom: boolean;
}

export interface PatchRequest {
  readonly target: Target;
  readonly contentType: string;
  /** Text, or what a client of this thread sends as a value. */
  readonly body: string | object;
  /** Absent if there is no such object; then apply alone creates. */
  readonly live: KubeObject | undefined;
  readonly writer: Writer;
  readonly force: boolean;
}

export type PatchResult =
  /** `object` has no defaults and no managers yet: those of an update come from `managersAfter` once it is final. */
  | { readonly kind: "patched"; readonly object: KubeObject }
  /** Server-side apply knows its managers; `changed` false: nothing is to be written but, maybe, the managers. */
  | {
      readonly kind: "applied";
      readonly object: KubeObject;
      readonly managedFields: ManagedFieldsEntry[] | undefined;
      readonly changed: boolean;
    }
  | { readonly kind: "refused"; readonly error: ApiError };

/** The object after a patch of any of the four types. `live` is not changed and shares structure with the result. */
export function applyPatch(request: PatchRequest): PatchResult {
  const type = request.contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const accepted = acceptedTypes(request.target);
  if (!accepted.includes(type)) return refused(unsupported(request.target, accepted));
  if (type === PATCH_TYPES.apply) return apply(request);
  const decoded = decodeJson(request.body);
  if (decoded.kind === "refused") return decoded;
  if (type === PATCH_TYPES.json) return patchByOperations(request, decoded.value);
  if (!isRecord(decoded.value)) return refused(badRequest(`error decoding patch: ${mapExpected(decoded.value)}`));
  if (type === PATCH_TYPES.merge) return { kind: "patched", object: mergePatch(request.live, decoded.value) as KubeObject };
  return patchStrategically(request, decoded.value);
}

/** `metadata.managedFields` of an object that was created, updated or patched; to be called on its final form. */
export function managersAfter(
  target: Target,
  live: KubeObject | undefined,
  updated: KubeObject,
  writer: Writer,
): ManagedFieldsEntry[] | undefined {
  const model = typeModel(target.definitions, target.definition);
  return updateManagers({ model, live, updated, writer, reset: resetFields(writer.subresource, target.hasStatus) });
}

export function acceptedTypes({ custom }: Pick<Target, "custom">): readonly string[] {
  const { json, merge, strategic, apply: applyType } = PATCH_TYPES;
  return custom ? [json, merge, applyType] : [json, merge, strategic, applyType];
}

function refused(error: ApiError): PatchResult & { readonly kind: "refused" } {
  return { kind: "refused", error };
}

function unsupported({ custom }: Target, accepted: readonly string[]): ApiError {
  if (!custom) return apiError("UnsupportedMediaType", "415: Unsupported Media Type", {});
  return apiError(
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );
}

type Decoded = { readonly kind: "ok"; readonly value: unknown } | (PatchResult & { readonly kind: "refused" });

function decodeJson(body: string | object): Decoded {
  let value: unknown = body;
  try {
    if (typeof body === "string") value = JSON.parse(body);
  } catch (error) {
    return refused(badRequest(`error decoding patch: ${jsonErrorText(String(body), error)}`));
  }
  const why = hostileShape(value);
  return why === undefined ? { kind: "ok", value } : refused(badRequest(`error decoding patch: ${why}`));
}

function mapExpected(value: unknown): string {
  const type = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
}

function patchByOperations({ live }: PatchRequest, patch: unknown): PatchResult {
  const result = jsonPatch(live, patch);
  switch (result.kind) {
    case "ok":
      return nested(result.object);
    case "malformed":
      return refused(badRequest(`error decoding patch: ${result.message}`));
    case "tooLarge":
      return refused(apiError("RequestEntityTooLarge", `Request entity too large: ${result.message}`));
    case "failed":
      return refused(operationFailed());
  }
}

/** Operations that each are harmless can nest an object without end. */
function nested(object: unknown): PatchResult {
  if (!isRecord(object) || hostileShape(object) !== undefined) return refused(operationFailed());
  return { kind: "patched", object: object as unknown as KubeObject };
}

/** The real server tells clients no more than this. */
function operationFailed(): ApiError {
  return apiError("Invalid", "the server rejected our request due to an error in our request", {});
}

function patchStrategically({ target, live }: PatchRequest, patch: Readonly<Record<string, unknown>>): PatchResult {
  const result = strategicMerge({ ...target, live: (live ?? {}) as unknown as Readonly<Record<string, unknown>>, patch });
  if (result.kind === "ok") return { kind: "patched", object: result.object as unknown as KubeObject };
  if (result.reason === "badRequest") return refused(badRequest(result.message));
  return refused(withoutReason(result.reason === "unprocessable" ? STATUS_CODES.Invalid : STATUS_CODES.InternalError, result.message));
}

/** What the real server answers for errors that it has no `Status` for. */
function withoutReason(code: number, message: string): ApiError {
  return new ApiError({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, code });
}

function apply(request: PatchRequest): PatchResult {
  const { target, live, writer, force } = request;
  const decoded = decodeConfig(request);
  if (decoded.kind === "refused") return decoded;
  const model = typeModel(target.definitions, target.definition);
  const reset = resetFields(writer.subresource, target.hasStatus);
  const result = serverSideApply({ model, live, config: decoded.config, writer, force, reset });
  return result.kind === "ok" ? { ...result, kind: "applied" } : refused(applyError(request, decoded.config, result));
}

type DecodedConfig = { readonly kind: "ok"; readonly config: KubeObject } | (PatchResult & { readonly kind: "refused" });

function decodeConfig({ target, body, writer }: PatchRequest): DecodedConfig {
  if (writer.name === "") return refused(managerRequired());
  let value: unknown;
  try {
    value = typeof body === "string" ? parseConfig(body) : body;
  } catch (error) {
    return refused(badRequest(`error decoding YAML: ${error instanceof Error ? error.message.split("\n", 1)[0] : ""}`));
  }
  const why = isRecord(value) ? hostileShape(value) : "the body is no object";
  if (why !== undefined) return refused(badRequest(`error decoding YAML: ${why}`));
  const config = value as unknown as KubeObject;
  const { apiVersion = "", kind = "" } = config;
  if (apiVersion === "" || kind !== target.kind) return refused(badRequest(`invalid object type: ${typeText(apiVersion, kind)}`));
  return { kind: "ok", config: isRecord(config.metadata) ? config : { ...config, metadata: {} } };
}

function parseConfig(text: string): unknown {
  return text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text, { logLevel: "error" });
}

function managerRequired(): ApiError {
  const cause = { reason: "FieldValueRequired", message: "Required value: is required for apply patch", field: "fieldManager" };
  const message = `PatchOptions.meta.k8s.io "" is invalid: fieldManager: ${cause.message}`;
  return apiError("Invalid", message, { group: "meta.k8s.io", kind: "PatchOptions", causes: [cause] });
}

/** `apps/v1, Kind=Deployment`; the core group is empty. */
function typeText(apiVersion: string, kind: string): string {
  return `${apiVersion.includes("/") ? "" : "/"}${apiVersion}, Kind=${kind}`;
}

function applyError({ target }: PatchRequest, config: KubeObject, result: Exclude<ApplyResult, { kind: "ok" }>): ApiError {
  switch (result.kind) {
    case "invalid":
      return badRequest(result.message);
    case "misfit": {
      const subject = `${config.metadata.namespace ?? ""}/${config.metadata.name ?? ""}; ${typeText(target.apiVersion, target.kind)}`;
      return withoutReason(STATUS_CODES.InternalError, `failed to create typed patch object (${subject}): ${result.message}`);
    }
    case "conflict": {
      const causes = result.conflicts.map(({ manager, field }) => ({
        reason: "FieldManagerConflict",
        message: `conflict with ${manager}`,
        field,
      }));
      return apiError("Conflict", conflictMessage(result.conflicts), { causes } as Status["details"]);
    }
  }
}
