import type { Namespace } from "../../../api/k8s/types.generated.ts";
import { deepClone } from "../../../std/json.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { writeQuery } from "../http/query.ts";
import { checkPath, decodeBody } from "./decode.ts";
import { objectReply } from "./reply.ts";
import { changeObject, writeOf } from "./writing.ts";

/** `PUT namespaces/NAME/finalize`: replaces `spec.finalizers`; the last one of a deleted namespace removes it. */
export async function finalizeNamespace(core: Core, call: ResourceCall): Promise<ApiReply> {
  const query = writeQuery(call.query, "UpdateOptions");
  const body = decodeBody(core, call, query.fieldValidation);
  checkPath(call, body);
  const finalizers = (body as Namespace).spec?.finalizers ?? [];
  const object = await changeObject(core, call, writeOf(call, query), (old) => {
    const draft = deepClone(old) as Namespace & typeof old;
    draft.spec = finalizers.length === 0 ? {} : { finalizers: [...finalizers] };
    if (body.metadata.resourceVersion) draft.metadata.resourceVersion = body.metadata.resourceVersion;
    return draft;
  });
  return objectReply(core, call, object);
}
