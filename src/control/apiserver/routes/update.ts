import { apiError, conflict, invalid } from "../../../api/meta/errors.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { formatKey } from "../../../api/meta/object.ts";
import { deepClone } from "../../../std/json.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { revisionOf, writeQuery } from "../http/query.ts";
import { checkPath, decodeBody } from "./decode.ts";
import { existing, keyOfCall } from "./get.ts";
import { objectReply } from "./reply.ts";
import { changeObject, writeOf } from "./writing.ts";

export async function update(core: Core, call: ResourceCall): Promise<ApiReply> {
  const query = writeQuery(call.query, "UpdateOptions");
  const body = decodeBody(core, call, query.fieldValidation);
  checkPath(call, body);
  existing(core, call);
  checkVersion(call, body);
  const object = await changeObject(core, call, writeOf(call, query), (old) => {
    checkUid(call, body, old);
    return deepClone(body);
  });
  return objectReply(core, call, object);
}

function checkVersion({ kind }: ResourceCall, body: KubeObject): void {
  const asked = revisionOf(body.metadata.resourceVersion ?? "");
  if (asked !== 0 || kind.crd === undefined) return;
  const cause = {
    reason: "FieldValueInvalid",
    message: "Invalid value: 0: must be specified for an update",
    field: "metadata.resourceVersion",
  } as const;
  throw invalid({ ...kind, kind: kind.plural }, body.metadata.name ?? "", [cause]);
}

function checkUid(call: ResourceCall, body: KubeObject, old: KubeObject): void {
  const { uid } = body.metadata;
  if (uid === undefined || uid === "" || uid === old.metadata.uid) return;
  const key = `/registry/${call.kind.plural}/${formatKey(keyOfCall(call))}`;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
  throw conflict(
    call.kind,
    call.info.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}

export function methodNotAllowed(): Error {
  return apiError("MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}
