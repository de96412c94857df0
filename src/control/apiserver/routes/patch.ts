import { ApiError, apiError, badRequest } from "../../../api/meta/errors.ts";
import { apiVersionOf } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { rfc3339 } from "../../../std/clock.ts";
import { deepClone } from "../../../std/json.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import { readPatch } from "../negotiation/body.ts";
import type { ResourceCall } from "../http/call.ts";
import { invalidOptions, managerName, writeQuery, type WriteQuery } from "../http/query.ts";
import { acceptedTypes, applyPatch, PATCH_TYPES, type PatchResult } from "../patch/patch.ts";
import { cloneButManagers } from "../patch/clone.ts";
import { patchTarget } from "../patch-target.ts";
import { checkPath, shapeObject } from "./decode.ts";
import { keyOfCall } from "./get.ts";
import { objectReply } from "./reply.ts";
import { changeObject, createObject, unmanagedWriteOf, writeOf } from "./writing.ts";

/** One patch request with its body read. */
interface Patching {
  readonly query: WriteQuery;
  readonly contentType: string;
  readonly isApply: boolean;
  readonly body: string | object;
}

export async function patch(core: Core, call: ResourceCall): Promise<ApiReply> {
  const query = writeQuery(call.query, "PatchOptions");
  const contentType = call.request.headers["content-type"] ?? "";
  const isApply = contentType.startsWith(PATCH_TYPES.apply);
  if (!isApply && query.force) {
    const message = "Forbidden: may not be specified for non-apply patch";
    throw invalidOptions("PatchOptions", { reason: "FieldValueForbidden", message, field: "force" });
  }
  checkContentType(core, call, contentType);
  const body = readPatch(call.request);
  return run(core, call, { query, contentType, isApply, body });
}

/** A type that the kind does not take is refused before the object is looked for. */
function checkContentType(core: Core, call: ResourceCall, contentType: string): void {
  const target = patchTarget(call.kind, core.definitions);
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (acceptedTypes(target).includes(type)) return;
  const writer = { name: "", apiVersion: "", subresource: "", time: "" };
  const refusal = applyPatch({ target, contentType, body: "", live: undefined, writer, force: false });
  if (refusal.kind === "refused") throw refusal.error;
}

async function run(core: Core, call: ResourceCall, patching: Patching): Promise<ApiReply> {
  const { query, isApply } = patching;
  const write = isApply ? unmanagedWriteOf(call, query) : writeOf(call, query);
  if (isApply && call.info.subresource === "" && core.resources.get(call.kind, keyOfCall(call)) === undefined) {
    return objectReply(core, call, await createObject(core, call, patched(core, call, undefined, patching), write), 201);
  }
  return objectReply(core, call, await changeObject(core, call, write, (old) => patched(core, call, old, patching)));
}

/** A draft of the object after the patch. @throws ApiError when the patch or its result is refused. */
function patched(core: Core, call: ResourceCall, old: KubeObject | undefined, patching: Patching): KubeObject {
  const { query, contentType, body, isApply } = patching;
  const { kind, info } = call;
  const name = isApply ? query.fieldManager : managerName(query, call.request);
  const writer = { name, apiVersion: apiVersionOf(kind), subresource: info.subresource, time: rfc3339(core.clock.now()) };
  const result = applyPatch({ target: patchTarget(kind, core.definitions), contentType, body, live: old, writer, force: query.force });
  const draft = shaped(core, call, result, patching);
  checkPath(call, draft);
  return draft;
}

function shaped(core: Core, call: ResourceCall, result: PatchResult, { query }: Patching): KubeObject {
  if (result.kind === "refused") throw result.error;
  const value = cloneButManagers(result.object);
  if (result.kind === "applied") {
    if (result.managedFields === undefined) delete value.metadata.managedFields;
    else value.metadata.managedFields = deepClone(result.managedFields);
  }
  const warnings: string[] = [];
  const draft = asPatchError(call, value, () =>
    shapeObject(core, { ...call, warnings }, value, { validation: query.fieldValidation, duplicates: [] }),
  );
  call.warnings.push(...warnings);
  return draft;
}

/** What a patch makes of an object that its type does not fit is unprocessable, in Kubernetes' words with the whole object. */
function asPatchError(call: ResourceCall, value: KubeObject, shape: () => KubeObject): KubeObject {
  try {
    return shape();
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "BadRequest") throw error;
    const strict = /strict decoding error: .*/s.exec(error.message)?.[0];
    if (strict === undefined) throw error;
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(value))}: ${strict}`;
    const causes = [{ reason: "FieldValueInvalid", message, field: "patch" }];
    throw call.kind.crd === undefined ? apiError("Invalid", ` "" is invalid: patch: ${message}`, { causes }) : badRequest(error.message);
  }
}
