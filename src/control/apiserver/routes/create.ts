import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { revisionOf, writeQuery } from "../http/query.ts";
import { plainError } from "../http/respond.ts";
import { checkPath, decodeBody } from "./decode.ts";
import { objectReply } from "./reply.ts";
import { createObject, writeOf } from "./writing.ts";

export async function create(core: Core, call: ResourceCall): Promise<ApiReply> {
  const query = writeQuery(call.query, "CreateOptions");
  const draft = decodeBody(core, call, query.fieldValidation);
  checkPath(call, draft);
  if (revisionOf(draft.metadata.resourceVersion ?? "") !== 0)
    throw plainError("resourceVersion should not be set on objects to be created");
  return objectReply(core, call, await createObject(core, call, draft, writeOf(call, query)), 201);
}
